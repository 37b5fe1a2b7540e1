"""Serializers derived from resources: what may be written, and what is read."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.db import models
from django.utils.translation import gettext as _
from rest_framework import serializers

from opscharter.kernel.access.actor import Actor
from opscharter.kernel.resources.declaration import Resource
from opscharter.kernel.resources.links import record_url
from opscharter.kernel.resources.targets import allowed_targets

ALWAYS = ("id", "version", "created_at", "updated_at")


class RecordSerializer(serializers.ModelSerializer):  # type: ignore[type-arg]
    """A record through the API. Unknown fields are refused by name; relations accept only rows within one's scope."""

    resource: Resource
    url = serializers.SerializerMethodField()
    label = serializers.SerializerMethodField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        actor: Actor | None = getattr(self.context.get("request"), "actor", None)
        for name, field in self.fields.items():
            inner = getattr(field, "child_relation", field)
            if isinstance(inner, serializers.PrimaryKeyRelatedField) and not field.read_only:
                inner.queryset = (
                    allowed_targets(self.resource, name, actor) if actor else inner.queryset.model._base_manager.none()
                )
        if actor is not None:
            self._hide(actor)

    def _hide(self, actor: Actor) -> None:
        """Leave out what the actor may not read."""
        model = self.resource.model
        if actor.external:
            shown = {*ALWAYS, "url", "label", "number", "state", *self.resource.customer_facts}
            for name in set(self.fields) - shown:
                del self.fields[name]
        elif model.protected_fields and not actor.may(self.resource.key, "view-protected"):
            for name in set(model.protected_fields) & set(self.fields):
                del self.fields[name]

    def to_internal_value(self, data: Any) -> Any:
        """Read what was sent; a field that does not exist or cannot be written is named."""
        if isinstance(data, dict):
            writable = {name for name, field in self.fields.items() if not field.read_only} | {"version"}
            if strange := sorted(set(data) - writable):
                message = _("This field does not exist or cannot be written.")
                raise serializers.ValidationError({name: [message] for name in strange})
        return super().to_internal_value(data)

    def get_url(self, record: Any) -> str:
        """Return the address of the record's page."""
        return record_url(record)

    def get_label(self, record: Any) -> str:
        """Return what the record is called."""
        return str(record)


@cache
def serializer_for(resource: Resource) -> type[RecordSerializer]:
    """Return the serializer of a resource: the declared one, or one derived from its form."""
    if resource.serializer_class is not None:
        return resource.serializer_class
    model = resource.model
    reading = [*ALWAYS, "url", "label"]
    reading += ["number"] if model.numbering else []
    reading += ["state"] if model.lifecycle else []
    shown = [name for name in resource.fact_fields if name not in resource.form_fields]
    reading += [name for name in shown if name not in reading]
    stored = [name for name in reading if name not in ("url", "label")]
    options: dict[str, Any] = {}
    for name in resource.form_fields:
        field = model._meta.get_field(name)
        if isinstance(field, models.JSONField):
            options[name] = {"required": not field.blank and not field.has_default()}
    meta = type(
        "Meta", (),
        {
            "model": model, "fields": [*reading, *resource.form_fields], "read_only_fields": stored,
            "validators": [], "extra_kwargs": options,
        },
    )  # fmt: skip
    return type(f"{model.__name__}Serializer", (RecordSerializer,), {"Meta": meta, "resource": resource})
