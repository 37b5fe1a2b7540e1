"""The form of a record with company-defined fields: they stand among its other fields, each with its own error."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from opscharter.kernel.attributes.models import AttributeDefinition, definitions_of
from opscharter.kernel.attributes.values import is_asked, read
from opscharter.kernel.web.forms import LinesField, RecordForm

PREFIX = "attributes."
YES_NO = [("", "—"), ("yes", _("yes")), ("no", _("no"))]


class AttributedForm(RecordForm):
    """A record's form in which `attributes` is drawn as one field for each definition."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields.pop("attributes", None)
        self.definitions = list(self._definitions())
        kept = self.instance.attributes
        for definition in self.definitions:
            self.fields[PREFIX + definition.code] = field_of(definition, kept.get(definition.code), self.instance)

    def _definitions(self) -> list[AttributeDefinition]:
        """Return the fields that follow from what is chosen in the form so far."""
        name = self.instance.attributes_of
        if name not in self.fields:
            return self.instance.attribute_definitions()  # type: ignore[no-any-return]
        field: Any = self.fields[name]
        chosen = self.data.get(self.add_prefix(name)) if self.is_bound else self.initial.get(name)
        return definitions_of(field.queryset.filter(pk=chosen).first()) if str(chosen or "").isdigit() else []

    def names_of(self, name: str) -> list[str]:
        """Return the form fields that stand for a field of the record."""
        if name != "attributes":
            return super().names_of(name)
        return [PREFIX + definition.code for definition in self.definitions]

    def _clean_fields(self) -> None:
        super()._clean_fields()  # type: ignore[misc]
        given = {d.code: self.cleaned_data.get(PREFIX + d.code) for d in self.definitions}
        if not self.must_answer(given):
            self.instance.attributes = {}
            return
        for definition in self.definitions:
            name = PREFIX + definition.code
            if not is_asked(definition, given):
                given[definition.code] = None
                continue
            try:
                read(definition, given[definition.code])
            except ValidationError as error:
                self.add_error(name, error)
        self.instance.attributes = {code: value for code, value in given.items() if value not in (None, "", [])}

    def must_answer(self, given: Mapping[str, Any]) -> bool:
        """Say whether the details are judged at all; a form may let them be left out altogether."""
        return True

    def _update_errors(self, errors: Any) -> None:
        """Say what the record has against its details once: beside each field, or over the form."""
        told = errors.error_dict.pop("attributes", None) if hasattr(errors, "error_dict") else None
        if told and not any(name.startswith(PREFIX) for name in self.errors):
            self.add_error(None, told)
        super()._update_errors(errors)  # type: ignore[misc]


MAKERS: dict[str, Callable[[AttributeDefinition, Any, dict[str, Any]], forms.Field]] = {}
"""Make the form field of a kind that a chapter has added, from (definition, record, options)."""


def field_of(definition: AttributeDefinition, kept: Any, record: Any) -> forms.Field:
    """Return the form field of a definition; what makes a value right is said by `values.read` alone."""
    options: dict[str, Any] = {
        "label": definition.name, "required": False, "initial": kept,
        "help_text": " ".join(text for text in (definition.hint, definition.unit and f"({definition.unit})") if text),
    }  # fmt: skip
    choices = definition.choices
    kinds = AttributeDefinition.Kind
    field: forms.Field
    match definition.kind:
        case added if added in MAKERS:
            field = MAKERS[added](definition, record, options)
        case kinds.PARAGRAPH:
            field = forms.CharField(widget=forms.Textarea(attrs={"rows": 3}), **options)
        case kinds.DATE:
            field = forms.CharField(widget=forms.DateInput(attrs={"type": "date"}), **options)
        case kinds.YES_NO:
            options["initial"] = None if kept is None else "yes" if kept else "no"
            field = forms.CharField(widget=forms.Select(choices=YES_NO), **options)
        case kinds.CHOICE:
            field = forms.CharField(widget=forms.Select(choices=[("", "—"), *choices]), **options)
        case kinds.CHOICES:
            field = forms.Field(widget=forms.CheckboxSelectMultiple(choices=choices), **options)
        case _:
            mode = "decimal" if definition.kind == kinds.NUMBER else "text"
            field = forms.CharField(widget=forms.TextInput(attrs={"inputmode": mode}), **options)
    if definition.required:
        field.widget.attrs["aria-required"] = "true"
        field.label = f"{definition.name} *"
    if definition.asked_when:
        code, value = definition.condition
        field.widget.attrs |= {"data-asked-when": PREFIX + code, "data-asked-value": value}
    return field


class DefinitionForm(RecordForm):
    """The form of a company-defined field: what can be chosen is typed one a line."""

    options = LinesField(label=_("to choose from"), required=False, help_text=_("One a line."))
