"""Values as they travel in CSV and XLSX files, and back."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from opscharter.kernel.access.actor import Actor
from opscharter.kernel.resources.declaration import Resource
from opscharter.kernel.resources.filters import id_of
from opscharter.kernel.resources.targets import allowed_targets

FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""A cell that begins so would be run by a spreadsheet; it travels behind an apostrophe."""
LANGUAGES = ("en", "zh-hant", "zh-hans")
SHEET_LENGTH = 32_767
"""The longest text a spreadsheet's cell holds."""
EXACT_DIGITS = 15
"""A spreadsheet keeps numbers this long exactly; longer ones travel as text."""
YES, NO = ("1", "true", "yes", "是"), ("0", "false", "no", "否")


def natural_key(model: Any) -> str:
    """Return the field by which a record is named in a file: its number, or a unique text field, or its id."""
    if model.numbering is not None:
        return "number"
    for field in model._meta.concrete_fields:
        if field.unique and isinstance(field, models.CharField):
            return str(field.name)
    return "id"


def harmless(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula; `as_meant` takes the apostrophe away again."""
    return f"'{text}" if text.lstrip("'").startswith(FORMULA) else text


def as_meant(text: str) -> str:
    """Return the text behind an apostrophe that was put before a formula."""
    return text[1:] if text.startswith("'") and text.lstrip("'").startswith(FORMULA) else text


def written(value: Any) -> str:
    """Return a value as a cell."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, dt.datetime):
        return timezone.localtime(value).isoformat(timespec="seconds")
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, Decimal | int | float):
        return str(value)
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)
    return harmless(str(value))


def cell_of(record: Any, name: str) -> str:
    """Return one field of a record as a cell; relations by their natural key."""
    field = record._meta.get_field(name)
    if field.many_to_many:
        key = natural_key(field.related_model)
        rows = getattr(record, name).all() if record.pk else []
        return harmless("; ".join(str(getattr(row, key)) for row in rows))
    if field.is_relation:
        target = getattr(record, name)
        return "" if target is None else harmless(str(getattr(target, natural_key(field.related_model))))
    return written(getattr(record, field.attname))


def for_sheet(field: Any, text: str) -> str | int | float:
    """Return a cell as a spreadsheet keeps it: numbers as numbers, without what it does not allow."""
    number = isinstance(field, models.IntegerField | models.DecimalField | models.FloatField)
    if number and text and not field.choices and len(text) <= EXACT_DIGITS:
        return int(text) if isinstance(field, models.IntegerField) else float(text)
    return str(ILLEGAL_CHARACTERS_RE.sub("", text))[:SHEET_LENGTH]


def same(sent: str, kept: str) -> bool:
    """Say whether a cell has come back as it was written: such a field is left alone, whatever it holds."""
    sent, kept = _tidy(sent), _tidy(kept)
    return sent == kept or (len(sent) == SHEET_LENGTH and kept.startswith(sent))


def _tidy(text: str) -> str:
    """Return a text without what files change by themselves."""
    return str(ILLEGAL_CHARACTERS_RE.sub("", text)).replace("\r\n", "\n").replace("\r", "\n")


class CellReader:
    """Reads the cells of one import; each relation is looked up once, among the rows within the actor's scope."""

    def __init__(self, resource: Resource, actor: Actor) -> None:
        self.resource, self.actor = resource, actor
        self._targets: dict[tuple[str, str], Any] = {}

    def read(self, name: str, text: str) -> Any:
        """Return the value a cell means for a field; ValidationError says what is wrong."""
        field: Any = self.resource.model._meta.get_field(name)
        text = as_meant(text).strip()
        if field.many_to_many:
            return [self._target(name, part.strip()) for part in text.split(";") if part.strip()]
        if field.is_relation:
            return self._target(name, text) if text else None
        if isinstance(field, models.JSONField):
            return _json(text, field)
        if isinstance(field, models.BooleanField):
            return _yes_or_no(text, field)
        if field.choices:
            return _choice(field, text)
        if text == "":
            return None if field.null else "" if field.empty_strings_allowed else field.get_default()
        return _aware(field.to_python(text))

    def _target(self, name: str, text: str) -> Any:
        """Return the one row meant by a number (or other natural key), an exact title, or an id such as #12."""
        if (name, text) not in self._targets:
            self._targets[name, text] = self._find(name, text)
        return self._targets[name, text]

    def _find(self, name: str, text: str) -> Any:
        rows = allowed_targets(self.resource, name, self.actor)
        key = natural_key(rows.model)
        found: list[Any] = []
        if (pk := id_of(text.removeprefix("#"))) and (key == "id" or text.startswith("#")):
            found = list(rows.filter(pk=pk))
        if not found and key != "id":
            found = list(rows.filter(**{key: text})[:2])
        if not found and rows.model.search_fields and "__" not in rows.model.search_fields[0]:
            found = list(rows.filter(**{rows.model.search_fields[0]: text})[:2])
        if len(found) == 1:
            return found[0]
        message = _("“%(value)s” is not known, or not for you.") if not found else _("“%(value)s” is not unique.")
        raise ValidationError(message % {"value": text})


def _aware(value: Any) -> Any:
    """Take a time without a zone as one of the current zone."""
    naive = isinstance(value, dt.datetime) and timezone.is_naive(value)
    return timezone.make_aware(value) if naive else value


def _json(text: str, field: Any) -> Any:
    if not text:
        return field.get_default()
    try:
        return json.loads(text)
    except ValueError as error:
        raise ValidationError(_("“%(value)s” is not JSON.") % {"value": text[:60]}) from error


def _yes_or_no(text: str, field: Any) -> Any:
    if text == "":
        return None if field.null else field.get_default()
    if text.lower() in (*YES, *NO):
        return text.lower() in YES
    raise ValidationError(_("“%(value)s” is neither 1 nor 0.") % {"value": text})


def _choice(field: Any, text: str) -> Any:
    """Accept a choice by its value or by its name in any language."""
    if text == "":
        return None if field.null else field.get_default()
    for value, _label in field.flatchoices:
        if text == str(value):
            return value
    for language in LANGUAGES:
        with override(language):
            for value, label in field.flatchoices:
                if text == str(label):
                    return value
    raise ValidationError(_("“%(value)s” is not one of the choices.") % {"value": text})
