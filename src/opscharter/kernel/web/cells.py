"""Values as people read them in lists and facts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.functional import Promise

from opscharter.kernel.resources.declaration import Column, Resource, find_field, kind_of
from opscharter.kernel.resources.links import record_url

Text = str | Promise


@dataclass
class Cell:
    """One value with the way it is drawn; `url` makes it a link, `tone` colours a pill."""

    kind: str
    value: Any
    url: str = ""
    tone: str = ""


@dataclass
class Row:
    """One row of a list."""

    record: Any
    url: str
    cells: list[Cell]


def state_tone(record: Any) -> str:
    """Return the tone of a record's state: done is green, not begun neutral, under way blue."""
    lifecycle = type(record).lifecycle
    if record.state in lifecycle.final:
        return "g"
    return "n" if record.state == lifecycle.start else "b"


def cell_for(record: Any, column: Column) -> Cell:
    """Return what a list shows of a record under a column."""
    value = column.value(record)
    if column.kind == "state":
        return Cell("state", record.get_state_display(), tone=state_tone(record))
    if column.kind == "priority":
        return Cell("priority", value)
    if column.kind == "choice":
        return Cell("text", _choice_label(record, column.name, value))
    if column.kind == "relation" and value is not None:
        return Cell("text", str(value))
    if isinstance(value, Cell):
        return value
    return Cell(column.kind, value)


def _choice_label(record: Any, path: str, value: Any) -> Any:
    found = find_field(type(record), path)
    return dict(found.flatchoices).get(value, value) if value is not None else None


def row_for(record: Any, resource: Resource, columns: list[Column]) -> Row:
    """Return a row of a list."""
    return Row(record, f"/{resource.chapter}/{resource.slug}/{record.pk}/", [cell_for(record, c) for c in columns])


def fact_for(record: Any, name: str, names_of_links: list[str] | None = None) -> tuple[Text, Cell]:
    """Return the label and value of one field for the facts card."""
    found = type(record)._meta.get_field(name)
    label = found.verbose_name
    if found.many_to_many:
        return label, Cell(
            "list", names_of_links if names_of_links is not None else [str(x) for x in getattr(record, name).all()]
        )
    if found.is_relation:
        target = getattr(record, name)
        return label, Cell(
            "relation", str(target) if target else None, record_url(target) if _is_record(target) else ""
        )
    value = getattr(record, found.attname)
    if found.choices:
        return label, Cell("text", dict(found.flatchoices).get(value, value))
    if isinstance(found, models.TextField):
        return label, Cell("long", value)
    return label, Cell(kind_of(found), value)


def _is_record(target: Any) -> bool:
    return target is not None and hasattr(target, "scope")
