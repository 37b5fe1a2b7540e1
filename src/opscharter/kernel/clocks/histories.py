"""Clocks of imported records: whole courses stored at once, as the ledger would have stored them step by step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from opscharter.kernel.clocks.course import Course
from opscharter.kernel.clocks.ledger import Promised, interval_of, take_over
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
