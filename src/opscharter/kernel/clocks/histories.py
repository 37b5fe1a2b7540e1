"""Many clocks at once: those of a new record, and whole courses of imported ones, as the ledger would store each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from opscharter.kernel.clocks import course as courses
from opscharter.kernel.clocks.course import Course
from opscharter.kernel.clocks.ledger import LIVE, Promised, interval_of, take_over
from opscharter.kernel.clocks.models import Clock
from opscharter.kernel.copying import insert_many


@dataclass(frozen=True)
class ClockHistory:
    """What became of one clock of a record that is stored already; `round` counts the clocks of its kind from 1."""

    record: Any
    kind: str
    promised: Promised
    course: Course
    round: int = 1


@transaction.atomic
def store_many(histories: Sequence[ClockHistory]) -> None:
    """Store the clocks and their intervals; Django's IntegrityError when a record has such a clock already."""
    clocks = []
    for each in histories:
        clock = Clock(
            record_type=each.record._meta.label_lower, record_id=each.record.pk, kind=each.kind, round=each.round,
            calendar=each.promised.calendar,
        )  # fmt: skip
        take_over(clock, each.course)
        clocks.append(clock)
    insert_many(clocks)
    insert_many(
        [interval_of(clock, stretch) for clock, each in zip(clocks, histories) for stretch in each.course.stretches]
    )


def start_many(record: Any, promises: Mapping[str, Promised], at: dt.datetime, reason: str = "started") -> None:
    """Start the clocks of a record by their kinds, in three statements; kinds that run already are left as they are."""
    rounds: dict[str, int] = {}
    running = set()
    known = Clock.objects.filter(record_type=record._meta.label_lower, record_id=record.pk, kind__in=list(promises))
    for kind, number, state in known.values_list("kind", "round", "state"):
        rounds[kind] = max(number, rounds.get(kind, 0))
        running |= {kind} if state in LIVE else set()
    store_many(
        [
            ClockHistory(record, kind, promised, courses.begin(at, promised.terms, reason), rounds.get(kind, 0) + 1)
            for kind, promised in promises.items()
            if kind not in running
        ]
    )
