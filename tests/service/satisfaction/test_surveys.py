"""A survey per closed ticket by rule: nobody is pestered, a link is good once, a low score gets an owner and a day."""

import datetime as dt

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.test import Client

from opscharter.customers.models import Contact, Customer
from opscharter.kernel import moment
from opscharter.kernel.access.actor import system_actor
from opscharter.kernel.indicators import figures
from opscharter.kernel.indicators.periods import Period
from opscharter.kernel.notices.models import Notice
from opscharter.kernel.users.models import User
from opscharter.service.satisfaction.asking import ask, expire, link_of, send_survey, survey_of
from opscharter.service.satisfaction.lifecycle import State
from opscharter.service.satisfaction.models import Survey, SurveyRule
from opscharter.service.satisfaction.rules import drawn
from tests.service.conftest import MONDAY_NINE, bring_to_work, resolve

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _on_a_monday():
    with moment.at(MONDAY_NINE):
        yield


@pytest.fixture
def everyone(db) -> SurveyRule:
    return SurveyRule(share=100, rest_days=30, open_days=14).save_as(system_actor())


@pytest.fixture
def contact(customer) -> Contact:
    return Contact(customer=customer, name="He Jiaxin", email="he@east.example").save_as(system_actor())


@pytest.fixture
def closed(incident, contact):
    """Return a maker of closed incidents."""

    def make(**fields):
        ticket = bring_to_work(incident(**{"contact": contact, "impact": 3, "urgency": 3, **fields}))
        resolve(ticket).move("confirm", system_actor())
        return ticket

    return make


def path_of(survey):
    return "/" + link_of(survey).split("/", 3)[3]


def test_closing_a_ticket_asks_its_contact_once_and_closing_it_again_does_not(closed, everyone):
    ticket = closed()
    survey = Survey.objects.get()
    assert (survey.incident, survey.customer, survey.state) == (ticket, ticket.customer, State.SENT)
    assert survey.expires_at == MONDAY_NINE + dt.timedelta(days=14)
    with moment.at(MONDAY_NINE + dt.timedelta(days=60)):
        ticket.move("reopen", system_actor(), reason="again")
        resolve(bring_to_work(ticket)).move("confirm", system_actor())
    assert Survey.objects.count() == 1


def test_one_person_is_not_asked_again_within_the_days_of_the_rule(closed, everyone):
    closed()
    with moment.at(MONDAY_NINE + dt.timedelta(days=29)):
        closed()
        assert Survey.objects.count() == 1
    with moment.at(MONDAY_NINE + dt.timedelta(days=31)):
        closed()
        assert Survey.objects.count() == 2


def test_the_contracts_own_rule_comes_before_the_general_one(closed, everyone, customer):
    SurveyRule(contract=customer.contracts.get(), share=0).save_as(system_actor())
    closed()
    assert not Survey.objects.exists()


def test_without_a_rule_an_address_or_a_contact_nobody_is_asked(closed, contact):
    closed()
    assert not Survey.objects.exists()
    SurveyRule(share=100).save_as(system_actor())
    contact.email = ""
    contact.save_as(system_actor())
    closed()
    closed(contact=None)
    assert not Survey.objects.exists()


def test_the_draw_takes_about_the_share_and_always_the_same_tickets():
    numbers = [f"INC-20251013-{n:04}" for n in range(2000)]
    taken = {number for number in numbers if drawn(number, 30)}
    assert 520 < len(taken) < 680
    assert taken == {number for number in numbers if drawn(number, 30)}
    assert taken <= {number for number in numbers if drawn(number, 60)}


def test_there_is_one_general_rule(everyone):
    with pytest.raises(ValidationError):
        SurveyRule(share=10).save_as(system_actor())


def test_the_mail_speaks_the_contacts_language_and_is_marked_as_a_machines(closed, everyone, contact):
    contact.user = User.objects.create_user("he", language="zh-hant")
    contact.save_as(system_actor())
    closed(title="Gateway & router")
    survey = Survey.objects.get()
    assert send_survey.call(survey.pk)
    sent = mail.outbox[-1]
    assert sent.to == ["he@east.example"]
    assert "滿意" in sent.subject
    assert link_of(survey) in sent.body
    assert "Gateway & router" in sent.body, "plain text, nothing escaped"
    assert sent.extra_headers["Auto-Submitted"] == "auto-generated"


