"""Acceptance 19: as a contact of customer A, customer B's ids lead nowhere: pages, API, search, lists of options, files,
exports, the portal; and tickets of two customers are never merged.

What is B's is reckoned here from the rows themselves, not from the scope that is tested. Every record type that the site
lists is probed, so a new one is covered by being listed; so is what has no customer and is the house's own.
"""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from opscharter.assets.models import Asset
from opscharter.customers.access import actor_of_contact
from opscharter.customers.models import Contact, Customer, Service
from opscharter.kernel.access.actor import system_actor
from opscharter.kernel.errors import Refused
from opscharter.kernel.files.attachments import attach
from opscharter.kernel.resources.links import list_url, record_url
from opscharter.kernel.resources.site import site
from opscharter.kernel.search.find import find
from opscharter.kernel.users.models import User
from opscharter.service.hotline.models import PhoneCall
from opscharter.service.tickets.models import Incident, ServiceRequest
from tests.contract.conftest import actor_named, sign_in
from tests.contract.test_scope_probes import within

pytestmark = pytest.mark.django_db
EACH = 3
"""So many of B's rows are probed of each record type."""
HOUSE = ("charter.", "organization.")
"""Chapters whose reference data (clauses, roles' names) is not about customers; their own tests say who sees it."""


class Prober:
    """A contact of A with a browser, counting what was tried."""

    def __init__(self, username: str = "customer") -> None:
        self.browser, self.actor = sign_in(username), actor_named(username)
        self.tried = 0

    def finds_nothing(self, url, method="get", **given):
        """Ask for an address: it must not exist. A step that one may only post to answers a GET with 405 to everybody."""
        if method == "get":
            answer = self.browser.get(url, given)
        else:
            answer = getattr(self.browser, method)(url, given, content_type="application/json")
        self.tried += 1
        assert answer.status_code == 404, (method, url, answer.status_code)
        return answer

    def does_not_show(self, url, hidden, **given):
        """Ask for a page that exists: it must not say what is hidden."""
        answer = self.browser.get(url, given)
        self.tried += 1
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        assert answer.status_code in (200, 404), url
        text = body.decode("utf-8-sig")
        for words in hidden:
            assert words not in text, (url, words)


@pytest.fixture
def prober(db):
    return Prober()


def rows_of_others(resource, actor):
    """Return rows of other customers, or the house's own where the record names no customer."""
    scope, model = resource.model.scope, resource.model
    if scope.public or resource.key.startswith(HOUSE):
        return []
    if not scope.customer:
        return list(model.objects.order_by("-pk")[:EACH]) if not actor.may(resource.key, "view") else []
    foreign = Customer.objects.exclude(pk__in=actor.customers).values_list("pk", flat=True)
    own = model.objects.filter(within(scope.customer, actor.customers)).values("pk")
    return list(model.objects.filter(within(scope.customer, foreign)).exclude(pk__in=own).order_by("-pk")[:EACH])


def test_500_probes_with_another_customers_ids_find_nothing(prober):
    for resource in site.resources:
        base, listed = f"/api/v1/{resource.chapter}/{resource.slug}/", list_url(resource)
        rows = rows_of_others(resource, prober.actor)
        lifecycle = resource.model.lifecycle
        for row in rows:
            for step in ("", "cards", "edit", "history"):
                prober.finds_nothing(record_url(row, step))
            for tail in ("", "timeline/", "history/", "moves/"):
                prober.finds_nothing(f"{base}{row.pk}/{tail}")
            prober.finds_nothing(f"{base}{row.pk}/", "patch")
            prober.finds_nothing(f"{base}{row.pk}/comments/", "post", text="x")
            prober.finds_nothing(record_url(row, "comments"), "post", text="x")
            if lifecycle is not None and (moves := [move for move in lifecycle.moves if not move.automatic]):
                prober.finds_nothing(record_url(row, f"moves/{moves[0].name}"))
                prober.finds_nothing(f"{base}{row.pk}/moves/{moves[0].name}/", "post", reason="x")
            if number := getattr(row, "number", ""):
                hits = {(hit.record_type, hit.record_id) for hit in find(prober.actor, number)}
                assert (resource.key, row.pk) not in hits
                prober.does_not_show("/find/", [f'href="{record_url(row)}"'], q=number)
        if rows:
            ids = [row.pk for row in rows]
            prober.does_not_show(listed, [record_url(row) for row in rows], id=ids)
            answer = prober.browser.get(base, {"id": ids})
            assert answer.status_code == 404 or answer.json()["total"] == 0, resource.key
            export = prober.browser.get(f"{listed}export/", {"id": ids})
            assert export.status_code == 404 or b"".join(export.streaming_content).count(b"\r\n") == 1, resource.key
            prober.tried += 2
    assert prober.tried >= 500, prober.tried


def test_no_list_of_options_offers_what_is_another_customers(prober):
    foreign = {
        model: set(map(str, model.objects.exclude(customer__in=prober.actor.customers).exclude(customer=None)))
        for model in (Contact, Asset, Incident, ServiceRequest)
    }
    foreign[Customer] = set(map(str, Customer.objects.exclude(pk__in=prober.actor.customers)))
    offered = 0
    for resource in site.resources:
        for name in {*resource.form_fields, *resource.filters}:
            target = getattr(resource.model._meta.get_field(name.partition("__")[0]), "related_model", None)
            if target not in foreign:
                continue
            for text in ("", *sorted(foreign[target])[:3]):
                answer = prober.browser.get(f"{list_url(resource)}options/", {"field": name, "q": text})
                prober.tried += 1
                if answer.status_code == 200:
                    shown = {each["text"] for each in answer.json()["results"]}
                    offered += len(shown)
                    assert not shown & foreign[target], (resource.key, name)
                else:
                    assert answer.status_code == 404
    assert offered, "the own ones are offered, or nothing was proved"
    assert prober.tried >= 30


