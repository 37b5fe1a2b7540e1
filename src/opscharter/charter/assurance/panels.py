"""The cards that the parts add to a clause's page: records that speak of it, each with its state."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from opscharter.charter.models.clause import Clause
from opscharter.kernel.access.actor import Actor
from opscharter.kernel.resources.declaration import Panel, Text
from opscharter.kernel.resources.links import record_url


@dataclass
class Line:
    """One record that speaks of a clause."""

    name: str
    url: str
    what: str
    state: Text
    tone: str = "n"
    due: dt.date | None = None


def line_of(record: Any, what: str = "", due: dt.date | None = None, late: bool = False) -> Line:
    """Return a record as a line; a late one is red, one in a final state is green."""
    tone = "r" if late else "g" if record.state in type(record).lifecycle.final else "a"
    return Line(str(record), record_url(record), what, record.get_state_display(), tone, due)


def clause_panel(title: Text, lines: Callable[[Clause, Actor], Iterable[Line]]) -> Panel:
    """Return a card for clauses that is left out when no record speaks of the clause."""

    def context(clause: Clause, actor: Actor) -> Mapping[str, Any] | None:
        rows = list(lines(clause, actor))
        return {"rows": rows} if rows else None

    return Panel(title, "charter/clause_records.html", context)
