"""Values as people read them in lists and facts."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.functional import Promise

from opscharter.kernel.attributes.models import Attributed
from opscharter.kernel.attributes.values import shown_all
from opscharter.kernel.resources.declaration import Column, Resource, find_field, kind_of, label_of
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
    titled: bool = False
    """The first cell names the record; else it holds its number, and the second names it."""


IDENTIFIERS = ("number", "code", "label", "clause")
"""Columns that tell records apart without naming them."""


def state_tone(record: Any) -> str:
    """Return the tone of a record's state: done is green, not begun neutral, under way blue."""
    lifecycle = type(record).lifecycle
    if record.state in lifecycle.final:
        return "g"
    return "n" if record.state == lifecycle.start else "b"


def cell_maker(resource: Resource, column: Column) -> Callable[[Any], Cell]:
    """Return what draws a column's value of a record; what is the same for all rows is looked up once."""
    model, kind = resource.model, column.kind
    if kind == "state" and model.lifecycle is not None:
        words = {value: str(label) for value, label in model.lifecycle.states.choices}
        return lambda record: Cell("state", words.get(record.state, record.state), tone=state_tone(record))
    if kind == "choice":
        labels = {value: str(label) for value, label in find_field(model, column.name).flatchoices}
        return lambda record: Cell("text", labels.get(column.value(record), column.value(record)))

    def plain(record: Any) -> Cell:
        value = column.value(record)
        if isinstance(value, Cell):
            return value
        if kind == "relation" and value is not None:
            return Cell("text", str(value))
        return Cell(kind, value)

    return plain


def rows_for(records: Iterable[Any], resource: Resource, columns: list[Column]) -> list[Row]:
    """Return the rows of a list."""
    makers = [cell_maker(resource, column) for column in columns]
    base = f"/{resource.chapter}/{resource.slug}/"
    titled = bool(columns) and columns[0].name not in IDENTIFIERS
    return [Row(record, f"{base}{record.pk}/", [make(record) for make in makers], titled) for record in records]


def fact_for(record: Any, name: str, names_of_links: list[str] | None = None) -> tuple[Text, Cell]:
    """Return the label and value of one field for the facts card."""
    found = type(record)._meta.get_field(name)
    label = label_of(found)
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
    if isinstance(value, list):
        return label, Cell("list", [str(each) for each in value])
    return label, Cell(kind_of(found), value)


def facts_for(record: Any, name: str) -> list[tuple[Text, Cell]]:
    """Return what one field tells of a record: one fact, or one for each company-defined field that holds something."""
    if name == "attributes" and isinstance(record, Attributed):
        details = shown_all(record.attribute_definitions(), record.attributes)
        return [(label, Cell("text", value)) for label, value in details]
    return [fact_for(record, name)]


def _is_record(target: Any) -> bool:
    return target is not None and hasattr(target, "scope")
