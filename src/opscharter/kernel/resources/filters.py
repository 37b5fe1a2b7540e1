"""Filters of a list: derived from fields, read from the query of a page, an API call or an export alike."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from opscharter.kernel.access.actor import Actor
from opscharter.kernel.access.people import colleagues
from opscharter.kernel.resources.declaration import Resource, Text, find_field
from opscharter.kernel.users.models import User

NONE = "none"
ME = "me"
OPEN = "open"
MOST_DIGITS = 18
"""Longer numbers do not fit a database's integer."""


class Parameters(Protocol):
    """What a filter reads: Django's QueryDict or anything shaped like it."""

    def getlist(self, key: str) -> list[str]:
        """Return every value given for a key."""
        ...


def id_of(text: str) -> int | None:
    """Read a record's id; None for what cannot be one."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= MOST_DIGITS else None


class BadFilter(ValueError):
    """A filter was given a value it cannot take; `name` and the message say which."""

    def __init__(self, name: str, message: str) -> None:
        super().__init__(f"{name}: {message}")
        self.name, self.message = name, message


def read_id(name: str, text: str) -> int:
    """Read a record's id that a filter was given; raises BadFilter."""
    found = id_of(text)
    if found is None:
        raise BadFilter(name, _("“%(value)s” is not an id.") % {"value": text})
    return found


@dataclass(frozen=True)
class Chip:
    """One filter at work, as a label that can be taken away: the query keys it came from."""

    label: Text
    value: Text
    keys: tuple[str, ...]


@dataclass(frozen=True)
class Filter:
    """A condition over one field of a list; `kind` is choice, boolean, relation or date."""

    name: str
    field: Any
    kind: str

    @property
    def label(self) -> Text:
        """Return the field's name for people."""
        return self.field.verbose_name

    @property
    def keys(self) -> tuple[str, ...]:
        """Return the query keys the filter reads."""
        return (f"{self.name}_from", f"{self.name}_to") if self.kind == "date" else (self.name,)

    def choices(self) -> list[tuple[str, Text]]:
        """Return what may be chosen, for fields that list it."""
        if self.kind == "boolean":
            return [("1", _("yes")), ("0", _("no"))]
        pairs = [(str(value), label) for value, label in self.field.flatchoices]
        return [(OPEN, _("open")), *pairs] if self.name == "state" else pairs

    def read(self, given: Parameters, actor: Actor) -> Q | None:
        """Return the condition asked for, or None when nothing was."""
        if self.kind == "date":
            return self._read_dates(given)
        values = [value for value in given.getlist(self.name) if value]
        if not values:
            return None
        if self.kind == "boolean":
            return Q(**{self.name: self._one_of(values[0], {"1": True, "0": False, "true": True, "false": False})})
        if self.kind == "relation":
            return self._read_relation(values, actor)
        return self._read_choices(values)

    def _one_of(self, value: str, known: dict[str, Any]) -> Any:
        if value not in known:
            raise BadFilter(self.name, _("“%(value)s” is not one of the choices.") % {"value": value})
        return known[value]

    def _read_choices(self, values: Sequence[str]) -> Q:
        wanted: list[Any] = []
        known = {str(value): value for value, _label in self.field.flatchoices}
        for value in values:
            lifecycle = getattr(self.field.model, "lifecycle", None)
            if value == OPEN and self.name == "state" and lifecycle is not None:
                wanted += lifecycle.open_states
            else:
                wanted.append(self._one_of(value, known))
        return Q(**{f"{self.name}__in": wanted})

    def _read_relation(self, values: Sequence[str], actor: Actor) -> Q:
        condition = Q(pk__in=[])
        ids = []
        for value in values:
            if value == NONE:
                condition |= Q(**{f"{self.name}__isnull": True})
            elif value == ME:
                ids.append((actor.user_id if self.field.related_model is User else actor.person_id) or 0)
            else:
                ids.append(read_id(self.name, value))
        return condition | Q(**{f"{self.name}__in": ids}) if ids else condition

    def _read_dates(self, given: Parameters) -> Q | None:
        condition = Q()
        for key, comparison, shift in ((self.keys[0], "gte", 0), (self.keys[1], "lt", 1)):
            text = next(iter(given.getlist(key)), "")
            if not text:
                continue
            try:
                day = dt.date.fromisoformat(text) + dt.timedelta(days=shift)
                if not dt.date.min < day < dt.date.max:
                    raise ValueError("this day does not exist in every time zone")
            except (ValueError, OverflowError) as error:
                raise BadFilter(key, _("“%(value)s” is not a date like 2026-10-31.") % {"value": text}) from error
            edge: Any = day
            if isinstance(self.field, models.DateTimeField):
                edge = timezone.make_aware(dt.datetime.combine(day, dt.time.min))
            condition &= Q(**{f"{self.name}__{comparison}": edge})
        return condition or None

    def chips(self, given: Parameters, actor: Actor) -> list[Chip]:
        """Return what is to be shown of the filter at work."""
        if self.kind == "date":
            given_dates = [next(iter(given.getlist(key)), "") for key in self.keys]
            return [Chip(self.label, " – ".join(given_dates), self.keys)] if any(given_dates) else []
        values = [value for value in given.getlist(self.name) if value]
        if not values:
            return []
        shown = self.related_names(values, actor) if self.kind == "relation" else dict(self.choices())
        return [Chip(self.label, ", ".join(str(shown.get(value, value)) for value in values), self.keys)]

    def related_names(self, values: Iterable[str], actor: Actor) -> dict[str, str]:
        """Return names for the ids chosen, of rows the actor may see."""
        related: Any = self.field.related_model
        names = {NONE: _("none"), ME: _("me")}
        ids = [found for value in values if (found := id_of(value))]
        if ids:
            rows = colleagues() if related is User else related.objects.visible_to(actor)
            names |= {str(row.pk): str(row) for row in rows.filter(pk__in=ids)}
        return names


def filters_of(resource: Resource) -> list[Filter]:
    """Return the filters a resource declares; a record with a lifecycle always has its state."""
    names = list(resource.filters)
    if resource.model.lifecycle and "state" not in names:
        names.insert(0, "state")
    return [_filter_for(resource, name) for name in names]


def _filter_for(resource: Resource, name: str) -> Filter:
    found = find_field(resource.model, name)
    if found.is_relation:
        return Filter(name, found, "relation")
    if isinstance(found, models.BooleanField):
        return Filter(name, found, "boolean")
    if isinstance(found, models.DateField):
        return Filter(name, found, "date")
    if found.choices:
        return Filter(name, found, "choice")
    raise TypeError(f"{resource.key}.{name}: a filter needs choices, a relation, a date or a yes/no field")
