"""The customer's approval of a window, given in the portal and bound to what was shown."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client

from opscharter.customers.models import Contact, Customer
from opscharter.kernel.access.actor import system_actor
from opscharter.kernel.approvals.requests import latest, vote
from opscharter.kernel.users.models import User
from opscharter.service.changes import answering, guards
from opscharter.service.changes.effects import customer_hash
from opscharter.service.changes.models import Change
from tests.service.changes.conftest import acting, assess

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def asked(change):
    """Return a planned change whose customer must agree to the window."""
    return assess(change(customer_must_agree=True))


@pytest.fixture
def portal(roles):
    """Return a way to sign in as a customer's contact."""

    def enter(customer):
        user = User.objects.create_user(f"{customer.name}@customer.test", display_name="Contact")
        contact = Contact(customer=customer, name="Contact", reach="organization")
        contact.user = user
        contact.save_as(system_actor())
        client = Client(headers={"accept-language": "en"})
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return enter


def answer(client, change, do, seen=None, reason=""):
    body = {"do": do, "seen": customer_hash(change) if seen is None else seen, "reason": reason}
    return client.post(f"/service/changes/{change.pk}/answer/", body, follow=True)


def missing(change):
    change.refresh_from_db()
    return [str(text) for text in guards.window_agreed.missing(change, system_actor(), {})]


def test_a_contact_sees_what_is_asked_and_agrees(asked, portal, customer):
    client = portal(customer)
    shown = client.get(f"/service/changes/{asked.pk}/").content.decode()
    assert "Agree to this window" in shown
    assert "db-01" in shown
    assert "rollback 1" not in shown, "the plan is the house's own"
    assert "risk 4" not in shown, "so is the risk"
    assert missing(asked) == ["The customer has not answered for this window yet."]
    answer(client, asked, "agree")
    assert missing(asked) == []
    asked.refresh_from_db()
    assert (asked.customer_answer, asked.customer_answered_by.name) == ("agreed", "Contact")
    assert answering.standing_of(asked) == "agreed"


def test_declining_needs_a_reason_and_tells_the_engineer(asked, portal, customer, doer):
    client = portal(customer)
    assert "This step needs a reason." in answer(client, asked, "decline").content.decode()
    answer(client, asked, "decline", reason="Month end")
    assert missing(asked) == ["The customer declines this window."]
    from opscharter.kernel.notices.models import Notice

    assert Notice.objects.filter(type="change.window-declined", user=doer.user).count() == 1


@pytest.mark.parametrize("field", ["content", "window", "assets"])
def test_the_answer_is_void_when_anything_that_was_shown_is_altered(asked, portal, customer, host, field):
    answer(portal(customer), asked, "agree")
    asked.refresh_from_db()
    if field == "content":
        asked.content = "something else"
    elif field == "window":
        asked.window_end += HOUR
    asked.save_as(system_actor(), links={"assets": [host]} if field == "assets" else None)
    assert missing(asked) == ["What the customer answered for has been changed since; it has to answer again."]
    assert answering.standing_of(asked) == "outdated"


def test_an_answer_to_what_was_altered_while_it_was_read_is_refused_on_page_and_dialog(asked, portal, customer):
    client, seen = portal(customer), customer_hash(asked)
    asked.refresh_from_db()
    asked.window_start += HOUR
    asked.save_as(system_actor())
    assert "look again before you answer" in answer(client, asked, "agree", seen=seen).content.decode()
    dialog = client.post(f"/service/changes/{asked.pk}/moves/agree/", {"seen": seen, "version": asked.version})
    assert dialog.status_code == 409
    asked.refresh_from_db()
    assert asked.customer_answer == ""
    fresh = client.post(f"/service/changes/{asked.pk}/moves/agree/", {"seen": customer_hash(asked)})
    assert fresh.status_code == 302
    assert missing(asked) == []


def test_a_contact_of_another_customer_finds_nothing_and_answers_nothing(asked, portal):
    stranger = portal(Customer(name="Other").save_as(system_actor()))
    assert stranger.get(f"/service/changes/{asked.pk}/").status_code == 404
    assert answer(stranger, asked, "agree").status_code == 404
    assert stranger.get(f"/api/v1/service/changes/{asked.pk}/conflicts/").status_code == 404
    assert stranger.get(f"/api/v1/service/changes/{asked.pk}/slots/").status_code == 404
    assert stranger.get(f"/service/changes/{asked.pk}/execution/").status_code == 404
    assert "Tune the database" not in stranger.get("/service/changes/calendar/?day=2025-10-13").content.decode()


def test_a_contact_sees_neither_conflicts_nor_the_execution_of_its_own_change(asked, portal, customer):
    client = portal(customer)
    assert client.get(f"/api/v1/service/changes/{asked.pk}/conflicts/").status_code == 404
    assert client.get(f"/service/changes/{asked.pk}/execution/").status_code == 404
    assert "Tune the database" in client.get("/service/changes/calendar/?day=2025-10-13").content.decode()


def test_employees_do_not_answer_for_the_customer(asked, manager):
    from tests.service.changes.conftest import browser_of

    assert answer(browser_of(manager), asked, "agree").status_code == 404


def test_votes_that_came_before_the_customers_word_open_the_way_with_it(asked, portal, customer, manager):
    asked.move("propose", system_actor())
    vote(latest(asked, "approve"), asked, acting(manager), "approve")
    assert Change.objects.get(pk=asked.pk).state == "APPROVING", "approved, but the customer has not answered"
    answer(portal(customer), asked, "agree")
    assert Change.objects.get(pk=asked.pk).state == "APPROVED"
