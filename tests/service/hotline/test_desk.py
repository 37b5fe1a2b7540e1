"""The desk's pages: what an agent does on one screen, nothing typed is lost, nobody else comes in."""

from __future__ import annotations

import pytest
from django.test import Client

from opscharter.assets.models import Asset
from opscharter.customers.models import Contact, Customer
from opscharter.kernel.access.actor import Actor, Grant, system_actor
from opscharter.kernel.users.models import User
from opscharter.service.hotline import services
from opscharter.service.hotline.models import PhoneCall
from opscharter.service.hotline.models.draft import typed
from opscharter.service.tickets.models import Incident, ServiceRequest

pytestmark = pytest.mark.django_db
DESK = "/service/hotline/"


@pytest.fixture
def desk(db, engineer, monkeypatch):
    """Return the browser of an agent."""
    user = User.objects.create_user("agent")
    grants = tuple(Grant(f"{chapter}.*", "*", "all") for chapter in ("service", "customers", "assets"))
    actor = Actor(user=user, person_id=engineer.pk, grants=grants, label="Agent")
    monkeypatch.setattr("opscharter.kernel.web.middleware.actor_for", lambda _user: actor)
    browser = Client(headers={"accept-language": "en"})
    browser.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    browser.actor = actor
    return browser


@pytest.fixture
def caller(customer):
    return Contact(customer=customer, name="Wang Ling", phone="021-5566 7788").save_as(system_actor())


@pytest.fixture
def call(desk, caller):
    return services.start("021-5566 7788", desk.actor)


def at(call, tail=""):
    return f"{DESK}{call.pk}/{tail}"


def test_a_softphone_opens_the_desk_with_the_number_and_the_caller_is_shown(desk, caller):
    page = desk.get(DESK, {"number": "+862155667788"}).content.decode()
    assert "Wang Ling" in page
    assert 'value="+862155667788"' in page
    assert not PhoneCall.objects.exists(), "looking takes no call"


def test_one_page_shows_caller_contract_open_tickets_assets_and_last_calls(desk, call, customer, incident, service):
    incident(title="Printer jams")
    incident(title="Of another", customer=Customer(name="West Bank").save_as(system_actor()))
    Asset(name="east-db-01", kind="database", customer=customer).save_as(system_actor())
    services.start("021-5566 7788", desk.actor).move("close", desk.actor, outcome="answered", note="Said hello.")
    page = desk.get(at(call)).content.decode()
    for shown in ("Wang Ling", "O&amp;M", "Printer jams", "east-db-01", "Said hello."):
        assert shown in page, shown
    assert "Of another" not in page


def test_an_incident_is_made_while_talking_with_everything_the_call_knows(desk, call, caller, customer, service):
    asset = Asset(name="east-db-01", kind="database", customer=customer).save_as(system_actor())
    given = {"kind": "incident", "title": "Database is slow", "description": "Since nine.", "service": service.pk,
             "impact": 1, "urgency": 2, "assets": [asset.pk], "note": "He holds the line."}  # fmt: skip
    answer = desk.post(at(call, "ticket/"), given)
    assert answer.status_code == 302, answer.content.decode()
    made = Incident.objects.get()
    call.refresh_from_db()
    assert (made.customer, made.contact, made.channel, made.priority) == (customer, caller, "phone", 2)
    assert (list(made.assets.all()), call.ticket, call.note) == ([asset], made, "He holds the line.")
    assert desk.post(at(call, "ticket/"), given).status_code == 422, "one call, one ticket"
    assert Incident.objects.count() == 1


def test_what_is_missing_is_said_with_its_clause_and_what_was_typed_stays(desk, call):
    answer = desk.post(at(call, "ticket/"), {"kind": "request", "title": "New VPN", "description": "", "impact": 3})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "§3.1.2" in page
    assert 'value="New VPN"' in page
    assert not ServiceRequest.objects.exists()


