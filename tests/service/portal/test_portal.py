"""The portal: a contact asks, sees how it goes, confirms; of the own organization or the own matters, and of nobody else's."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from opscharter.assets.models import Asset
from opscharter.kernel.access.actor import system_actor
from opscharter.kernel.files.models import Attachment
from opscharter.kernel.resources.links import record_url
from opscharter.service.tickets.models import Incident, ServiceRequest
from tests.service.conftest import bring_to_work, resolve

pytestmark = pytest.mark.django_db
FORM = {"title": "Seats", "description": "For new people.", "urgency": "2", "attributes.name": "Qian", "attributes.seats": "3",
        "attributes.laptop": "no"}  # fmt: skip


def ask(person, item, **given):
    return person.browser.post(f"/portal/catalogue/{item.pk}/", {**FORM, **given})


def test_a_contact_asks_by_the_form_and_the_ticket_shows_the_answers(item, contact, customer):
    asker = contact("wang")
    page = asker.browser.get(f"/portal/catalogue/{item.pk}/").content.decode()
    assert "Asked name" in page
    assert 'data-asked-when="attributes.system"' in page
    paper = SimpleUploadedFile("form.txt", b"signed")
    answer = ask(asker, item, **{"attributes.form": paper, "attributes.rights": ["B"]})
    assert answer.status_code == 302, answer.content.decode()
    made = ServiceRequest.objects.get()
    assert (made.customer, made.contact, made.channel, made.service) == (customer, asker.person, "portal", item)
    assert made.attributes == {"name": "Qian", "seats": "3", "laptop": False, "rights": ["B"], "form": "form.txt"}
    assert Attachment.objects.get(record_id=made.pk).name == "form.txt"
    shown = asker.browser.get(answer.url).content.decode()
    for words in ("Asked name", "Qian", "form.txt"):
        assert words in shown, words


def test_what_does_not_fit_is_said_beside_the_field_and_what_was_typed_stays(item, contact):
    answer = ask(contact("wang"), item, **{"attributes.seats": "99", "attributes.system": "Other"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Not more than 20." in page
    assert "This must be filled in." in page
    assert 'value="99"' in page
    assert not ServiceRequest.objects.exists()


def test_a_fault_is_reported_in_plain_words(contact, customer, host, service):
    host.service = service
    host.save_as(system_actor())
    reporter = contact("wang")
    given = {"title": "Host is down", "description": "Since nine.", "asset": host.pk, "impact": 1, "urgency": 1}
    answer = reporter.browser.post("/portal/fault/", given)
    assert answer.status_code == 302, answer.content.decode()
    made = Incident.objects.get()
    assert (made.priority, made.service, list(made.assets.all())) == (1, service, [host])
    assert (made.customer, made.contact, made.channel) == (customer, reporter.person, "portal")


def test_another_customers_asset_cannot_be_named(contact, other_customer):
    foreign = Asset(name="west-vm-01", kind="server", customer=other_customer).save_as(system_actor())
    given = {"title": "x", "description": "x", "asset": foreign.pk, "impact": 1, "urgency": 1}
    answer = contact("wang").browser.post("/portal/fault/", given)
    assert answer.status_code == 422
    assert "west-vm-01" not in answer.content.decode()


def test_a_contact_cannot_ask_in_anybody_elses_name(contact, other_customer, item):
    asker, victim = contact("wang"), contact("zhao", at=other_customer)
    sent = {"title": "x", "description": "x", "urgency": 2, "customer": other_customer.pk, "contact": victim.person.pk}
    refused = asker.browser.post("/api/v1/service/incidents/", sent, content_type="application/json")
    assert refused.status_code == 400, "fields that are the company's do not exist for a contact"
    made = Incident(title="x", description="x", urgency=2, customer=other_customer, contact=victim.person)
    made.save_as(asker.actor)
    assert (made.customer_id, made.contact) == (asker.person.customer_id, asker.person)


def test_who_sees_the_own_matters_only_sees_no_colleagues(contact, item, incident):
    own, colleague = contact("wang", reach="own"), contact("zhao")
    ask(own, item)
    ask(colleague, item, title="Zhao's seats")
    told_by_phone = incident(title="Told by telephone", contact=own.person)
    theirs = incident(title="Zhao's printer", contact=colleague.person)
    page = own.browser.get("/portal/").content.decode()
    assert "Told by telephone" in page
    assert "Zhao" not in page.replace("zhao", "")
    assert own.browser.get(record_url(told_by_phone)).status_code == 200
    assert own.browser.get(record_url(theirs)).status_code == 404
    assert own.browser.get(f"/api/v1/service/incidents/{theirs.pk}/").status_code == 404
    everything = colleague.browser.get("/portal/").content.decode()
    for title in ("Seats", "Zhao&#x27;s seats", "Told by telephone", "Zhao&#x27;s printer"):
        assert title in everything, title


def test_a_contact_reads_every_interval_of_the_clocks_with_its_reason(contact, incident):
    reader = contact("wang")
    ticket = bring_to_work(incident(contact=reader.person))
    ticket.move("wait", system_actor(), waiting_for="vendor", reason="part ordered")
    page = reader.browser.get(record_url(ticket)).content.decode()
    assert "waiting for the vendor" in page
    assert "Resolution" in page


def test_a_contact_confirms_or_reopens_what_is_solved(contact, incident):
    reader = contact("wang")
    ticket = resolve(bring_to_work(incident(contact=reader.person)))
    assert "Please confirm" in reader.browser.get("/portal/").content.decode()
    reader.browser.post(f"{record_url(ticket)}comments/", {"text": "Works again, thank you."})
    reader.browser.post(f"{record_url(ticket)}moves/confirm/", {"version": ticket.version})
    ticket.refresh_from_db()
    assert ticket.state == "CLOSED"
    assert "Please confirm" not in reader.browser.get("/portal/").content.decode()


def test_the_portal_finds_catalogue_items_and_the_own_tickets(contact, item, incident, other_customer):
    reader = contact("wang")
    incident(title="Payment gateway is slow")
    incident(title="Payment gateway of the bank", customer=other_customer)
    page = reader.browser.get("/portal/find/", {"q": "Payment"}).content.decode()
    assert f"/portal/catalogue/{item.pk}/" in page
    assert "of the bank" not in page
    assert "Nothing fits" in reader.browser.get("/portal/find/", {"q": "zzzz"}).content.decode()


def test_an_item_that_is_not_on_offer_cannot_be_asked_for(contact, item):
    item.requestable = False
    item.save_as(system_actor())
    assert ask(contact("wang"), item).status_code == 404


def test_the_portal_is_for_contacts_only(make_actor, item, monkeypatch, client):
    employee = make_actor(("service.*", "*", "all"), ("customers.*", "*", "all"), person=1)
    monkeypatch.setattr("opscharter.kernel.web.middleware.actor_for", lambda _user: employee)
    client.force_login(employee.user, backend="django.contrib.auth.backends.ModelBackend")
    for url in ("/portal/", "/portal/find/", "/portal/fault/"):
        assert client.get(url).status_code == 404, url
    assert client.get(f"/portal/catalogue/{item.pk}/").status_code == 200, "who writes the form sees it"
    assert client.post(f"/portal/catalogue/{item.pk}/", FORM).status_code == 404


def test_answers_are_put_right_by_the_desk_and_not_by_customers(make_actor, item, contact, monkeypatch, client):
    asker = contact("wang")
    ask(asker, item)
    asked = ServiceRequest.objects.get()
    url = f"/service/requests/{asked.pk}/answers/"
    assert asker.browser.get(url).status_code == 404
    desk = make_actor(("service.*", "*", "all"), person=None)
    monkeypatch.setattr("opscharter.kernel.web.middleware.actor_for", lambda _user: desk)
    client.force_login(desk.user, backend="django.contrib.auth.backends.ModelBackend")
    assert client.post(url, {"attributes.name": "Qian", "attributes.seats": "0"}).status_code == 422
    assert client.post(url, {"attributes.name": "Qian Duo", "attributes.seats": "4"}).status_code == 302
    asked.refresh_from_db()
    assert asked.attributes == {"name": "Qian Duo", "seats": "4"}
