"""The engineer's own calendar stands in the way of a window: first on call, or away with a deputy."""

from __future__ import annotations

import datetime as dt

import pytest

from opscharter.kernel.access.actor import system_actor
from opscharter.organization.models import Delegation
from opscharter.service.changes.conflicts import conflicts_of, free_slots
from opscharter.service.oncall.models import Roster, RosterShift, ShiftMember
from tests.service.changes.conftest import assess

pytestmark = pytest.mark.django_db


def on_call(calendar, team, level, *people):
    roster = Roster(name="Nights", team=team, calendar=calendar).save_as(system_actor())
    shift = RosterShift(roster=roster, name="Duty", level=level, since=dt.date(2025, 10, 13)).save_as(system_actor())
    for position, person in enumerate(people, start=1):
        ShiftMember(shift=shift, position=position, employee=person).save_as(system_actor())


def test_who_is_first_on_call_makes_no_change_and_is_offered_the_week_after(change, calendar, team, doer, manager):
    on_call(calendar, team, 1, doer, manager)
    planned = assess(change())
    assert [(clash.kind, str(clash.sentence)) for clash in conflicts_of(planned)] == [
        ("roster", "Li is first on call: Nights.")
    ]
    start, _end = free_slots(planned, 1)[0]
    assert start.date() >= dt.date(2025, 10, 19)


def test_who_is_only_called_second_may(change, calendar, team, doer, manager):
    on_call(calendar, team, 2, doer, manager)
    assert conflicts_of(assess(change())) == []


def test_who_is_away_makes_no_change(change, doer, manager):
    away = {"valid_from": dt.date(2025, 10, 13), "valid_to": dt.date(2025, 10, 14), "reason": "leave"}
    Delegation(person=doer, deputy=manager, **away).save_as(system_actor())
    planned = assess(change())
    assert [str(clash.sentence) for clash in conflicts_of(planned)] == ["Li is away; Xu stands in."]
    start, _end = free_slots(planned, 1)[0]
    assert start.date() >= dt.date(2025, 10, 14)
