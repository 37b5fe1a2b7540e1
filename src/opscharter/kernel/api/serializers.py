"""Serializers derived from resources: what may be written, and what is read."""

from __future__ import annotations

from copy import deepcopy
from functools import cache
from typing import Any

from django.db import models
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from opscharter.kernel.access.actor import Actor
from opscharter.kernel.resources.declaration import Resource
from opscharter.kernel.resources.links import record_url
from opscharter.kernel.resources.targets import allowed_targets

ALWAYS = ("id", "version", "created_at", "updated_at")
LABEL = "_label"
"""Beside the id of a related record its name is read under the field's name with this ending."""
_patterns: dict[type, dict[str, Any]] = {}
"""The fields of each class of serializers, as derived once."""


@extend_schema_field({"type": "string", "pattern": r"^\d{2}:\d{2}(:\d{2}(\.\d+)?)?$"})
class WallTimeField(serializers.TimeField):
    """A time of day as a wall clock shows it, without a zone; the format `time` of JSON Schema would ask for one."""


class ScopedSerializer(serializers.ModelSerializer):  # type: ignore[type-arg]
    """Fields of a record as sent: relations accept only rows within one's scope, unknown fields are refused by name."""

    resource: Resource
    serializer_field_mapping = {**serializers.ModelSerializer.serializer_field_mapping, models.TimeField: WallTimeField}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        sent = getattr(self, "initial_data", None)
        for name, field in self.fields.items():
            inner = getattr(field, "child_relation", field)
            if isinstance(inner, serializers.PrimaryKeyRelatedField) and not field.read_only:
                inner.queryset = self._allowed(name, inner, isinstance(sent, dict) and name in sent)

    def _allowed(self, name: str, field: Any, sent: bool) -> Any:
        """Return the rows a relation may point to; none where none is sent, for nobody looks them up."""
        actor = self.actor
        return (
            allowed_targets(self.resource, name, actor) if actor and sent else field.queryset.model._base_manager.none()
        )

    def get_fields(self) -> dict[str, Any]:
        """Return fields of one's own, as a pattern built once says: to derive them from the model takes far longer."""
        if type(self) not in _patterns:
            _patterns[type(self)] = super().get_fields()
        return deepcopy(_patterns[type(self)])

    @property
    def actor(self) -> Actor | None:
        """Return who asks; None while the OpenAPI document is drawn."""
        return getattr(self.context.get("request"), "actor", None)

    def build_standard_field(self, field_name: str, model_field: Any) -> Any:
        """Let a choice that is only read be empty where the stored field may be; DRF forgets it there."""
        kind, options = super().build_standard_field(field_name, model_field)
        if options.get("read_only") and "choices" in options and model_field.blank:
            options["choices"] = [("", ""), *options["choices"]]
        return kind, options

    def to_internal_value(self, data: Any) -> Any:
        """Read what was sent; a field that does not exist or cannot be written is named."""
        if isinstance(data, dict):
            writable = {name for name, field in self.fields.items() if not field.read_only}
            if strange := sorted(set(data) - writable):
                message = _("This field does not exist or cannot be written.")
                raise serializers.ValidationError({name: [message] for name in strange}, code="unknown")
        return super().to_internal_value(data)


class RecordSerializer(ScopedSerializer):
    """A record through the API. `version` is the one the caller read; it is never stored."""

    version = serializers.IntegerField(min_value=1, max_value=2_147_483_647, required=False)
    url = serializers.SerializerMethodField()
    label = serializers.SerializerMethodField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.actor is not None:
            self._hide(self.actor)

    def _hide(self, actor: Actor) -> None:
        """Leave out what the actor may neither read nor write."""
        model = self.resource.model
        names = set(self.fields)
        if actor.external:
            seen = {*ALWAYS, "url", "label", "number", "state", *_with_labels(self.resource.customer_facts)}
            seen |= set(self.resource.customer_sends)
            hidden = names - seen
        elif actor.may(self.resource.key, "view-protected"):
            return
        else:
            hidden = names & set(_with_labels(model.protected_fields))
        for name in hidden:
            del self.fields[name]

    def get_url(self, record: Any) -> str:
        """Return the address of the record's page."""
        return record_url(record)

    def get_label(self, record: Any) -> str:
        """Return what the record is called."""
        return str(record)


def _with_labels(names: tuple[str, ...]) -> list[str]:
    return [*names, *(f"{name}{LABEL}" for name in names)]


def read_fields(resource: Resource) -> list[str]:
    """Return the stored fields the API shows, in order: bookkeeping, number, state, facts, then the form's."""
    model = resource.model
    names = [*ALWAYS, *(["number"] if model.numbering else []), *(["state"] if model.lifecycle else [])]
    return list(dict.fromkeys([*names, *resource.fact_fields, *resource.customer_facts, *resource.form_fields]))


@cache
def serializer_for(resource: Resource) -> type[RecordSerializer]:
    """Return the serializer of a resource: the declared one, or one derived from its form."""
    if resource.serializer_class is not None:
        return resource.serializer_class
    model, shown = resource.model, read_fields(resource)
    found = [model._meta.get_field(name) for name in shown]
    labels = {
        f"{field.name}{LABEL}": serializers.CharField(source=field.name, read_only=True, allow_null=field.null)
        for field in found if field.many_to_one or field.one_to_one
    }  # fmt: skip
    fields = ["url", "label"]
    for name in shown:
        fields += [name, f"{name}{LABEL}"] if f"{name}{LABEL}" in labels else [name]
    reading = [name for name in shown if name not in resource.form_fields and name != "version"]
    meta = _meta(model, fields, resource.form_fields, read_only_fields=reading)
    content = {"Meta": meta, "resource": resource, "__doc__": model.__doc__, **labels}
    return type(f"{model.__name__}Serializer", (RecordSerializer,), content)


@cache
def inputs_serializer_for(resource: Resource) -> type[ScopedSerializer]:
    """Return the serializer of what steps take: the inputs of all of them, each optional, and a reason."""
    lifecycle = resource.model.lifecycle
    assert lifecycle is not None
    names = list(dict.fromkeys(name for move in lifecycle.moves if not move.automatic for name in move.inputs))
    meta = _meta(resource.model, [*names, "reason"], names)
    reason = serializers.CharField(required=False, allow_blank=True, max_length=2_000)
    told = "What a step takes: its inputs (see the steps on offer) and a reason."
    options = {"Meta": meta, "resource": resource, "reason": reason, "__doc__": told}
    return type(f"{resource.model.__name__}StepSerializer", (ScopedSerializer,), options)


def _meta(model: type[models.Model], fields: list[str], written: list[str], **more: Any) -> type:
    """Return the inner class a model serializer reads. Uniqueness across fields is the write path's to say."""
    found = [model._meta.get_field(name) for name in written]
    options = {
        field.name: {"required": not field.blank and not field.has_default()}
        for field in found if isinstance(field, models.JSONField)
    }  # fmt: skip
    return type("Meta", (), {"model": model, "fields": fields, "validators": [], "extra_kwargs": options, **more})
