"""The days on which maintenance is due: a recurrence rule on a business calendar."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from itertools import takewhile

from dateutil.rrule import DAILY, rrule, rruleset, rrulestr

from opscharter.kernel.calendars.engine import Calendar, UnpublishedYear

DAY = dt.timedelta(days=1)
FARTHEST = 31
"""So many days a due day may move to find a working day."""


def read(rule: str, starts_on: dt.date) -> rrule:
    """Return a recurrence rule; ValueError when it cannot be read or comes round more than once a day."""
    given = rule.strip().upper().removeprefix("RRULE:")
    if not given or "\n" in given or "DTSTART" in given:
        raise ValueError(rule)
    found = rrulestr(given, dtstart=dt.datetime.combine(starts_on, dt.time()))
    if isinstance(found, rruleset) or found._freq > DAILY:  # type: ignore[attr-defined]
        raise ValueError(rule)
    return found


def days(rule: str, starts_on: dt.date, first: dt.date, last: dt.date) -> list[dt.date]:
    """Return the days of a rule from the first to the last, both included.

    A rule of the 29th, 30th or 31st falls on the last day of shorter months: nothing is left out.
    """
    return [day for day in takewhile(lambda each: each <= last, _from(rule, starts_on)) if day >= first]


def _from(rule: str, starts_on: dt.date) -> Iterator[dt.date]:
    found = read(rule, starts_on)
    plain = not any(name in rule.upper() for name in ("BYMONTHDAY", "BYDAY", "BYSETPOS", "BYWEEKNO", "BYYEARDAY"))
    if plain and starts_on.day > 28 and ("MONTHLY" in rule.upper() or "YEARLY" in rule.upper()):
        found = found.replace(bymonthday=tuple(range(28, starts_on.day + 1)), bysetpos=-1)
    for at in found:
        yield at.date()


def due_on(day: dt.date, calendar: Calendar, day_off: str) -> dt.date:
    """Return on which day what falls on a day is due; a year whose holidays are not published leaves it as it is."""
    if day_off == "stay":
        return day
    step = DAY if day_off == "next" else -DAY
    try:
        for distance in range(FARTHEST):
            if calendar.is_workday(day + distance * step):
                return day + distance * step
    except UnpublishedYear:
        return day
    return day
