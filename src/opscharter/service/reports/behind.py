"""The records behind a figure: kept ids of several record types, shown as far as the reader may see them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps

from opscharter.kernel.access.actor import Actor
from opscharter.kernel.resources.links import record_url
from opscharter.kernel.web.cells import state_tone

PAGE_SIZE = 100


@dataclass(frozen=True)
class Line:
    """One record: its number, what it is called, where it stands now, and its page."""

    number: str
    title: str
    state: str
    tone: str
    url: str


@dataclass
class Behind:
    """A page of the records behind a figure; `counted` is how many the figure speaks of."""

    counted: int
    lines: list[Line] = field(default_factory=list)
    hidden: int = 0
    """How many of those on this page the reader may not see, or are gone from the lists."""
    page: int = 1
    pages: int = 1


def behind(kept: Mapping[str, Sequence[int]], actor: Actor, page: str = "") -> Behind:
    """Return the records of a figure, a page at a time: one query a record type."""
    keys = [(label, pk) for label, ids in sorted(kept.items()) for pk in ids]
    found = Behind(len(keys), pages=max(1, -(-len(keys) // PAGE_SIZE)))
    found.page = min(max(int(page), 1), found.pages) if page.isdecimal() and len(page) < 6 else 1
    here = keys[(found.page - 1) * PAGE_SIZE : found.page * PAGE_SIZE]
    for label in dict.fromkeys(label for label, _pk in here):
        model: Any = apps.get_model(label)
        rows = model._default_manager.visible_to(actor).filter(pk__in=[pk for each, pk in here if each == label])
        found.lines += [_line(row) for row in rows.order_by("pk")]
    found.hidden = len(here) - len(found.lines)
    return found


def _line(row: Any) -> Line:
    living = type(row).lifecycle is not None
    number = row.number if type(row).numbering is not None else ""
    state, tone = (str(row.get_state_display()), state_tone(row)) if living else ("", "n")
    return Line(number, getattr(row, "title", "") or str(row), state, tone, record_url(row))
