"""Warnings at 50, 75 and 90 %, the breach, then the escalation: each once, to whom the company has named."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from opscharter.kernel import moment
from opscharter.kernel.access.actor import system_actor
from opscharter.kernel.notices.models import Notice
from opscharter.kernel.timeline.models import TimelineEntry
from opscharter.kernel.users.models import User
from opscharter.organization.models import Department, Employee, EmployeeRole, Post, Role
from opscharter.service.levels.escalation import DEFAULT, install_steps
from opscharter.service.levels.models import ClockEscalation
from opscharter.service.oncall.models import Roster, RosterShift, ShiftMember
from opscharter.service.tickets.services import warn_of_deadlines
from tests.service.conftest import bring_to_work

pytestmark = pytest.mark.django_db
START = timezone.make_aware(dt.datetime(2025, 10, 13, 0, 0))


@pytest.fixture
def person(team):
    post = Post(title="Staff", level="staff").save_as(system_actor())

    def make(name):
        return Employee(
            name=name, department=team, post=post, joined_on=dt.date(2020, 1, 1), user=User.objects.create_user(name)
        ).save_as(system_actor())

    return make


@pytest.fixture
def people(team, person, customer, calendar):
    """Return a handler, a head, the head above, a service manager, somebody on duty and an account manager."""
    made = {name: person(name) for name in ("handler", "head", "above", "manager", "duty", "account")}
    upper = Department(code="OPS", name="Operations", head=made["above"]).save_as(system_actor())
    team.head, team.parent = made["head"], upper
    team.save_as(system_actor())
    customer.account_manager = made["account"]
    customer.save_as(system_actor())
    role = Role(code="service-manager", name="service manager").save_as(system_actor())
    EmployeeRole(employee=made["manager"], role=role, valid_from=dt.date(2020, 1, 1)).save_as(system_actor())
    roster = Roster(name="Duty", team=team, calendar=calendar).save_as(system_actor())
    shift = RosterShift(roster=roster, name="first", since=dt.date(2025, 10, 1)).save_as(system_actor())
    ShiftMember(shift=shift, employee=made["duty"]).save_as(system_actor())
    return made


def told(ticket):
    """Return who was told what of the resolution clock, in the order of time."""
    rows = Notice.objects.filter(record_id=ticket.pk, key__contains=":resolve:").order_by(
        "created_at", "user__username"
    )
    return [(row.type.partition(".")[2], row.data["share"], row.user.username) for row in rows]


def watch(hours):
    """Look every few minutes of some hours, as the schedule does."""
    at = START
    while at <= START + dt.timedelta(hours=hours):
        with moment.at(at):
            warn_of_deadlines()
        at += dt.timedelta(minutes=5)


def test_every_level_is_told_once_to_its_recipients_and_the_breach_is_not_repeated(incident, people):
    with moment.at(START):
        ticket = incident(impact=1, urgency=1, assignee=people["handler"])
    watch(9)
    assert told(ticket) == [
        ("clock-warning", 50, "handler"),
        ("clock-warning", 75, "handler"),
        ("clock-warning", 90, "handler"),
        ("clock-warning", 90, "head"),
        ("clock-breached", 100, "handler"),
        ("clock-breached", 100, "head"),
        ("clock-escalated", 125, "duty"),
        ("clock-escalated", 125, "head"),
        ("clock-escalated", 150, "head"),
        ("clock-escalated", 150, "manager"),
        ("clock-escalated", 200, "above"),
        ("clock-escalated", 200, "account"),
        ("clock-escalated", 200, "manager"),
    ]


def test_an_escalation_stands_in_the_story_with_whom_it_told(incident, people):
    with moment.at(START):
        ticket = incident(impact=1, urgency=1, assignee=people["handler"])
    with moment.at(START + dt.timedelta(hours=4, minutes=1)):
        warn_of_deadlines()
    with moment.at(START + dt.timedelta(hours=5, minutes=1)):
        warn_of_deadlines()
    entries = TimelineEntry.objects.filter(record_id=ticket.pk, verb="escalated")
    resolution = [entry for entry in entries if entry.data["clock"] == "Resolution"]
    assert [(entry.data["share"], entry.data["who"]) for entry in resolution] == [(125, "head、duty")]


def test_steps_of_the_company_s_own_replace_the_usual_ones(incident, people, team):
    ClockEscalation(level=50, kind="resolve", to_account_manager=True).save_as(system_actor())
    ClockEscalation(level=50, kind="update", to_team_head=True).save_as(system_actor())
    ClockEscalation(level=75, team=Department.objects.get(code="OPS"), to_handler=True).save_as(system_actor())
    ClockEscalation(level=90, up_to_priority=1, to_handler=True).save_as(system_actor())
    with moment.at(START):
        urgent = incident(impact=1, urgency=1, assignee=people["handler"])
    watch(5)
    assert told(urgent) == [("clock-warning", 50, "account"), ("clock-warning", 90, "handler")]


def test_nobody_handles_it_so_the_head_of_the_team_is_told(incident, people):
    with moment.at(START):
        ticket = incident(impact=1, urgency=1)
    watch(2.1)
    assert told(ticket) == [("clock-warning", 50, "head")]


def test_nothing_is_told_while_one_waits(incident, people):
    with moment.at(START):
        ticket = bring_to_work(incident(impact=1, urgency=1, assignee=people["handler"]))
        ticket.move("wait", system_actor(), waiting_for="vendor", reason="the part is on its way")
    watch(9)
    assert told(ticket) == []


def test_a_step_names_somebody():
    with pytest.raises(ValidationError) as refused:
        ClockEscalation(level=50).save_as(system_actor())
    assert "to_handler" in refused.value.message_dict


def test_the_usual_steps_are_put_in_place_once_and_stay_as_the_company_edits_them(system):
    Role(code="service-manager", name="service manager").save_as(system)
    install_steps(system)
    assert ClockEscalation.objects.count() == len(DEFAULT)
    for row in ClockEscalation.objects.all():
        row.archive_as(system, reason="we have our own")
    install_steps(system)
    assert ClockEscalation.objects.current().count() == 0
