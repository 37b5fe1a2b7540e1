"""Live calendars and contracts as the parts of a case that `opscharter clock` reads."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings

from opscharter.customers.models import Contract, SlaTarget
from opscharter.customers.models.contract import Priority
from opscharter.customers.service_levels import ServiceLevels, targets_on
from opscharter.kernel.calendars.models import BusinessCalendar, CalendarDay
from opscharter.kernel.clocks.case import ROUND_THE_CLOCK


def calendar_document(calendar: BusinessCalendar | None) -> dict[str, Any]:
    """Return a calendar as a case writes it down; none is round the clock, told by the office's clock."""
    if calendar is None:
        return {"zone": settings.TIME_ZONE, "week": ROUND_THE_CLOCK}
    days = CalendarDay.objects.current().filter(calendar=calendar).order_by("day").values_list("day", "windows")
    document: dict[str, Any] = {
        "zone": calendar.time_zone, "holidays": calendar.holidays or "none",
        "week": [[f"{opens}-{closes}" for opens, closes in windows] for windows in calendar.week],
    }  # fmt: skip
    if exceptions := {day.isoformat(): [f"{opens}-{closes}" for opens, closes in windows] for day, windows in days}:
        document["days"] = exceptions
    return document


def policy_document(contract: Contract, kind: str) -> dict[str, Any]:
    """Return what a contract promises for one step, with its levels by the days from which they hold."""
    targets = list(contract.targets.filter(archived_at__isnull=True, kind=kind))
    days = sorted({target.since for target in targets if target.since is not None})
    policy: dict[str, Any] = {
        "name": str(contract), "targets": _promised(contract, targets, kind, dt.date.min),
        "retroactive": contract.retroactive, "recurring": kind == SlaTarget.Kind.UPDATE,
    }  # fmt: skip
    if days:
        policy["changes"] = [
            {"from": day.isoformat(), "targets": _promised(contract, targets, kind, day)} for day in days
        ]
    return policy


def _promised(contract: Contract, targets: list[SlaTarget], kind: str, day: dt.date) -> dict[str, Any]:
    levels = ServiceLevels(contract, targets_on(targets, day), contract.calendar)
    promised = {priority.name: levels.promised(kind, priority) for priority in Priority}
    found = {}
    for name, each in promised.items():
        if each is not None:
            target: dict[str, Any] = {"minutes": each.seconds // 60}
            if each.calendar is None and contract.calendar is not None:
                target["calendar"] = ROUND_THE_CLOCK
            found[name] = target
    return found
