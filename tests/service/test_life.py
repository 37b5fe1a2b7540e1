"""The life of a ticket: derived priority, times, clocks, waiting, reopening, closing."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from opscharter.kernel import moment
from opscharter.kernel.access.actor import system_actor
from opscharter.kernel.clocks.ledger import ledger_of
from opscharter.kernel.clocks.models import Clock
from opscharter.kernel.errors import Refused
from opscharter.kernel.notices.models import Notice
from opscharter.kernel.users.models import User
from opscharter.service.tickets.matrix import MATRIX, priority_of
from opscharter.service.tickets.models import Incident, TestStep
from opscharter.service.tickets.services import close_unanswered, leave_over, warn_of_deadlines
from tests.service.conftest import MONDAY_NINE, bring_to_work, resolve

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)


def clock(ticket, kind):
    return next(entry.clock for entry in ledger_of(ticket) if entry.clock.kind == kind)


def local(year, month, day, hour, minute=0):
    return timezone.make_aware(dt.datetime(year, month, day, hour, minute))


@pytest.mark.parametrize(("pair", "priority"), MATRIX.items(), ids=str)
def test_the_matrix_gives_the_priority(incident, pair, priority):
    impact, urgency = pair
    assert incident(impact=impact, urgency=urgency).priority == priority


def test_a_contract_may_differ_from_the_matrix(incident, customer):
    contract = customer.contracts.get()
    contract.matrix = {"1,3": 2}
    contract.save_as(system_actor())
    assert priority_of(1, 3) == 3
    assert incident(impact=1, urgency=3).priority == 2


def test_a_new_incident_has_its_number_team_clocks_and_test_checklist(incident, team):
    with moment.at(MONDAY_NINE):
        ticket = incident()
    assert ticket.number == "INC-20251013-0001"
    assert ticket.team == team
    assert {entry.clock.kind for entry in ledger_of(ticket)} == {"assign", "respond", "assess", "resolve"}
    assert list(TestStep.objects.filter(incident=ticket).values_list("step", flat=True)) == ["Pay", "Refund"]


def test_the_resolution_clock_follows_the_contracts_hours(incident):
    """P3: 24 working hours from Monday 09:00 are due on Thursday 10:30 (7.5 h a day)."""
    with moment.at(MONDAY_NINE):
        assert clock(incident(), "resolve").due_at == local(2025, 10, 16, 10, 30)


def test_a_critical_incident_runs_round_the_clock_and_owes_the_customer_a_word_every_30_minutes(incident):
    with moment.at(MONDAY_NINE):
        ticket = incident(impact=1, urgency=1)
        assert clock(ticket, "resolve").due_at == MONDAY_NINE + 4 * HOUR
        assert clock(ticket, "update").due_at == MONDAY_NINE + HOUR / 2
    with moment.at(MONDAY_NINE + dt.timedelta(minutes=20)):
        ticket.comment_as(system_actor(), "We are at it.", visibility="customer")
        assert clock(ticket, "update").due_at == MONDAY_NINE + dt.timedelta(minutes=50)
    ticket.refresh_from_db()
    assert (ticket.customer_updates, ticket.late_updates) == (1, 0)
    with moment.at(MONDAY_NINE + dt.timedelta(minutes=60)):
        ticket.comment_as(system_actor(), "internal only")
        ticket.comment_as(system_actor(), "Still at it.", visibility="customer")
    ticket.refresh_from_db()
    assert (ticket.customer_updates, ticket.late_updates) == (2, 1)


def test_waiting_for_the_customer_stops_the_clock_and_waiting_for_evidence_does_not(incident):
    with moment.at(MONDAY_NINE):
        ticket = bring_to_work(incident())
    with moment.at(MONDAY_NINE + HOUR):
        ticket.move("wait", system_actor(), waiting_for="customer", reason="asked for the log")
        assert clock(ticket, "resolve").due_at is None
    with moment.at(MONDAY_NINE + 2 * HOUR):
        ticket.move("resume", system_actor())
        assert clock(ticket, "resolve").due_at == local(2025, 10, 16, 11, 30)
        ticket.move("wait", system_actor(), waiting_for="evidence", reason="watching")
        assert clock(ticket, "resolve").state == Clock.State.RUNNING


def test_a_reopened_ticket_counts_on_from_where_it_was_and_the_pause_is_typed_resolved(incident):
    """service.md case 4: 16 wh from Mon 13 Oct 09:00, resolved Tue 10:00, reopened Thu 14:30 → due Fri 14:30."""
    with moment.at(MONDAY_NINE):
        ticket = bring_to_work(incident())
        from opscharter.kernel.clocks import ledger

        contract_calendar = clock(ticket, "resolve").calendar
        ledger.retarget(
            ticket,
            "resolve",
            ledger.Promised(16 * 3600, contract_calendar, "case 4"),
            retroactive=True,
            reason="case 4",
        )
    with moment.at(local(2025, 10, 14, 10)):
        resolve(ticket)
        assert ticket.resolution_met is True
    with moment.at(local(2025, 10, 16, 14, 30)):
        ticket.move("reopen", system_actor(), reason="again")
        running = clock(ticket, "resolve")
        assert running.due_at == local(2025, 10, 17, 14, 30)
        assert "resolved" in {interval.reason for interval in running.intervals.all()}
    assert (ticket.reopen_count, ticket.state) == (1, "IN_PROGRESS")


def test_a_late_resolution_is_recorded_as_late_and_stays_so(incident):
    with moment.at(MONDAY_NINE):
        ticket = bring_to_work(incident())
    with moment.at(local(2025, 10, 20, 10)):
        resolve(ticket)
        ticket.move("confirm", system_actor())
    assert ticket.resolution_met is False
    assert ticket.confirmed_at is not None


def test_an_unanswered_confirmation_closes_after_three_working_days(incident):
    with moment.at(MONDAY_NINE):
        ticket = resolve(bring_to_work(incident()))
    with moment.at(local(2025, 10, 15, 18)):
        assert close_unanswered() == 0
    with moment.at(local(2025, 10, 16, 9, 1)):
        assert close_unanswered() == 1
    ticket.refresh_from_db()
    assert (ticket.state, ticket.confirmed_at) == ("CLOSED", None)


def test_assigning_stops_the_assignment_clock_tells_the_engineer_and_counts_reassignments(incident, team, engineer):
    engineer.user = User.objects.create(username="li")
    engineer.save_as(system_actor())
    with moment.at(MONDAY_NINE):
        ticket = incident()
    with moment.at(MONDAY_NINE + dt.timedelta(minutes=12)):
        ticket.move("assign", system_actor(), team=team, assignee=engineer)
    assert (ticket.assign_seconds, ticket.reassignment_count) == (720, 0)
    assert Notice.objects.get(user=engineer.user).type == "service.assigned"
    ticket.move("assign", system_actor(), team=team, assignee=engineer)
    assert ticket.reassignment_count == 1


def test_declaring_an_emergency_makes_it_critical_and_times_the_plan(incident):
    with moment.at(MONDAY_NINE):
        ticket = incident(impact=1, urgency=1)
    with moment.at(MONDAY_NINE + dt.timedelta(minutes=7)):
        ticket.move("declare", system_actor(), contingency_plan="EP-03", reason="all shops")
    assert (ticket.state, ticket.emergency_seconds, ticket.customer_updates) == ("IN_PROGRESS", 420, 1)


def test_a_priority_changed_by_hand_keeps_its_reason_and_puts_the_clocks_under_the_new_promise(incident):
    with moment.at(MONDAY_NINE):
        ticket = bring_to_work(incident())
    with moment.at(MONDAY_NINE + 6 * HOUR):
        with pytest.raises(Refused):
            ticket.move("prioritise", system_actor(), priority=1)
        ticket.refresh_from_db()
        ticket.move("prioritise", system_actor(), priority=1, reason="the chairman waits")
        assert clock(ticket, "resolve").due_at == MONDAY_NINE + 10 * HOUR
    assert (ticket.priority, ticket.priority_reason) == (1, "the chairman waits")
    ticket.impact = 3
    ticket.save_as(system_actor())
    assert ticket.priority == 1, "what somebody chose is not derived away"


def test_people_are_warned_once_at_each_level_and_of_the_breach_once(incident, team, engineer):
    engineer.user = User.objects.create(username="li")
    engineer.save_as(system_actor())
    with moment.at(MONDAY_NINE):
        ticket = incident(impact=1, urgency=1)
        ticket.move("assign", system_actor(), team=team, assignee=engineer)
        ticket.move("accept", system_actor())
    told = []
    for minutes in (1, 121, 122, 241, 242):
        with moment.at(MONDAY_NINE + dt.timedelta(minutes=minutes)):
            warn_of_deadlines()
        told.append(Notice.objects.filter(user=engineer.user, key__contains=":resolve:").count())
    assert told == [0, 1, 1, 2, 2]


def test_what_is_left_over_becomes_a_linked_incident(incident):
    ticket = incident()
    leftover = leave_over(ticket, "Replace the old cable", system_actor())
    assert leftover.follow_up_of == ticket
    assert leftover.customer == ticket.customer
    assert Incident.objects.count() == 2
