"""Makers of the library's records, for the tests of the kernel."""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

from opscharter.kernel.access.actor import Actor
from tests.kernel.testapp.models import Paper, Shelf

OFFICE = ZoneInfo("Asia/Shanghai")


def office(*parts: int) -> dt.datetime:
    """Return a moment by the office's clock: `office(2026, 10, 1, 9, 30)`."""
    return dt.datetime(*parts, tzinfo=OFFICE)  # type: ignore[misc, arg-type]


def make_paper(actor: Actor, title: str = "On clocks", **values: Any) -> Paper:
    """Store a paper that may be submitted, and read it again as a page would."""
    given = {"body": "Clocks stand still at night.", "pages": 3, "author": 7, **values}
    paper = Paper(title=title, **given).save_as(actor)
    return Paper.objects.get(pk=paper.pk)


def make_shelf(actor: Actor, name: str = "North") -> Shelf:
    """Store a shelf."""
    return Shelf(name=name).save_as(actor)
