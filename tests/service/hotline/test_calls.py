"""The hotline: a caller is found by the number, the matter is recorded while talking, no call ends without an outcome."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from opscharter.customers.models import Contact, Customer
from opscharter.kernel import moment
from opscharter.kernel.access.actor import system_actor
from opscharter.kernel.controls.registry import CHECKS
from opscharter.kernel.errors import Refused
from opscharter.kernel.timeline.entries import entries_of
from opscharter.service.hotline import callers, services
from opscharter.service.hotline.checks import closed_in_time
from opscharter.service.hotline.indicators import RECORDED_AT_ONCE
from opscharter.service.hotline.models import PhoneCall
from opscharter.service.hotline.outcomes import Outcome
from opscharter.service.tickets.models import ServiceRequest
from tests.service.conftest import MONDAY_NINE

pytestmark = pytest.mark.django_db
GRANTS = ("service.phonecall", "*", "all"), ("service.*", "*", "all"), ("customers.*", "*", "all")


@pytest.fixture
def agent(make_actor, engineer):
    return make_actor(*GRANTS, person=engineer.pk)


@pytest.fixture
def caller(customer):
    return Contact(customer=customer, name="Wang", phone="021-5566 7788 轉203", mobile="138 1234 5678").save_as(
        system_actor()
    )


def refusals(call, actor, **given):
    with pytest.raises(Refused) as refused:
        call.move("close", actor, **given)
    return {(reason.control, reason.clause) for reason in refused.value.reasons}


@pytest.mark.parametrize(
    "written",
    [
        "021-55667788", "+86 21 5566 7788", "0086-21-5566-7788", "（021）5566-7788", "＋８６ ２１ ５５６６７７８８", "02155667788#203",
        "021-5566 7788 ext 203", "021-5566 7788 分机203", "sip:02155667788@pbx.example", "tel:+86-21-5566-7788",
        "13812345678", "+86 138 1234 5678", "008613812345678",
    ],
)  # fmt: skip
def test_a_caller_is_found_however_the_number_is_written(caller, written):
    assert callers.find(written).contact == caller


def test_a_number_of_taiwan_is_found_with_its_country_code_and_without(customer):
    contact = Contact(customer=customer, name="Lin", phone="+886 2 2345 6789", mobile="0912-345-678")
    contact.save_as(system_actor())
    for written in ("02-2345-6789", "+886-2-2345-6789", "00886 2 23456789", "0912345678", "+886 912 345 678"):
        assert callers.find(written).contact == contact, written


def test_a_changed_number_is_found_and_the_old_one_no_more(caller):
    caller.phone = "010-8888 9999"
    caller.save_as(system_actor())
    assert callers.find("+861088889999").contact == caller
    assert callers.find("021-5566 7788").contact is None


def test_the_extension_tells_people_on_one_line_apart(caller, customer):
    other = Contact(customer=customer, name="Zhao", phone="021-5566 7788 轉204").save_as(system_actor())
    assert callers.find("021-5566 7788 轉204").contact == other
    shared = callers.find("021-5566 7788")
    assert {each.pk for each in shared.contacts} == {caller.pk, other.pk}
    assert (shared.contact, shared.customer) == (None, customer)


def test_a_switchboard_names_the_customer_and_nobody_in_particular(customer):
    customer.phone = "021-6000 1000"
    customer.save_as(system_actor())
    found = callers.find("+862160001000")
    assert (found.contact, found.customer, found.customers) == (None, customer, [customer])


def test_looking_a_caller_up_uses_the_index_on_numbers(caller):
    with CaptureQueriesContext(connection) as captured:
        callers.find("13812345678")
    assert len(captured) == 2
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN QUERY PLAN {captured[0]['sql']}")
            plan = " ".join(str(row) for row in cursor.fetchall())
        assert "mobile_key" in plan
        assert "SCAN customers_contact" not in plan


def test_an_agent_sees_only_callers_within_reach(make_actor, caller):
    assert callers.find("13812345678", make_actor()).contacts == []


def test_taking_a_call_finds_caller_customer_and_contract(agent, caller, customer):
    with moment.at(MONDAY_NINE):
        call = services.start("13812345678", agent)
    assert (call.contact, call.customer, call.agent_id) == (caller, customer, agent.person_id)
    assert call.contract == customer.contracts.get()


def test_a_call_cannot_be_closed_without_an_outcome(agent, caller):
    call = services.start("13812345678", agent)
    assert refusals(call, agent) == {("call.outcome-recorded", "3.1.1")}


def test_an_outcome_that_speaks_of_a_ticket_needs_one(agent, caller):
    call = services.start("13812345678", agent)
    assert refusals(call, agent, outcome=Outcome.TICKET) == {("call.content-recorded", "3.1.2")}


def test_an_answered_question_is_written_down(agent, caller):
    call = services.start("13812345678", agent)
    assert refusals(call, agent, outcome=Outcome.ANSWERED) == {("call.content-recorded", "3.1.2")}
    call.move("close", agent, outcome=Outcome.ANSWERED, note="Asked for opening hours; told.")
    assert call.state == "CLOSED"


def test_a_wrong_number_needs_neither_name_nor_note(agent):
    call = services.start("020-8111 2222", agent)
    call.move("close", agent, outcome=Outcome.WRONG)
    assert (call.state, call.customer) == ("CLOSED", None)


def test_an_unknown_caller_becomes_a_contact_on_the_spot_or_stays_unknown(agent, customer):
    call = services.start("139 0000 1111", agent)
    assert refusals(call, agent, outcome=Outcome.ANSWERED, note="x") == {("call.content-recorded", "3.1.2")}
    services.keep_unknown(call, agent, "", None)
    assert call.caller_told
    assert call.kept_unknown
    services.new_contact(call, agent, customer, name="Qian")
    assert (call.contact.phone, call.customer, call.kept_unknown) == ("139 0000 1111", customer, False)
    assert callers.find("+8613900001111").contact == call.contact


def test_a_ticket_made_while_talking_carries_caller_and_channel_and_ties_the_call(agent, caller, customer):
    call = services.start("13812345678", agent)
    ticket = ServiceRequest(title="VPN", description="For two.", customer=customer, contact=caller, impact=3, urgency=2)
    services.record(call, agent, ticket, {}, "calls from the airport")
    assert (call.ticket, call.outcome) == (ticket, Outcome.TICKET)
    told = entries_of(ticket).get(verb="telephone-call")
    assert (told.data["number"], told.text, told.visibility) == (call.number, "calls from the airport", "system")
    call.move("close", agent)
    assert call.record_seconds == 0


def test_a_call_joins_an_open_ticket_of_the_same_customer_only(agent, caller, incident):
    call = services.start("13812345678", agent)
    other = Customer(name="West Bank").save_as(system_actor())
    foreign = incident(customer=other)
    with pytest.raises(ValidationError, match="another customer"):
        services.join(call, agent, foreign.number, "")
    assert not entries_of(foreign).filter(verb="telephone-call").exists()
    call = PhoneCall.objects.get(pk=call.pk)
    own = incident()
    services.join(call, agent, own.number.lower(), "again")
    assert (call.incident, call.outcome) == (own, Outcome.JOINED)
    assert entries_of(own).filter(verb="telephone-call").count() == 1


def test_several_calls_are_parked_and_one_talks_with_one_caller_at_a_time(agent, caller):
    with moment.at(MONDAY_NINE):
        first = services.start("13812345678", agent)
    with moment.at(MONDAY_NINE + dt.timedelta(minutes=2)):
        second = services.start("010-1234 5678", agent)
        first.refresh_from_db()
        assert (first.state, second.state) == ("PARKED", "TALKING")
    with moment.at(MONDAY_NINE + dt.timedelta(minutes=5)):
        first.move("go-on", agent)
        second.refresh_from_db()
        assert (first.state, second.state) == ("TALKING", "PARKED")
        assert [call.pk for call in services.calls_of(agent)] == [first.pk, second.pk]
    with moment.at(MONDAY_NINE + dt.timedelta(minutes=9)):
        first.move("hang-up", agent)
        assert (first.parked_seconds, first.talked_seconds) == (180, 360), "two minutes, three parked, four more"
    with moment.at(MONDAY_NINE + dt.timedelta(minutes=30)):
        assert first.talked_seconds == 360, "the time stands still after hanging up"


def test_handing_to_on_call_needs_a_ticket_and_somebody_on_duty(agent, caller, incident, monkeypatch):
    from opscharter.service.tickets import hooks

    call = services.start("13812345678", agent)
    with pytest.raises(Refused) as refused:
        call.move("page", agent, reason="P1")
    assert [(r.control, r.clause) for r in refused.value.reasons] == [("call.has-ticket", "3.1.2")]
    services.join(call, agent, incident().number, "")
    with pytest.raises(Refused, match="Nobody is on duty"):
        call.move("page", agent, reason="P1")
    assert PhoneCall.objects.get(pk=call.pk).handed_at is None
    paged = []
    monkeypatch.setattr(hooks, "pagers", [lambda ticket, reason: paged.append((ticket, reason)) or [1]])
    call.move("page", agent, reason="all shops down")
    assert paged == [(call.incident, "all shops down")]
    assert call.handed_at is not None
    assert call.state == "TALKING"


def test_the_check_counts_calls_left_open_and_closed_late(agent, caller):
    with moment.at(MONDAY_NINE):
        services.start("1", agent).move("close", agent, outcome=Outcome.WRONG)
        late = services.start("2", agent).move("hang-up", agent)
        left = services.start("3", agent).move("hang-up", agent)
        services.start("4", agent)
    with moment.at(MONDAY_NINE + dt.timedelta(minutes=31)):
        late.move("close", agent, outcome=Outcome.HUNG_UP)
        (measure,) = CHECKS["call.closed-in-time"].measures({"minutes": 30})
        wrong = measure.records.filter(measure.exception)
        assert {call.pk for call in wrong} == {late.pk, left.pk}
        assert measure.records.count() == 3, "who still talks is not counted"
    assert closed_in_time.clause == "3.1.1"


def test_the_indicator_counts_calls_whose_ticket_was_there_within_five_minutes(agent, caller, incident):
    with moment.at(MONDAY_NINE):
        at_once = services.start("13812345678", agent)
        services.join(at_once, agent, incident().number, "").move("close", agent)
        late = services.start("13812345678", agent).move("hang-up", agent)
    with moment.at(MONDAY_NINE + dt.timedelta(minutes=6)):
        services.join(late, agent, incident().number, "")
        late.move("close", agent)
    (rows,) = RECORDED_AT_ONCE.population()
    assert set(rows.filter(RECORDED_AT_ONCE.numerator)) == {at_once}
    assert rows.count() == 2
