"""Schedules: jobs that come round, each started once however many workers there are."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from django_tasks.base import Task

from opscharter.kernel.jobs.models import ScheduleState


@dataclass(frozen=True)
class Schedule:
    """A job that comes round: `every` so long, or once a day `at` a time of the office's clock."""

    code: str
    job: Task[..., Any]
    every: dt.timedelta | None = None
    at: dt.time | None = None

    def __post_init__(self) -> None:
        if (self.every is None) == (self.at is None):
            raise ValueError(f"schedule {self.code} needs either `every` or `at`")

    def after(self, moment: dt.datetime) -> dt.datetime:
        """Return the next time after a moment."""
        if self.every is not None:
            return moment + self.every
        assert self.at is not None
        local = timezone.localtime(moment)
        next_run = local.replace(hour=self.at.hour, minute=self.at.minute, second=0, microsecond=0)
        return next_run if next_run > local else next_run + dt.timedelta(days=1)


_installed: list[Schedule] = []


def install(schedules: Sequence[Schedule]) -> None:
    """Name the schedules of all chapters; called once by config/site.py."""
    codes = [schedule.code for schedule in schedules]
    if len(codes) != len(set(codes)):
        raise ValueError("two schedules share a code")
    _installed[:] = schedules


def installed() -> list[Schedule]:
    """Return the schedules of all chapters."""
    return list(_installed)


def enqueue_due(now: dt.datetime | None = None) -> list[str]:
    """Queue every job whose time has come and set its next time; returns their codes."""
    now = now or timezone.now()
    started = []
    for schedule in _installed:
        if _take(schedule, now):
            started.append(schedule.code)
    return started


@transaction.atomic
def _take(schedule: Schedule, now: dt.datetime) -> bool:
    state, created = ScheduleState.objects.get_or_create(code=schedule.code, defaults={"next_run": schedule.after(now)})
    if created or state.next_run > now:
        return False
    rows = ScheduleState.objects.filter(code=schedule.code, next_run__lte=now)
    if connection.features.has_select_for_update_skip_locked:
        rows = rows.select_for_update(skip_locked=True)
    locked = rows.first()
    if locked is None:
        return False
    locked.last_run, locked.next_run = now, schedule.after(now)
    locked.save()
    schedule.job.enqueue()
    return True
