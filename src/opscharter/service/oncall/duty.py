"""Who is on duty when, as arithmetic over shifts, turns and swaps; the minute of a change is the incoming one's."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from opscharter.kernel.calendars.engine import Calendar

DAY = dt.timedelta(days=1)
EVERY, WORKDAYS, DAYS_OFF = "every", "workdays", "days-off"
DAILY, WEEKLY = "daily", "weekly"


@dataclass(frozen=True)
class ShiftPlan:
    """A shift that comes round: on which days, between which times, and by whom in turn."""

    level: int
    name: str
    begins: dt.time
    ends: dt.time
    days: str
    rotation: str
    since: dt.date
    people: tuple[Any, ...]
    until: dt.date | None = None

    def span_on(self, day: dt.date, zone: ZoneInfo) -> tuple[dt.datetime, dt.datetime]:
        """Return when the shift of a day begins and ends; one that ends no later than it begins ends the next day."""
        last = day if self.ends > self.begins else day + DAY
        begin, end = dt.datetime.combine(day, self.begins, zone), dt.datetime.combine(last, self.ends, zone)
        return begin.astimezone(dt.UTC), end.astimezone(dt.UTC)

    def worked_on(self, day: dt.date, calendar: Calendar) -> bool:
        """Say whether the shift takes place on a day; workdays are the calendar's, holidays are days off."""
        if day < self.since or (self.until is not None and day > self.until) or not self.people:
            return False
        return self.days == EVERY or calendar.is_workday(day) == (self.days == WORKDAYS)

    def person_on(self, day: dt.date) -> Any:
        """Return whose turn it is."""
        turns = (day - self.since).days // (7 if self.rotation == WEEKLY else 1)
        return self.people[turns % len(self.people)]


@dataclass(frozen=True)
class OverridePlan:
    """Somebody takes a level from a moment to a moment, instead of one person or of whoever it is."""

    level: int
    begins: dt.datetime
    ends: dt.datetime
    person: Any
    instead_of: Any = None
    reason: str = ""


@dataclass(frozen=True)
class Duty:
    """One person on duty at one level from a moment to a moment."""

    level: int
    begins: dt.datetime
    ends: dt.datetime
    person: Any
    shift: str = ""
    override: str = ""
    """Why it is not whose turn it was."""


@dataclass(frozen=True)
class Plan:
    """A roster as a value."""

    zone: ZoneInfo
    calendar: Calendar
    shifts: Sequence[ShiftPlan]
    overrides: Sequence[OverridePlan] = ()

    def duties(self, begin: dt.datetime, end: dt.datetime) -> list[Duty]:
        """Return everybody's duties that touch a time, with overrides put over the shifts; sorted by level and time."""
        found: list[Duty] = []
        for shift in self.shifts:
            day = begin.astimezone(self.zone).date() - DAY
            while day <= end.astimezone(self.zone).date():
                if shift.worked_on(day, self.calendar):
                    opens, closes = shift.span_on(day, self.zone)
                    found += self._overridden(Duty(shift.level, opens, closes, shift.person_on(day), shift.name))
                day += DAY
        found += [Duty(o.level, o.begins, o.ends, o.person, override=o.reason or "—") for o in self.overrides]
        touching = [duty for duty in found if duty.begins < end and duty.ends > begin and duty.begins < duty.ends]
        return sorted(touching, key=lambda duty: (duty.level, duty.begins))

    def at(self, moment: dt.datetime) -> list[Duty]:
        """Return who is on duty at a moment, by level."""
        duties = self.duties(moment, moment + dt.timedelta(microseconds=1))
        return [duty for duty in duties if duty.begins <= moment < duty.ends]

    def _overridden(self, duty: Duty) -> list[Duty]:
        """Cut out of a duty whatever overrides take."""
        left = [duty]
        for over in self.overrides:
            if over.level != duty.level or (over.instead_of is not None and over.instead_of != duty.person):
                continue
            left = [part for each in left for part in _without(each, over.begins, over.ends)]
        return left


def _without(duty: Duty, begin: dt.datetime, end: dt.datetime) -> list[Duty]:
    if end <= duty.begins or begin >= duty.ends:
        return [duty]
    before = Duty(duty.level, duty.begins, begin, duty.person, duty.shift)
    after = Duty(duty.level, end, duty.ends, duty.person, duty.shift)
    return [part for part in (before, after) if part.begins < part.ends]
