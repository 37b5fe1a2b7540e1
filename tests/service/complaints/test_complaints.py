"""A complaint has an owner, a clock and a reply, and is not closed over the customer's head."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError

from opscharter.customers.models import Contact, Customer
from opscharter.kernel import moment
from opscharter.kernel.access.actor import system_actor
from opscharter.kernel.controls.registry import CHECKS
from opscharter.kernel.errors import Refused
from opscharter.kernel.indicators import figures
from opscharter.kernel.indicators.periods import Period
from opscharter.service.complaints.lifecycle import State
from opscharter.service.complaints.models import Complaint
from tests.service.conftest import MONDAY_NINE

pytestmark = pytest.mark.django_db
REPLY = {"reply": "We are sorry.", "outcome": "justified"}


@pytest.fixture(autouse=True)
def _on_a_monday():
    with moment.at(MONDAY_NINE):
        yield


@pytest.fixture
def complaint(customer) -> Complaint:
    return Complaint(customer=customer, subject="No report", body="Two weeks and no report.").save_as(system_actor())


def handled(complaint, owner):
    return complaint.move("assign", system_actor(), owner=owner)


def days(count):
    return moment.at(MONDAY_NINE + dt.timedelta(days=count))


def test_the_answer_is_due_after_three_working_days_of_the_contract(complaint):
    assert complaint.due_at == MONDAY_NINE + dt.timedelta(days=3)


def test_a_holiday_of_the_contracts_calendar_is_no_working_day(customer):
    eve = dt.datetime(2025, 9, 30, 2, 0, tzinfo=dt.UTC)  # the holiday of October lasts until the 8th
    with moment.at(eve):
        made = Complaint(customer=customer, subject="x", body="x").save_as(system_actor())
    assert moment.in_office(made.due_at).date() == dt.date(2025, 10, 11), "9, 10 and Saturday the 11th are worked"


def test_it_is_not_closed_without_cause_and_the_customers_answer_each_with_its_clause(complaint, engineer):
    handled(complaint, engineer).move("reply", system_actor(), **REPLY)
    with pytest.raises(Refused) as refused:
        complaint.move("close", system_actor())
    assert {(r.control, r.clause) for r in refused.value.reasons} == {
        ("complaint.answered", "1.3.2"), ("complaint.customer-has-spoken", "1.3.2"),
    }  # fmt: skip
    complaint.move("close", system_actor(), customer_answer="accepted", root_cause="forgotten at the hand-over")
    assert complaint.state == State.CLOSED


def test_a_reply_needs_its_words_and_an_outcome(complaint, engineer):
    handled(complaint, engineer)
    for missing in ({"reply": ""}, {"outcome": ""}):
        with pytest.raises(ValidationError):
            complaint.move("reply", system_actor(), **{**REPLY, **missing})


def test_who_keeps_silent_for_five_working_days_has_had_time(complaint, engineer):
    handled(complaint, engineer).move("reply", system_actor(), **REPLY, root_cause="x")
    with days(4), pytest.raises(Refused):
        complaint.move("close", system_actor())
    with days(7):
        complaint.move("close", system_actor())
    assert complaint.state == State.CLOSED


def test_a_customer_who_does_not_accept_keeps_it_open_however_long(complaint, engineer):
    handled(complaint, engineer).move("reply", system_actor(), **REPLY, root_cause="x")
    with days(30):
        with pytest.raises(Refused):
            complaint.move("close", system_actor(), customer_answer="refused")
        complaint.move("not-content", system_actor(), reason="no word about the cause")
    assert (complaint.state, complaint.refusals, complaint.customer_answer) == (State.HANDLING, 1, "")


def test_the_clock_is_about_the_first_reply(complaint, engineer, customer):
    handled(complaint, engineer)
    with days(1):
        complaint.move("reply", system_actor(), **REPLY)
        complaint.move("not-content", system_actor(), reason="no")
    with days(20):
        complaint.move("reply", system_actor(), **REPLY)
        late = Complaint(customer=customer, subject="late", body="x")
        late.received_at = MONDAY_NINE
        late.save_as(system_actor())
        october = Period(dt.date(2025, 10, 1), 1)
        figure = figures.value("service.complaints-answered", october)
        assert (figure.numerator, figure.population) == (1, 1)
        measure = CHECKS["complaint.answered-in-time"].measures({"working_days": 3})[0]
        assert measure.records.count() == 2
        assert list(measure.records.filter(measure.exception)) == [late], "not answered yet, and due"


def test_the_owners_department_is_taken_and_another_customers_contact_refused(complaint, engineer, team):
    assert handled(complaint, engineer).department == engineer.department
    other = Customer(name="West Bank", team=team).save_as(system_actor())
    stranger = Contact(customer=other, name="Zhao").save_as(system_actor())
    with pytest.raises(ValidationError):
        Complaint(customer=complaint.customer, contact=stranger, subject="x", body="x").save_as(system_actor())
