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

from opscharter.kernel.access.actor import Actor
from opscharter.kernel.resources.declaration import Resource
from opscharter.kernel.resources.targets import allowed_targets

FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""A cell that begins so would be run by a spreadsheet; it travels behind an apostrophe."""


def natural_key(model: Any) -> str:
    """Return the field by which a record is named in a file: its number, or a unique text field, or its id."""
    if model.numbering is not None:
        return "number"
    for field in model._meta.concrete_fields:
        if field.unique and isinstance(field, models.CharField):
            return str(field.name)
    return "id"


def written(value: Any) -> str:
    """Return a value as a cell."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, dt.datetime):
        return timezone.localtime(value).isoformat(timespec="seconds")
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, Decimal | int | float):
        return str(value)
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)
    text = str(value)
    return f"'{text}" if text.startswith(FORMULA) else text


def cell_of(record: Any, name: str) -> str:
    """Return one field of a record as a cell; relations by their natural key."""
    field = record._meta.get_field(name)
    if field.many_to_many:
        key = natural_key(field.related_model)
        return "; ".join(str(getattr(row, key)) for row in getattr(record, name).all())
    if field.is_relation:
        target = getattr(record, name)
        return "" if target is None else str(getattr(target, natural_key(field.related_model)))
    return written(getattr(record, field.attname))


def read(resource: Resource, name: str, text: str, actor: Actor) -> Any:
    """Read a cell into a field's value; ValidationError says what is wrong. Relations obey the actor's scope."""
    field: Any = resource.model._meta.get_field(name)
    text = text[1:] if text.startswith("'") and text[1:].startswith(FORMULA) else text
    text = text.strip()
    if field.many_to_many:
        return [_target(resource, name, part.strip(), actor) for part in text.split(";") if part.strip()]
    if field.is_relation:
        return _target(resource, name, text, actor) if text else None
    if isinstance(field, models.JSONField):
        return _json(text, field)
    if isinstance(field, models.BooleanField):
        known = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False, "": field.get_default()}
        if text.lower() not in known:
            raise ValidationError(_("“%(value)s” is neither 1 nor 0.") % {"value": text})
        return known[text.lower()]
    if field.choices:
        return _choice(field, text)
    if text == "":
        return None if field.null else "" if field.empty_strings_allowed else field.get_default()
    return field.to_python(text)


def _json(text: str, field: Any) -> Any:
    if not text:
        return field.get_default()
    try:
        return json.loads(text)
    except ValueError as error:
        raise ValidationError(_("“%(value)s” is not JSON.") % {"value": text[:60]}) from error


def _choice(field: Any, text: str) -> Any:
    """Accept a choice by its value or by its name in the active language."""
    if text == "":
        return None if field.null else field.get_default()
    for value, label in field.flatchoices:
        if text in (str(value), str(label)):
            return value
    raise ValidationError(_("“%(value)s” is not one of the choices.") % {"value": text})


def _target(resource: Resource, name: str, text: str, actor: Actor) -> Any:
    rows = allowed_targets(resource, name, actor)
    key = natural_key(rows.model)
    found = list(rows.filter(**{key: text})[:2]) if key != "id" or text.isdigit() else []
    if not found and rows.model.search_fields and "__" not in rows.model.search_fields[0]:
        found = list(rows.filter(**{rows.model.search_fields[0]: text})[:2])
    if len(found) == 1:
        return found[0]
    message = _("“%(value)s” is not known, or not for you.") if not found else _("“%(value)s” is not unique.")
    raise ValidationError(message % {"value": text})