def test_nothing_typed_is_lost_on_a_reload_or_when_a_colleague_goes_on(desk, call):
    kept = desk.post(
        at(call, "keep/"), {"kind": "request", "title": "New VPN", "note": "call back"},
        headers={"x-kept-while-typing": "1"},
    )  # fmt: skip
    assert kept.status_code == 204
    page = desk.get(at(call)).content.decode()
    assert 'value="New VPN"' in page
    assert ">call back</textarea>" in page
    desk.post(at(call, "step/"), {"step": "park", "kind": "request", "title": "New VPN for two"})
    assert typed(call)["title"] == ["New VPN for two"]
    page = desk.get(DESK).content.decode()
    assert at(call) in page


def test_priority_follows_the_contract_while_one_chooses(desk, call, customer):
    contract = customer.contracts.get()
    contract.matrix = {"1,3": 1}
    contract.save_as(system_actor())
    page = desk.get(at(call, "priority/"), {"impact": 1, "urgency": 3}).content.decode()
    assert "P1" in page
    assert "15 min" in page
    assert "P4" in desk.get(at(call, "priority/"), {"impact": 3, "urgency": 3}).content.decode()
    assert "Choose how urgent" in desk.get(at(call, "priority/"), {"impact": "x"}).content.decode()


def test_an_unknown_caller_is_made_a_contact_on_the_spot(desk, customer):
    call = services.start("139 0000 1111", desk.actor)
    given = {"who": "new", "new_name": "Qian", "caller_customer": customer.pk, "new_email": "not an address"}
    assert desk.post(at(call, "caller/"), given).status_code == 422
    assert desk.post(at(call, "caller/"), {**given, "new_email": "q@east.example"}).status_code == 302
    call.refresh_from_db()
    assert (call.contact.name, call.contact.phone, call.customer) == ("Qian", "139 0000 1111", customer)


def test_a_call_is_not_closed_without_an_outcome_and_then_the_next_one_opens(desk, call):
    waiting = services.start("010-1234 5678", desk.actor)
    answer = desk.post(at(call, "close/"), {"note": "asked the way"})
    assert answer.status_code == 409
    assert "§3.1.1" in answer.content.decode()
    answer = desk.post(at(call, "close/"), {"note": "asked the way", "outcome": "answered"})
    assert (answer.status_code, answer.url) == (302, at(waiting))
    call.refresh_from_db()
    assert (call.state, call.outcome, typed(call)) == ("CLOSED", "answered", {})
    assert desk.post(at(call, "step/"), {"step": "park"}).status_code == 404


def test_assets_offered_are_the_callers_customers_alone(desk, call, customer):
    Asset(name="east-db-01", kind="database", customer=customer).save_as(system_actor())
    Asset(name="west-db-01", kind="database", customer=Customer(name="West").save_as(system_actor())).save_as(
        system_actor()
    )
    offered = desk.get(at(call, "assets/"), {"field": "assets"}).json()["results"]
    assert [each["text"] for each in offered] == ["east-db-01"]


def test_the_desk_does_not_exist_for_others(desk, call, monkeypatch):
    stranger = Actor(user=desk.actor.user, grants=(Grant("service.phonecall", "view", "all"),))
    monkeypatch.setattr("opscharter.kernel.web.middleware.actor_for", lambda _user: stranger)
    for tail in ("", "priority/", "assets/", "keep/"):
        assert desk.get(at(call, tail)).status_code == 404
    assert desk.get(DESK).status_code == 404
    for tail in ("keep/", "step/", "caller/", "ticket/", "join/", "on-call/", "close/", "somebody-else/"):
        assert desk.post(at(call, tail), {"step": "park"}).status_code == 404, tail


def test_another_agents_call_outside_ones_reach_does_not_exist(desk, call, monkeypatch):
    own = Actor(
        user=User.objects.create_user("other"), person_id=None, grants=(Grant("service.phonecall", "*", "own"),)
    )
    monkeypatch.setattr("opscharter.kernel.web.middleware.actor_for", lambda _user: own)
    assert desk.get(at(call)).status_code == 404
    assert desk.post(at(call, "close/"), {"outcome": "wrong-number"}).status_code == 404
