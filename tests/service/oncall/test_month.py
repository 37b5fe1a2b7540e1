"""The month of a roster: whose duty begins on each day, swaps, and days on which nobody is on duty."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from opscharter.kernel.access.actor import system_actor
from opscharter.organization.models import Employee, Post
from opscharter.service.oncall.models import Roster, RosterOverride, RosterShift, ShiftMember
from opscharter.service.oncall.month import month_of

pytestmark = pytest.mark.django_db


def at(day, hour):
    return timezone.make_aware(dt.datetime(2025, 10, day, hour))


@pytest.fixture
def people(team):
    post = Post(title="Staff", level="staff").save_as(system_actor())
    begin = dt.date(2020, 1, 1)
    return [
        Employee(name=name, department=team, post=post, joined_on=begin).save_as(system_actor())
        for name in ("Ann", "Bo", "Cy")
    ]


@pytest.fixture
def roster(team, calendar, people):
    made = Roster(name="Duty", team=team, calendar=calendar).save_as(system_actor())
    shift = RosterShift(
        roster=made, name="day", rotation="daily", since=dt.date(2025, 10, 6), until=dt.date(2025, 10, 20)
    ).save_as(system_actor())
    for position, person in enumerate(people[:2], start=1):
        ShiftMember(shift=shift, position=position, employee=person).save_as(system_actor())
    return made


def named(weeks):
    return {cell.day.day: [duty.person.name for duty in cell.duties] for week in weeks for cell in week if cell.inside}


def test_every_day_names_whose_duty_begins_and_a_day_without_anybody_is_a_gap(roster):
    weeks = month_of(roster, dt.date(2025, 10, 1))
    assert weeks[0][0].day == dt.date(2025, 9, 29)
    assert [len(week) for week in weeks] == [7] * 5
    names = named(weeks)
    assert (names[6], names[7], names[20]) == (["Ann"], ["Bo"], ["Ann"])
    gaps = [cell.day.day for week in weeks for cell in week if cell.gap]
    assert gaps == [1, 2, 3, 4, 5, *range(21, 32)]


def test_workdays_are_the_calendar_s(roster):
    cells = {cell.day.day: cell for week in month_of(roster, dt.date(2025, 10, 1)) for cell in week if cell.inside}
    assert (cells[8].workday, cells[9].workday, cells[11].workday) == (False, True, True)


def test_a_swap_over_several_days_stands_on_each_of_them(roster, people):
    RosterOverride(roster=roster, begins_at=at(13, 9), ends_at=at(16, 9), employee=people[2], reason="leave").save_as(
        system_actor()
    )
    names = named(month_of(roster, dt.date(2025, 10, 1)))
    assert [names[day] for day in (12, 13, 14, 15, 16)] == [["Ann"], ["Cy"], ["Cy"], ["Cy"], ["Ann"]]
