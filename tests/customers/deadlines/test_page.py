"""The page *Explain a deadline* says what the command says, over live contracts and calendars."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from django.core.cache import cache
from django.utils.translation import override

from opscharter.customers.deadlines.documents import calendar_document, policy_document
from opscharter.customers.models import Contract, Customer, SlaTarget
from opscharter.kernel.access.actor import system_actor
from opscharter.kernel.calendars.models import BusinessCalendar, CalendarDay, calendar_of
from opscharter.kernel.clocks.case import read_calendar, read_case
from opscharter.kernel.clocks.explaining import explain
from opscharter.kernel.users.models import User
from opscharter.organization.models import Role, RoleGrant

pytestmark = pytest.mark.django_db
URL = "/customers/explain-a-deadline/"
NO_EVENTS = {"e-TOTAL_FORMS": "0", "e-INITIAL_FORMS": "0"}


@pytest.fixture(autouse=True)
def _in_english():
    cache.clear()
    with override("en"):
        yield


@pytest.fixture
def browser(client):
    role = Role(code="administrator", name="all").save_as(system_actor())
    RoleGrant(role=role, record_type="*", action="*", reach="all").save_as(system_actor())
    client.force_login(User.objects.create_superuser("root"), backend="django.contrib.auth.backends.ModelBackend")
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


@pytest.fixture
def calendar(db):
    return BusinessCalendar(name="Office", holidays="cn").save_as(system_actor())


@pytest.fixture
def contract(calendar):
    customer = Customer(name="East").save_as(system_actor())
    made = Contract(
        customer=customer, name="O&M", calendar=calendar, starts_on=dt.date(2025, 1, 1), ends_on=dt.date(2025, 12, 31)
    ).save_as(system_actor())
    return made.move("activate", system_actor())


def target(contract, minutes, since=None, priority=2):
    made = SlaTarget(contract=contract, priority=priority, kind="resolve", minutes=minutes, since=since)
    return made.save_as(system_actor())


def case(**more):
    return {"opened": "2025-10-13T09:00", "priority": "P2", "kind": "resolve", "unit": "hours", **NO_EVENTS, **more}


def events(*rows):
    sent = {"e-TOTAL_FORMS": str(len(rows)), "e-INITIAL_FORMS": "0"}
    return sent | {f"e-{n}-{name}": value for n, row in enumerate(rows) for name, value in row.items()}


def test_a_calendar_written_down_is_the_calendar(calendar):
    CalendarDay(calendar=calendar, day=dt.date(2025, 10, 14), windows=[["09:00", "10:00"]], reason="x").save_as(
        system_actor()
    )
    calendar.refresh_from_db()
    written, live = read_calendar(calendar_document(calendar), "calendar"), calendar_of(calendar)
    assert (written.zone, written.week, written.country) == (live.zone, live.week, live.country)
    assert written.exceptions == live.exceptions == {dt.date(2025, 10, 14): ((32400, 36000),)}


def test_a_contract_s_promise_is_explained_with_its_waiting(browser, contract):
    target(contract, 480)
    happened = events(
        {"at": "2025-10-13T11:00", "do": "wait", "what": "customer", "reason": "log asked for"},
        {"at": "2025-10-14T15:00", "do": "resume"}, {},
    )  # fmt: skip
    answer = browser.post(URL, case(contract=contract.pk) | happened)
    told = answer.context_data["page"].told
    assert told.due == "2025-10-15 12:00"
    page = answer.content.decode()
    assert "2025-10-15 12:00" in page
    assert "waiting for the customer · log asked for" in page
    tones = {bar.tone for _number, _course, picture in told.rounds for bar in picture.bars}
    assert tones == {"idle", "worked", "paused", "ahead"}


def test_a_level_that_holds_from_november_on_is_explained_by_the_day_of_opening(browser, contract):
    target(contract, 240)
    target(contract, 120, dt.date(2025, 11, 1))
    assert policy_document(contract, "resolve")["changes"][0]["from"] == "2025-11-01"
    october = browser.post(URL, case(contract=contract.pk)).context_data["page"].told
    november = browser.post(URL, case(contract=contract.pk, opened="2025-11-03T09:00")).context_data["page"].told
    assert (october.target, november.target) == ("4:00", "2:00")


def test_without_a_contract_a_calendar_and_a_promise_do(browser, calendar):
    sent = case(calendar=calendar.pk, amount="2", unit="working", opened="2025-10-13T16:00")
    assert browser.post(URL, sent).context_data["page"].told.due == "2025-10-15 16:00"


def test_moments_are_told_by_the_clock_of_the_calendar_s_own_zone(browser):
    document = {
        "calendar": {"zone": "Europe/Berlin", "week": "24x7"}, "policy": {"target": {"hours": 48}},
        "events": [{"at": "2025-10-25T12:00", "do": "open"}],
    }  # fmt: skip
    answer = browser.post(URL, {"as": "json", "document": json.dumps(document)})
    assert "2025-10-27 11:00" in answer.content.decode()
    assert answer.context_data["page"].told.due_day == "Mon CET"


def test_the_page_and_the_command_agree(browser, contract):
    target(contract, 480)
    told = browser.post(URL, case(contract=contract.pk)).context_data["page"].told
    again = browser.post(URL, {"as": "json", "document": told.document}).context_data["page"].told
    assert again.explanation.as_dict() == told.explanation.as_dict()
    assert explain(read_case(json.loads(told.document))).as_dict() == told.explanation.as_dict()


@pytest.mark.parametrize(
    ("row", "field"),
    [
        ({"at": "2025-10-13T08:00", "do": "resolve"}, "at"),
        ({"at": "2025-10-13T11:00", "do": "wait"}, "what"),
        ({"at": "2025-10-13T11:00", "do": "priority"}, "what"),
        ({"at": "2025-10-13T11:00", "do": "calendar"}, "day"),
        ({"at": "2025-10-13T11:00", "do": "reopen"}, "do"),
        ({"at": "", "do": "resolve"}, "at"),
        ({"at": "2025-10-13T11:00", "do": ""}, "do"),
    ],
)
def test_what_is_wrong_with_an_event_stands_beside_its_field(browser, contract, row, field):
    target(contract, 480)
    answer = browser.post(URL, case(contract=contract.pk) | events({}, row))
    assert answer.status_code == 422
    assert list(answer.context_data["page"].events.forms[1].errors) == [field]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"opened": ""}, "opened"),
        ({"opened": "soon"}, "opened"),
        ({"until": "2025-10-12T09:00"}, "until"),
        ({"contract": ""}, "amount"),
        ({"contract": "", "amount": "0"}, "amount"),
        ({"contract": "", "amount": "1.5", "unit": "working"}, "amount"),
        ({"contract": "999"}, "contract"),
        ({"kind": "update", "priority": "P4"}, "priority"),
    ],
)
def test_what_is_wrong_with_the_promise_stands_beside_its_field(browser, contract, change, field):
    answer = browser.post(URL, case(contract=contract.pk) | change)
    assert answer.status_code == 422
    assert field in answer.context_data["page"].form.errors


@pytest.mark.parametrize(
    ("document", "place"),
    [
        ('{"calendar": {"zone": "Mars", "week": "24x7"}, "policy": {"target": {"hours": 1}}}', "calendar.zone"),
        (
            '{"calendar": "24x7", "policy": {"target": {"hours": 1}}, "events": [{"at": "x", "do": "open"}]}',
            "events[0].at",
        ),
        ("{", ""),
        ("[" * 5000, ""),
    ],
)
def test_what_is_wrong_with_a_document_names_its_field(browser, document, place):
    answer = browser.post(URL, {"as": "json", "document": document})
    page = answer.context_data["page"]
    assert answer.status_code == 422
    assert (page.place, page.text) == (place, document)
    assert page.problem


def test_asking_for_more_rows_keeps_what_was_filled_in(browser, contract):
    answer = browser.post(
        URL, case(contract=contract.pk, more="1") | events({"at": "2025-10-13T11:00", "do": "resume"})
    )
    page = answer.content.decode()
    assert page.count('class="event"') == 5
    assert 'value="2025-10-13T11:00"' in page


def test_who_knows_no_contracts_finds_no_such_page(client):
    client.force_login(User.objects.create_user("nobody"), backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(URL).status_code == 404
    assert client.post(URL, {"as": "json", "document": "{}"}).status_code == 404
