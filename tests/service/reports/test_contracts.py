"""A customer with two contracts gets a report of each, and both together tell of everything once."""

from __future__ import annotations

import datetime as dt

import pytest

from opscharter.customers.models import Contract, Service
from opscharter.kernel import moment
from opscharter.kernel.access.actor import system_actor
from opscharter.kernel.indicators import figures
from opscharter.kernel.indicators.periods import Period
from opscharter.service.reports.models import ReportDefinition, ServiceReport
from tests.service.reports.conftest import day, deliver

pytestmark = pytest.mark.django_db
OCTOBER = Period.parse("2025-10")


@pytest.fixture
def other(db, team):
    """Return a service that the second contract alone names."""
    return Service(code="OTHER", name="Other", team=team).save_as(system_actor())


@pytest.fixture
def second(customer, agreement, other, house):
    """Return the agreement under the second contract."""
    first = agreement.contract
    made = Contract(
        customer=customer, name="Other systems", calendar=first.calendar, starts_on=first.starts_on,
        ends_on=first.ends_on,
    )  # fmt: skip
    made.save_as(system_actor(), links={"services": [other]})
    made.move("activate", system_actor())
    agreed = ReportDefinition(contract=made, starts_on=dt.date(2025, 9, 1), language="en", author=house.author)
    return agreed.save_as(system_actor(), links={"recipients": [house.contact]})


def report_of(agreement, period="2025-10", at=None):
    words = dict.fromkeys(("summary", "note_changes", "note_risks", "note_suggestions"), "As it was.")
    with moment.at(at or day(3, 9, 11)):
        return ServiceReport(definition=agreement, period=period, **words).save_as(system_actor())


@pytest.fixture
def busy(tickets, service, other):
    """Return October's tickets of both contracts, among them such as name no service."""
    return [
        *tickets(2, day(20, month=9)),
        *tickets(3, day(5), day(8)),
        *tickets(1, day(6), day(20), resolution_met=False, impact=1),
        *tickets(1, day(20, month=9), service=other),
        *tickets(4, day(7), day(9), service=other),
        *tickets(2, day(8, 8), day(8, 12), service=other, impact=1, resolution_met=False),
        *tickets(2, day(9), day(10), service=None),
    ]


def test_the_sums_of_two_contracts_are_those_of_the_customer(busy, agreement, second, customer):
    one, two = (report_of(each).content for each in (agreement, second))
    assert two["flow"] == {
        "opening": 1, "opened": 8, "returned": 0, "solved": 8, "withdrawn": 0, "backlog": 1
    }  # fmt: skip
    whole = {part: one["flow"][part] + two["flow"][part] for part in one["flow"]}
    assert whole == {"opening": 3, "opened": 12, "returned": 0, "solved": 12, "withdrawn": 0, "backlog": 3}
    for code in ("service.timely-resolution", "service.mean-time-to-resolve"):
        shares = [next(each for each in content["shares"] if each["code"] == code) for content in (one, two)]
        everywhere = figures.value(code, OCTOBER, "customer", customer.pk)
        assert sum(each["population"] for each in shares) == everywhere.population == 12
        assert sum(each["numerator"] or 0 for each in shares) == (everywhere.numerator or 0)
    opened = [content["months"][-1]["opened"] for content in (one, two)]
    assert sum(opened) == figures.value("service.opened", OCTOBER, "customer", customer.pk).population
    listed = [{(row["type"], row["id"]) for row in content["tickets"]} for content in (one, two)]
    assert listed[0] & listed[1] == set()
    assert {pk for _label, pk in listed[0] | listed[1]} == {ticket.pk for ticket in busy}


def test_each_contract_tells_of_its_own_services_availability(busy, agreement, second, service, other):
    one, two = (report_of(each).content["services"] for each in (agreement, second))
    assert [(row["id"], row["outages"]) for row in one] == [(service.pk, 1), (0, 1)]
    assert [(row["id"], row["outages"], row["down"]) for row in two] == [(other.pk, 2, 4 * 3600), (0, 2, 4 * 3600)]


def test_both_reports_are_delivered_and_the_next_ones_begin_where_they_ended(busy, agreement, second, house):
    for agreed in (agreement, second):
        deliver(report_of(agreed), house)
    following = [report_of(each, "2025-11", day(1, 10, 12)) for each in (agreement, second)]
    assert [each.content["flow"]["opening"] for each in following] == [2, 1]
    for each in following:
        each.move("review", house.actor(house.reviewer))


def test_services_that_move_to_a_new_contract_bring_their_open_tickets(tickets, agreement, service, house):
    """What is open when one contract follows another is told at the beginning of the new one's first report."""
    tickets(3, day(20))
    first = report_of(agreement)
    assert first.content["flow"]["backlog"] == 3
    old = agreement.contract
    heir = Contract(
        customer=old.customer, name="Renewed", calendar=old.calendar, starts_on=dt.date(2025, 11, 1),
        ends_on=dt.date(2026, 10, 31),
    )  # fmt: skip
    heir.save_as(system_actor(), links={"services": [service]})
    heir.move("activate", system_actor())
    agreed = ReportDefinition(contract=heir, starts_on=dt.date(2025, 11, 1), language="en", author=house.author)
    agreed.save_as(system_actor(), links={"recipients": [house.contact]})
    november = report_of(agreed, "2025-11", day(1, 10, 12))
    assert (november.content["flow"]["opening"], november.content["flow"]["backlog"]) == (3, 3)
