"""A team's own clock runs beside the customer's while the ticket is with the team, and is measured."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from opscharter.kernel import moment
from opscharter.kernel.access.actor import system_actor
from opscharter.kernel.clocks.ledger import ledger_of
from opscharter.kernel.clocks.models import Clock
from opscharter.kernel.indicators.figures import value
from opscharter.kernel.indicators.periods import Period
from opscharter.organization.models import Department
from opscharter.service.levels.models import TeamLevel, TeamStay
from tests.service.conftest import bring_to_work, resolve

pytestmark = pytest.mark.django_db


def at(day, hour, minute=0):
    return timezone.make_aware(dt.datetime(2025, 10, day, hour, minute))


@pytest.fixture
def other(db):
    return Department(code="NET", name="Networks").save_as(system_actor())


@pytest.fixture
def levels(calendar, team, other):
    for where, hours in ((None, 8), (team, 4), (other, 2)):
        for kind, minutes in (("respond", 30), ("resolve", hours * 60)):
            TeamLevel(team=where, priority=3, kind=kind, minutes=minutes, calendar=calendar).save_as(system_actor())


def clock(ticket, kind="team-resolve", state="running"):
    return Clock.objects.filter(record_id=ticket.pk, kind=kind, state=state).order_by("-round").first()


def assign(ticket, team, day, hour, minute=0):
    with moment.at(at(day, hour, minute)):
        ticket.refresh_from_db()
        return ticket.move("assign", system_actor(), team=team)


def test_the_team_s_clock_runs_beside_the_customer_s_and_both_are_on_the_ticket(incident, levels):
    with moment.at(at(13, 9)):
        ticket = incident()
    assert clock(ticket).due_at == at(13, 14, 30)
    assert clock(ticket, "team-respond").due_at == at(13, 9, 30)
    shown = {entry.clock.kind for entry in ledger_of(ticket)}
    assert {"resolve", "team-resolve", "team-respond"} <= shown
    assert not {"team-resolve", "team-respond"} & {e.clock.kind for e in ledger_of(ticket, for_customer=True)}


def test_a_team_without_levels_of_its_own_has_those_of_every_team(incident, levels, calendar):
    third = Department(code="DBA", name="Databases").save_as(system_actor())
    with moment.at(at(13, 9)):
        ticket = incident(team=third)
    assert clock(ticket).due_at == at(14, 9, 30)


def test_handing_over_ends_the_team_s_clock_and_begins_the_next_team_s(incident, levels, team, other, engineer):
    with moment.at(at(13, 9)):
        ticket = incident(assignee=engineer)
    with moment.at(at(13, 9, 10)):
        bring_to_work(ticket)
    assign(ticket, other, 13, 11)
    stay = TeamStay.objects.get()
    assert (stay.team, stay.handler, stay.ended_by, stay.seconds) == (team, engineer, "handed-over", 7200)
    assert (stay.taken_in_time, stay.kept) == (True, True)
    assert clock(ticket).due_at == at(13, 14, 30), "two hours of the networks team from eleven"
    with moment.at(at(13, 17)):
        ticket.refresh_from_db()
        ticket.move("accept", system_actor())
        resolve(ticket)
    second = TeamStay.objects.exclude(pk=stay.pk).get()
    assert (second.team, second.ended_by, second.taken_in_time, second.kept) == (other, "resolved", False, False)
    assert clock(ticket) is None


def test_waiting_for_the_customer_stops_the_team_s_clock_too(incident, levels):
    with moment.at(at(13, 9)):
        ticket = bring_to_work(incident())
    with moment.at(at(13, 10)):
        ticket.move("wait", system_actor(), waiting_for="customer", reason="log asked for")
    assert clock(ticket, state="paused").due_at is None


def test_a_reopened_ticket_runs_by_the_team_s_clock_again(incident, levels):
    with moment.at(at(13, 9)):
        ticket = resolve(bring_to_work(incident()))
    with moment.at(at(14, 9)):
        ticket.move("reopen", system_actor(), reason="again")
    assert clock(ticket).due_at == at(14, 14, 30)


def test_a_level_dated_ahead_holds_only_then_and_another_priority_takes_its_own(incident, levels, team, calendar):
    TeamLevel(
        team=team, priority=3, kind="resolve", minutes=60, calendar=calendar, since=dt.date(2025, 10, 14)
    ).save_as(system_actor())
    TeamLevel(team=team, priority=2, kind="resolve", minutes=30, calendar=calendar).save_as(system_actor())
    with moment.at(at(13, 9)):
        today = incident()
    with moment.at(at(14, 9)):
        tomorrow = incident()
        assert (clock(today).target_seconds, clock(tomorrow).target_seconds) == (4 * 3600, 3600)
        tomorrow.move("prioritise", system_actor(), reason="asked for", priority=2)
    assert clock(tomorrow).due_at == at(14, 9, 30)


def test_a_cancelled_ticket_says_nothing_about_the_level(incident, levels):
    with moment.at(at(13, 9)):
        ticket = incident()
    with moment.at(at(20, 9)):
        ticket.move("cancel", system_actor(), reason="a mistake")
    assert (TeamStay.objects.get().kept, TeamStay.objects.get().ended_by) == (None, "cancelled")


def test_the_figure_counts_the_stays_by_team(incident, levels, team, other):
    with moment.at(at(13, 9)):
        ticket = bring_to_work(incident())
    assign(ticket, other, 13, 11)
    assign(ticket, team, 14, 11)
    month = Period(dt.date(2025, 10, 1))
    with moment.at(at(20, 9)):
        assert value("service.team-level-kept", month).value == 50
        assert value("service.team-level-kept", month, "department", team.pk).value == 100
        assert value("service.team-level-kept", month, "department", other.pk).value == 0