def test_looking_at_the_link_changes_nothing_and_answering_counts_once(closed, everyone):
    closed()
    survey = Survey.objects.get()
    browser = Client()
    for _each in range(3):  # scanners of mail follow links
        page = browser.get(path_of(survey), {"score": "1"})
        assert page.status_code == 200
    survey.refresh_from_db()
    assert survey.state == State.SENT
    assert browser.post(path_of(survey), {"score": "4", "text": "quick"}).status_code == 200
    assert browser.post(path_of(survey), {"score": "1"}).status_code == 409
    survey.refresh_from_db()
    assert (survey.state, survey.score, survey.text) == (State.ANSWERED, 4, "quick")


def test_a_score_that_is_none_is_asked_for_again_and_the_text_is_kept(closed, everyone):
    closed()
    survey = Survey.objects.get()
    for wrong in ("", "0", "6", "five"):
        answer = Client().post(path_of(survey), {"score": wrong, "text": "my long words"})
        assert answer.status_code == 422
        assert "my long words" in answer.content.decode()


def test_an_altered_link_opens_nothing_and_one_survey_s_link_no_other(closed, everyone):
    closed()
    survey = Survey.objects.get()
    token = path_of(survey).split("/")[2]
    assert survey_of(token) == survey
    assert Client().get(f"/satisfaction/{token[:-2]}xx/").status_code == 404
    assert Client().post(f"/satisfaction/{token[:-2]}xx/", {"score": "5"}).status_code == 404


def test_after_its_days_it_can_not_be_answered_and_expires(closed, everyone):
    closed()
    survey = Survey.objects.get()
    with moment.at(survey.expires_at + dt.timedelta(seconds=1)):
        assert Client().post(path_of(survey), {"score": "5"}).status_code == 409
        assert expire() == 1
    survey.refresh_from_db()
    assert (survey.state, survey.score) == (State.EXPIRED, None)


def test_a_low_score_gets_an_owner_a_day_and_a_notice(closed, everyone, customer, engineer):
    engineer.user = User.objects.create_user("li")
    engineer.save_as(system_actor())
    customer.account_manager = engineer
    customer.save_as(system_actor())
    closed()
    survey = Survey.objects.get()
    Client().post(path_of(survey), {"score": "2", "text": "twice this week"})
    survey.refresh_from_db()
    assert (survey.state, survey.owner) == (State.FOLLOW_UP, engineer)
    assert survey.due_on == dt.date(2025, 10, 16), "three working days after Monday"
    assert Notice.objects.get(type="service.low-score").user == engineer.user
    with pytest.raises(ValidationError):
        survey.move("settle", system_actor())
    survey.move("settle", system_actor(), resolution="called")
    assert survey.state == State.SETTLED


def test_satisfaction_is_told_by_customer_department_and_employee_and_opens_its_records(closed, everyone, engineer):
    ticket = closed()
    survey = Survey.objects.get()
    Survey.objects.get().move("answer", system_actor(), score=4)
    october = Period(dt.date(2025, 10, 1), 1)
    assert str(figures.value("service.satisfaction", october).value) == "4.00"
    assert figures.value("service.satisfaction", october, "customer", ticket.customer_id).population == 1
    assert figures.value("service.satisfaction", october, "department", ticket.team_id).population == 1
    assert figures.value("service.satisfaction", october, "employee", engineer.pk).population == 0
    assert list(figures.rows("service.satisfaction", october)) == [survey]


def test_a_contact_of_another_customer_is_refused(closed, everyone, team):
    other = Customer(name="West Bank", team=team).save_as(system_actor())
    stranger = Contact(customer=other, name="Zhao", email="z@west.example").save_as(system_actor())
    ticket = closed(contact=None)
    with pytest.raises(ValidationError):
        Survey(incident=ticket, contact=stranger).save_as(system_actor())
    assert ask(ticket) is None
