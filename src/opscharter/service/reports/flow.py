"""The flow of tickets through a period, from one backlog to the next, ticket by ticket: it reconciles or says why not.

Where a ticket stood at the end of a period is read from its own story, so what happens on the days after the end, a
reopening on the 3rd, alters nothing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q

from opscharter.kernel.indicators.evidence import Ids
from opscharter.kernel.indicators.periods import Period
from opscharter.kernel.timeline.models import TimelineEntry
from opscharter.service.tickets.lifecycle import OPEN, State
from opscharter.service.tickets.models import Incident, ServiceRequest

MODELS: tuple[Any, ...] = (Incident, ServiceRequest)
TICKETS: dict[str, Any] = {model._meta.label_lower: model for model in MODELS}
COLUMNS = (
    "pk", "number", "title", "priority", "impact", "service_id", "state", "opened_at", "resolved_at", "resolution_met",
    "category", "cause",
)  # fmt: skip
DONE = (State.RESOLVED, State.CLOSED)
Key = tuple[str, int]
"""A ticket: its record type and id."""


@dataclass
class Row:
    """A ticket as a report needs it; `stood` is its state at the end of the period."""

    label: str
    pk: int
    number: str
    title: str
    priority: int | None
    impact: int
    service_id: int | None
    state: str
    opened_at: dt.datetime
    resolved_at: dt.datetime | None
    resolution_met: bool | None
    category: str
    cause: str
    stood: str = ""

    @property
    def key(self) -> Key:
        """Return what names the ticket among all kinds."""
        return (self.label, self.pk)


@dataclass
class Flow:
    """The tickets of a period by what became of them; every set is kept as ids."""

    opening: set[Key] = field(default_factory=set)
    opened: set[Key] = field(default_factory=set)
    returned: set[Key] = field(default_factory=set)
    """Solved before the period, at work again or solved again in it."""
    solved: set[Key] = field(default_factory=set)
    withdrawn: set[Key] = field(default_factory=set)
    """Cancelled, merged into others, or taken off the books."""
    backlog: set[Key] = field(default_factory=set)

    PARTS = ("opening", "opened", "returned", "solved", "withdrawn", "backlog")

    def counts(self) -> dict[str, int]:
        """Return how many tickets each part holds."""
        return {part: len(getattr(self, part)) for part in self.PARTS}


def reconciles(counts: dict[str, int]) -> bool:
    """Say whether what was open and came in, less what went, is what is open."""
    gained = counts["opening"] + counts["opened"] + counts["returned"]
    return gained - counts["solved"] - counts["withdrawn"] == counts["backlog"]


def rows_of(customer_id: int, period: Period) -> dict[Key, Row]:
    """Return the customer's tickets that had a part in the period, or still have one."""
    found: dict[Key, Row] = {}
    for label, model in TICKETS.items():
        rows = model._default_manager.current().filter(customer_id=customer_id, opened_at__lt=period.end)
        rows = rows.filter(Q(updated_at__gte=period.start) | Q(opened_at__gte=period.start) | Q(state__in=OPEN))
        for values in rows.order_by("opened_at", "pk").values_list(*COLUMNS):
            row = Row(label, *values)
            row.stood = row.state
            found[row.key] = row
    _turn_back(found, period.end)
    return found


def _turn_back(rows: dict[Key, Row], end: dt.datetime) -> None:
    """Set where each ticket stood at the end: what its first step since then left, else where it stands."""
    for label in TICKETS:
        here = {row.pk: row for row in rows.values() if row.label == label}
        moves = TimelineEntry.objects.filter(record_type=label, kind=TimelineEntry.Kind.MOVE).order_by("at", "id")
        told: set[int] = set()
        for pk, data in moves.filter(record_id__in=here, at__gte=end).values_list("record_id", "data"):
            if pk not in told and data.get("from"):
                told.add(pk)
                here[pk].stood = data["from"]
        for pk, row in here.items():
            if pk not in told and row.resolved_at is not None and row.resolved_at >= end:
                row.stood = State.IN_PROGRESS  # imported: it has no story, only its times
        again = [pk for pk in told if here[pk].stood in DONE and not _before(here[pk].resolved_at, end)]
        if again:
            solving = moves.filter(record_id__in=again, at__lt=end, verb__in=("resolve", "follow"))
            for pk, at in solving.values_list("record_id", "at"):
                here[pk].resolved_at = at


def _before(at: dt.datetime | None, end: dt.datetime) -> bool:
    return at is not None and at < end


def flow_of(rows: dict[Key, Row], period: Period, before: Iterable[Key] | None) -> Flow:
    """Sort the tickets; `before` is the backlog that the last report ended with, None when there was none."""
    flow = Flow()
    flow.opened = {key for key, row in rows.items() if period.start <= row.opened_at < period.end}
    flow.backlog = {key for key, row in rows.items() if row.stood in OPEN}
    solved_now = {
        key for key, row in rows.items()
        if row.stood in DONE and row.resolved_at is not None
        and period.start <= row.resolved_at < period.end
    }  # fmt: skip
    if before is None:
        earlier = {key for key, row in rows.items() if row.opened_at < period.start}
        flow.opening = {key for key in earlier if key in flow.backlog or key in solved_now}
    else:
        flow.opening = set(before) - flow.opened
    known = flow.opening | flow.opened
    flow.returned = (flow.backlog | solved_now) - known
    gone = (known | flow.returned) - flow.backlog
    flow.withdrawn = {key for key in gone if key not in rows or rows[key].stood == State.CANCELLED}
    flow.solved = gone - flow.withdrawn
    return flow


def ids_of(keys: Iterable[Key]) -> Ids:
    """Return tickets by their record type."""
    found: Ids = {}
    for label, pk in sorted(keys):
        found.setdefault(label, []).append(pk)
    return found


def keys_of(ids: Ids) -> set[Key]:
    """Return tickets kept by record type as a set."""
    return {(label, pk) for label, each in ids.items() for pk in each}
