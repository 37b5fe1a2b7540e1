"""Every check of §3.1–§3.3 has a fixture that passes and one that fails; figures equal a count by hand."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from opscharter.charter.evaluation import evaluate
from opscharter.kernel import moment
from opscharter.kernel.access.actor import system_actor
from opscharter.kernel.controls.registry import CHECKS
from opscharter.kernel.indicators.figures import by_dimension, rows, series, value
from opscharter.kernel.indicators.periods import Period
from tests.service.conftest import MONDAY_NINE, bring_to_work, resolve

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)


def result(check_id):
    found = evaluate(CHECKS[check_id])
    return found.state, found.population, found.exceptions


def urgent_done(incident, *, declared, first_word, assessed=5, assigned=2, plan="plan"):
    """Live a critical incident with the given minutes."""
    with moment.at(MONDAY_NINE):
        ticket = incident(impact=1, urgency=1)
    steps = [
        (assigned, lambda: ticket.move("accept", system_actor())),
        (assessed, lambda: bring_to_work(ticket)),
        (declared, lambda: ticket.move("declare", system_actor(), contingency_plan="EP", reason="x")),
        (first_word, lambda: ticket.comment_as(system_actor(), "soon", visibility="customer")),
    ]
    for minutes, step in sorted(steps, key=lambda pair: pair[0]):
        with moment.at(MONDAY_NINE + minutes * MINUTE):
            ticket.refresh_from_db()
            step()
    with moment.at(MONDAY_NINE + (max(declared, first_word) + 10) * MINUTE):
        ticket.refresh_from_db()
        ticket.plan = plan
        ticket.save_as(system_actor())
        return resolve(ticket)


def test_nothing_at_all_is_no_data_and_never_green():
    for check_id in CHECKS:
        assert result(check_id) == ("no-data", 0, 0), check_id


def test_a_critical_incident_handled_well_passes_every_check(incident):
    urgent_done(incident, declared=6, first_word=25)
    for check_id in (
        "request.channel-recorded", "request.assigned-in-time", "request.assessed-in-time", "request.planned",
        "incident.emergency-started", "incident.customer-informed", "incident.cause-recorded", "incident.tested",
    ):  # fmt: skip
        assert result(check_id) == ("pass", 1, 0), check_id


def test_each_negligence_fails_its_check(incident):
    urgent_done(incident, declared=17, first_word=48, assessed=31, assigned=16)
    for check_id in (
        "request.assigned-in-time", "request.assessed-in-time", "incident.emergency-started",
        "incident.customer-informed",
    ):  # fmt: skip
        assert result(check_id) == ("fail", 1, 1), check_id


def test_a_channel_left_empty_fails_3_1_1(incident):
    incident(channel="")
    assert result("request.channel-recorded") == ("fail", 1, 1)


def test_a_plan_taken_away_afterwards_fails_3_2_2(incident):
    ticket = urgent_done(incident, declared=6, first_word=20)
    ticket.plan = ticket.cause = ""
    ticket.save_as(system_actor())
    assert result("request.planned") == ("fail", 1, 1)
    assert result("incident.cause-recorded") == ("fail", 1, 1)


def test_an_incident_that_had_to_be_reopened_fails_3_3_3(incident):
    ticket = resolve(bring_to_work(incident()))
    ticket.move("reopen", system_actor(), reason="again")
    resolve(ticket).move("confirm", system_actor())
    assert result("incident.stays-solved") == ("fail", 1, 1)


def test_an_unassigned_ticket_counts_as_late_once_its_time_is_over(incident):
    with moment.at(MONDAY_NINE):
        incident()
    with moment.at(MONDAY_NINE + 30 * MINUTE):
        assert result("request.assigned-in-time") == ("no-data", 0, 0)
    with moment.at(MONDAY_NINE + 90 * MINUTE):
        assert result("request.assigned-in-time") == ("fail", 1, 1)


def test_cancelled_tickets_are_not_measured(incident):
    incident().move("cancel", system_actor(), reason="mistake")
    assert result("request.channel-recorded") == ("no-data", 0, 0)


def test_timely_resolution_equals_a_count_by_hand_and_opens_its_records(incident, customer):
    met, late = [], []
    for number in range(3):
        with moment.at(MONDAY_NINE):
            ticket = bring_to_work(incident())
        with moment.at(MONDAY_NINE + dt.timedelta(days=9 if number == 0 else 1)):
            resolve(ticket).move("confirm", system_actor())
        (met if ticket.resolution_met else late).append(ticket.pk)
    october = Period.parse("2025-10")
    figure = value("service.timely-resolution", october)
    assert (figure.numerator, figure.population, figure.value) == (2, 3, Decimal("66.67"))
    assert figure.meets_target is False
    assert set(rows("service.timely-resolution", october, "numerator").values_list("pk", flat=True)) == set(met)
    assert set(rows("service.timely-resolution", october, "rest").values_list("pk", flat=True)) == set(late)
    assert by_dimension("service.timely-resolution", october, "customer")[customer.pk].population == 3
    months = [Period.parse("2025-09"), october]
    assert [each.value for each in series("service.timely-resolution", months)] == [None, Decimal("66.67")]


def test_the_mean_time_to_resolve_is_in_hours(incident):
    with moment.at(MONDAY_NINE):
        ticket = bring_to_work(incident())
    with moment.at(MONDAY_NINE + dt.timedelta(hours=5)):
        resolve(ticket)
    assert value("service.mean-time-to-resolve", Period.parse("2025-10")).value == Decimal("5.00")
