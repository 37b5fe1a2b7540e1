"""A month of a roster as weeks of days: on each day the people whose duty begins then, or lasts over it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from opscharter.service.oncall.duty import Duty
from opscharter.service.oncall.models import Roster
from opscharter.service.oncall.rosters import plan_of

DAY = dt.timedelta(days=1)


@dataclass
class DayOfMonth:
    """One cell: the day, whether it is of the month and a workday, and who has duty, the first called first."""

    day: dt.date
    inside: bool
    workday: bool
    duties: list[Duty] = field(default_factory=list)

    @property
    def gap(self) -> bool:
        """Say whether nobody has duty on a day of the month."""
        return self.inside and not self.duties


def month_of(roster: Roster, first: dt.date) -> list[list[DayOfMonth]]:
    """Return the weeks that touch a month, Monday first."""
    following = (first + dt.timedelta(days=32)).replace(day=1)
    monday, last = first - dt.timedelta(days=first.weekday()), following - DAY
    sunday = last + dt.timedelta(days=6 - last.weekday())
    zone = ZoneInfo(roster.calendar.time_zone)
    begin, end = (dt.datetime.combine(day, dt.time(), zone) for day in (monday, sunday + DAY))
    plan = plan_of(roster, begin, end)
    duties = plan.duties(begin, end)
    days = []
    day = monday
    while day <= sunday:
        cell = DayOfMonth(day, first <= day < following, plan.calendar.is_workday(day))
        cell.duties = [duty for duty in duties if _on(duty, day, zone)]
        days.append(cell)
        day += DAY
    return [days[number : number + 7] for number in range(0, len(days), 7)]


def _on(duty: Duty, day: dt.date, zone: ZoneInfo) -> bool:
    """Say whether a duty is told on a day: where it begins, and on every whole day it lasts over."""
    begins = duty.begins.astimezone(zone)
    if begins.date() == day:
        return True
    whole_day = dt.datetime.combine(day + DAY, dt.time(), zone)
    return begins.date() < day and duty.ends >= whole_day
