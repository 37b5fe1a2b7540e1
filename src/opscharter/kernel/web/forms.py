"""Forms derived from a resource: for creating and editing, and for the inputs of a move."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.db import models
from django.utils.translation import gettext_lazy as _

from opscharter.kernel.access.actor import Actor
from opscharter.kernel.records.lifecycle import Move
from opscharter.kernel.resources.declaration import Resource
from opscharter.kernel.resources.links import list_url
from opscharter.kernel.resources.targets import allowed_targets


class _OnlyChosen:
    """Draws only what is chosen: the rest is offered by the options page as one types."""

    choices: Any

    def optgroups(self, name: str, value: list[str], attrs: dict[str, Any] | None = None) -> Any:
        """Return the chosen options alone."""
        chosen = [str(item) for item in value if item]
        rows = self.choices.queryset.filter(pk__in=[pk for pk in chosen if pk.isdigit()]) if chosen else []
        labels = [("", "")] if not getattr(self, "allow_multiple_selected", False) else []
        every, self.choices = self.choices, [*labels, *((row.pk, str(row)) for row in rows)]
        try:
            return super().optgroups(name, value, attrs)  # type: ignore[misc]
        finally:
            self.choices = every


class RelationSelect(_OnlyChosen, forms.Select):
    """A select filled as one types."""


class RelationSelectMultiple(_OnlyChosen, forms.SelectMultiple):
    """A select of several, filled as one types."""


class LinesField(forms.CharField):
    """A list of texts, edited one a line."""

    widget = forms.Textarea

    def prepare_value(self, value: Any) -> Any:
        """Return the list as lines."""
        return "\n".join(str(line) for line in value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> list[str]:  # type: ignore[override]
        """Return the lines as a list, empty ones left out."""
        return [line.strip() for line in str(value or "").splitlines() if line.strip()]


def _field_for(field: models.Field[Any, Any], **options: Any) -> forms.Field | None:
    if isinstance(field, models.DateTimeField):
        options["widget"] = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    elif isinstance(field, models.DateField):
        options["widget"] = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    elif isinstance(field, models.TextField):
        options["widget"] = forms.Textarea(attrs={"rows": 4})
    return field.formfield(**options)


class RecordForm(forms.ModelForm):  # type: ignore[type-arg]
    """The form of a record; what it validates is stored through the write path by the page."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    inputs_only = False
    """For one step with many records: judge the inputs alone, each record is judged when its step is taken."""

    def __init__(self, *args: Any, resource: Resource, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.resource, self.actor = resource, actor
        for name in resource.hidden_from(actor) & set(self.fields):
            del self.fields[name]
        for name, field in self.fields.items():
            if isinstance(field, forms.ModelChoiceField):
                self._bind_relation(name, field)
        if self.instance.pk:
            self.fields["version"].initial = self.instance.version

    def _bind_relation(self, name: str, field: Any) -> None:
        """Offer only rows within the actor's scope; the widget fetches them as one types."""
        rows = allowed_targets(self.resource, name, self.actor)
        kept = getattr(self.instance, f"{name}_id", None)
        field.queryset = (rows | rows.model._default_manager.filter(pk=kept)) if kept else rows
        several = isinstance(field, forms.ModelMultipleChoiceField)
        widget: Any = RelationSelectMultiple() if several else RelationSelect()
        widget.attrs = {"data-options-url": f"{list_url(self.resource)}options/?field={name}"}
        widget.choices = field.widget.choices
        widget.is_required = field.required
        field.widget = widget
        field.widget.choices = field.choices

    def _post_clean(self) -> None:
        if not self.inputs_only:
            super()._post_clean()  # type: ignore[misc]

    def start_from(self, version: int) -> None:
        """Let what was typed be saved over a newer version, now that its writer has seen it."""
        data: Any = self.data
        self.data = data.copy()
        self.data["version"] = str(version)  # type: ignore[index]

    def names_of(self, name: str) -> list[str]:
        """Return the form fields that stand for a field of the record: itself, or none when it is hidden."""
        return [name] if name in self.fields else []

    def links(self) -> dict[str, Sequence[Any]]:
        """Return the many-to-many fields of the form as `save_as` takes them."""
        names = [field.name for field in self._meta.model._meta.many_to_many if field.name in self.cleaned_data]
        return {name: list(self.cleaned_data[name]) for name in names}


def form_class_for(resource: Resource, *, creating: bool = False) -> type[RecordForm]:
    """Return the form of a resource: the declared one, or one derived from its fields."""
    base = resource.form_class or RecordForm
    names = list(resource.create) if creating and resource.create else resource.form_fields
    made = forms.modelform_factory(resource.model, form=base, fields=names, formfield_callback=_field_for)
    return made  # type: ignore[return-value]


def move_form_for(resource: Resource, move: Move, *, for_many: bool = False) -> type[RecordForm]:
    """Return the form of a step: its inputs, and a reason when the step needs one; `for_many` judges inputs alone."""
    made: Any = forms.modelform_factory(
        resource.model, form=RecordForm, fields=list(move.inputs), formfield_callback=_field_for
    )
    for name in move.required:
        made.base_fields[name].required = True
    reason = forms.CharField(label=_("Reason"), widget=forms.Textarea(attrs={"rows": 2}), required=move.needs_reason)
    return type(f"{made.__name__}Move", (made,), {"reason": reason, "inputs_only": for_many})
