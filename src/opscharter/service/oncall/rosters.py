"""Reading rosters: as arithmetic, who is on duty now, and which roster answers for a ticket."""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Prefetch, Q
from django.utils.translation import gettext_lazy as _

from opscharter.kernel import moment
from opscharter.kernel.calendars.models import calendar_of
from opscharter.kernel.controls.wording import Sentence, Wording
from opscharter.organization.models import Employee
from opscharter.service.oncall.duty import Duty, OverridePlan, Plan, ShiftPlan
from opscharter.service.oncall.models import Roster, RosterOverride, RosterShift, ShiftMember


def plan_of(roster: Roster, begin: dt.datetime, end: dt.datetime) -> Plan:
    """Return a roster's plan for a time, with the overrides that touch it; three queries."""
    members = ShiftMember.objects.current().select_related("employee__user").order_by("position", "pk")
    rows = RosterShift.objects.current().filter(roster=roster).order_by("level", "begins", "pk")
    shifts = [
        ShiftPlan(
            row.level, row.name, row.begins, row.ends, row.days, row.rotation, row.since,
            tuple(member.employee for member in row.members.all()), row.until,
        )
        for row in rows.prefetch_related(Prefetch("members", members))
    ]  # fmt: skip
    touching = RosterOverride.objects.current().filter(roster=roster, begins_at__lt=end, ends_at__gt=begin)
    overrides = [
        OverridePlan(row.level, row.begins_at, row.ends_at, row.employee, row.instead_of, row.reason)
        for row in touching.select_related("employee__user", "instead_of").order_by("pk")
    ]
    calendar = calendar_of(roster.calendar)
    return Plan(ZoneInfo(roster.calendar.time_zone), calendar, shifts, overrides)


def on_duty(roster: Roster, at: dt.datetime | None = None) -> list[Duty]:
    """Return who is on duty at a moment (default: now), by level."""
    when = at or moment.now()
    return plan_of(roster, when, when + dt.timedelta(seconds=1)).at(when)


def people_on_duty(roster: Roster, level: int, at: dt.datetime | None = None) -> list[Employee]:
    """Return the people of one level who are on duty, each once; who has left is not."""
    today = moment.today()
    people = {duty.person.pk: duty.person for duty in on_duty(roster, at) if duty.level == level}
    return [each for each in people.values() if each.left_on is None or each.left_on >= today]


def duties_of(person_id: int, begin: dt.datetime, end: dt.datetime) -> list[tuple[Roster, Duty]]:
    """Return one person's duties in a time, on whatever roster, in order."""
    found = []
    for roster in rosters_in_use():
        duties = plan_of(roster, begin, end).duties(begin, end)
        found += [(roster, each) for each in duties if each.person.pk == person_id]
    return sorted(found, key=lambda pair: pair[1].begins)


def first_on_call(
    person_id: int, begin: dt.datetime, end: dt.datetime
) -> list[tuple[dt.datetime, dt.datetime, Sentence]]:
    """Return when a person is the first to be called, and on which roster: they have no hands free for a change."""
    return [
        (
            duty.begins,
            duty.ends,
            Wording(_("%(person)s is first on call: %(roster)s."), {"person": duty.person, "roster": roster}),
        )
        for roster, duty in duties_of(person_id, begin, end)
        if duty.level == 1
    ]


def rosters_in_use() -> Any:
    """Return the rosters in use."""
    return Roster.objects.current().filter(active=True).select_related("calendar", "team").order_by("name")


def roster_for(ticket: Any) -> Roster | None:
    """Return the roster that answers for a ticket: of its team, one that names the service first."""
    rows = rosters_in_use().filter(team_id=ticket.team_id)
    named = Q(services=ticket.service_id) if ticket.service_id else Q(pk__in=[])
    return rows.filter(named).first() or rows.filter(services__isnull=True).first()