def tickets(prober):
    for model in (Incident, ServiceRequest):
        yield from model.objects.exclude(customer__in=prober.actor.customers).order_by("-pk")[:EACH]


def test_a_file_of_another_customers_ticket_cannot_be_fetched_by_its_id(prober):
    for ticket in tickets(prober):
        kept = attach(ticket, system_actor(), SimpleUploadedFile("plan.txt", b"secret"), visibility="customer")
        prober.finds_nothing(f"/files/{kept.pk}/")
        prober.finds_nothing(record_url(ticket, "files"), "post")
    assert prober.tried >= 10


def test_suggestions_and_the_portals_search_speak_of_the_own_tickets_only(prober):
    for ticket in tickets(prober):
        hidden = [f'href="{record_url(ticket)}"', ticket.number]
        prober.does_not_show("/service/suggestions/", hidden, title=ticket.title, description=ticket.description)
        prober.does_not_show("/portal/find/", hidden, q=ticket.title)
    prober.does_not_show("/portal/", [ticket.number for ticket in tickets(prober)])
    prober.does_not_show("/my-work/", [ticket.number for ticket in tickets(prober)])


def test_what_is_done_at_the_desk_and_with_tickets_does_not_exist_for_a_contact(prober):
    for ticket in tickets(prober):
        kind = "incidents" if isinstance(ticket, Incident) else "requests"
        for name in ("ticket-watch", "ticket-links", "ticket-split", "ticket-time"):
            prober.finds_nothing(reverse(name, args=[kind, ticket.pk]), "post", number="x")
    for incident in Incident.objects.exclude(customer__in=prober.actor.customers)[:EACH]:
        prober.finds_nothing(reverse("incident-tests", args=[incident.pk]), "post", new="x")
        prober.finds_nothing(reverse("incident-leftover", args=[incident.pk]), "post", title="x")
    for asked in ServiceRequest.objects.exclude(customer__in=prober.actor.customers)[:EACH]:
        prober.finds_nothing(reverse("request-answers", args=[asked.pk]))
    for call in PhoneCall.objects.order_by("-pk")[:EACH]:
        for name in ("hotline-call", "hotline-priority", "hotline-assets"):
            prober.finds_nothing(reverse(name, args=[call.pk]))
        for name in ("hotline-close", "hotline-join", "hotline-ticket", "hotline-caller"):
            prober.finds_nothing(reverse(name, args=[call.pk]), "post")


def test_a_contact_cannot_bring_another_customers_asset_into_a_ticket(prober):
    foreign = Asset.objects.exclude(customer__in=prober.actor.customers).exclude(customer=None).first()
    item = Service.objects.get(code="VM")
    before = (Incident.objects.count(), ServiceRequest.objects.count())
    fault = {"title": "x", "description": "x", "asset": foreign.pk, "impact": 1, "urgency": 1}
    assert prober.browser.post("/portal/fault/", fault).status_code == 422
    asked = {"title": "x", "description": "x", "urgency": 1, "attributes.count": 1,
             "attributes.system": "Debian 12", "attributes.like": foreign.pk}  # fmt: skip
    assert prober.browser.post(f"/portal/catalogue/{item.pk}/", asked).status_code == 422
    sent = {"title": "x", "description": "x", "urgency": 1, "service": item.pk,
            "attributes": {"count": 1, "system": "Debian 12", "like": foreign.pk}}  # fmt: skip
    answer = prober.browser.post("/api/v1/service/requests/", sent, content_type="application/json")
    assert answer.status_code == 400
    assert foreign.name not in answer.content.decode()
    assert (Incident.objects.count(), ServiceRequest.objects.count()) == before


def test_tickets_of_two_customers_are_never_merged(prober):
    open_ones = Incident.objects.filter(state__in=("NEW", "ASSIGNED", "IN_PROGRESS"), merged_into=None)
    mine = open_ones.order_by("pk").first()
    theirs = open_ones.exclude(customer=mine.customer).first()
    desk = sign_in("hotline")
    page = desk.post(record_url(mine, "moves/merge"), {"merged_into": theirs.pk, "version": mine.version})
    assert page.status_code == 409
    assert "request.merge-within-customer" not in page.content.decode()
    assert "§3.1.2" in page.content.decode()
    with pytest.raises(Refused) as refused:
        mine.move("merge", system_actor(), merged_into=theirs)
    assert [reason.control for reason in refused.value.reasons] == ["request.merge-within-customer"]
    mine.refresh_from_db()
    assert (mine.merged_into_id, mine.state != "CANCELLED") == (None, True)


def test_a_contact_with_the_own_matters_only_finds_no_colleagues(prober):
    contact = Contact.objects.get(user__username="customer")
    contact.reach = Contact.Reach.OWN
    contact.save_as(system_actor())
    own, probing = actor_of_contact(User.objects.get(username="customer")), Prober()
    assert own.contact_id == probing.actor.contact_id == contact.pk
    seen = 0
    for model in (Incident, ServiceRequest):
        visible = model.objects.visible_to(own)
        assert set(visible) == set(model.objects.filter(contact=contact)), "theirs, whoever wrote them down"
        seen += visible.count()
        for ticket in model.objects.filter(customer=contact.customer).exclude(contact=contact)[:EACH]:
            probing.finds_nothing(record_url(ticket))
            resource = site.resource(model)
            probing.finds_nothing(f"/api/v1/{resource.chapter}/{resource.slug}/{ticket.pk}/")
    assert seen, "the own ones are seen"
