"""Case 11: paging until somebody answers; the incoming engineer has the minute of the change; GET answers nothing."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client

from opscharter.kernel import moment
from opscharter.kernel.access.actor import system_actor
from opscharter.kernel.notices.answering import link_of
from opscharter.kernel.notices.models import Notice
from opscharter.kernel.users.models import User
from opscharter.organization.models import Assignment, Employee, Role, RoleGrant
from opscharter.service.oncall.models import Call, Callout, Roster, RosterShift, ShiftMember
from opscharter.service.oncall.paging import climb_on, page_on_call
from tests.service.conftest import MONDAY_NINE

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def people(team, engineer, calendar):
    """Return two first engineers by turns, a second and a head, on a roster that changes at nine every day."""
    role = Role(code="engineer", name="Engineer").save_as(system_actor())
    for action in ("view", "answer"):
        RoleGrant(role=role, record_type="service.callout", action=action, reach="all").save_as(system_actor())
    engineer.post.save_as(system_actor(), links={"roles": [role]})
    made = []
    for name in ("outgoing", "incoming", "second", "head"):
        person = Employee(name=name, department=team, post=engineer.post, joined_on=dt.date(2020, 1, 1))
        person.user = User.objects.create_user(name)
        person.save_as(system_actor())
        Assignment(employee=person, post=person.post, department=team, valid_from=person.joined_on).save_as(
            system_actor()
        )
        made.append(person)
    team.head = made[3]
    team.save_as(system_actor())
    roster = Roster(name="SYS", team=team, calendar=calendar).save_as(system_actor())
    since = (MONDAY_NINE - dt.timedelta(days=1)).date()
    for level, turns in ((1, made[:2]), (2, made[2:3])):
        shift = RosterShift(roster=roster, name="d", level=level, rotation="daily", since=since).save_as(system_actor())
        for position, person in enumerate(turns, start=1):
            ShiftMember(shift=shift, position=position, employee=person).save_as(system_actor())
    return made


def called():
    return [call.employee.name for call in Call.objects.order_by("pk")]


def test_a_call_at_the_minute_of_shift_change_pages_the_incoming_engineer_only(incident, people):
    with moment.at(MONDAY_NINE):
        assert page_on_call(incident(impact=1, urgency=1), "P1") == [people[1].user_id]
    assert called() == ["incoming"]


def test_no_acknowledgement_calls_the_second_after_5_minutes_and_the_manager_after_10_each_once(incident, people):
    with moment.at(MONDAY_NINE):
        ticket = incident(impact=1, urgency=1)
        page_on_call(ticket, "P1")
        page_on_call(ticket, "P1 again")
    for minute, expected in ((4, 1), (5, 2), (9, 2), (10, 3), (11, 3)):
        with moment.at(MONDAY_NINE + minute * MINUTE):
            climb_on()
            assert called() == ["incoming", "second", "head"][:expected], minute
    assert Notice.objects.filter(type="service.on-call-page").count() == 3


def test_looking_at_the_link_answers_nothing_and_pressing_the_button_does(incident, people):
    with moment.at(MONDAY_NINE):
        page_on_call(incident(impact=1, urgency=1), "P1")
        link = link_of(Notice.objects.get(type="service.on-call-page")).split("/answers/")[1]
        browser = Client()
        assert browser.get(f"/answers/{link}").status_code == 200
        assert browser.head(f"/answers/{link}").status_code == 200
        assert Callout.objects.get().state == "CALLING"
        assert browser.get(f"/answers/x{link}").status_code == 410
        assert browser.post(f"/answers/{link}", {"answer": "answer"}).status_code == 200
    callout = Callout.objects.get()
    assert (callout.state, callout.answered_by) == ("ANSWERED", people[1])
    with moment.at(MONDAY_NINE + 30 * MINUTE):
        climb_on()
        assert called() == ["incoming"], "whoever has not been called sleeps on"
        used = browser.post(f"/answers/{link}", {"answer": "answer"}, headers={"accept-language": "en"})
        assert used.status_code == 409
        assert b"<button" not in browser.get(f"/answers/{link}").content
