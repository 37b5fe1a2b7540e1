"""Acceptance case 14: two people in one ticket; nothing typed is lost."""

from __future__ import annotations

import pytest

from opscharter.kernel.access.actor import system_actor
from opscharter.kernel.errors import Conflict
from opscharter.kernel.users.models import User
from opscharter.organization.models import Role, RoleGrant
from opscharter.service.tickets.models import Incident

pytestmark = pytest.mark.django_db
REPLY = "已與廠商確認備件到貨時間並安排今晚更換。" * 30


@pytest.fixture
def at_version_7(incident):
    """Return an incident that stands at version 7."""
    ticket = incident()
    while ticket.version < 7:
        ticket.severity = f"level {ticket.version}"
        ticket.save_as(system_actor())
    assert ticket.version == 7
    return ticket


@pytest.fixture
def b(client):
    """Return the browser of colleague B, who may do everything."""
    user = User.objects.create_superuser("colleague-b")
    role = Role(code="administrator", name="all").save_as(system_actor())
    RoleGrant(role=role, record_type="*", action="*", reach="all").save_as(system_actor())
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def form_of(ticket, **typed):
    """Return what the edit form sends of a ticket as B saw it."""
    names = ("title", "description", "reported_by", "category", "severity", "scope_note", "plan", "cause", "fix")
    shown = {name: getattr(ticket, name) for name in names}
    shown |= {"customer": ticket.customer_id, "service": ticket.service_id, "team": ticket.team_id}
    shown |= {"channel": ticket.channel, "impact": ticket.impact, "urgency": ticket.urgency, "version": ticket.version}
    return {**shown, **typed}


def a_saves(ticket, **fields):
    mine = Incident.objects.get(pk=ticket.pk)
    for name, value in fields.items():
        setattr(mine, name, value)
    return mine.save_as(system_actor())


def test_b_on_version_7_changes_another_field_and_it_is_merged_as_9(at_version_7, b):
    assert a_saves(at_version_7, cause="power supply").version == 8
    answer = b.post(f"/service/incidents/{at_version_7.pk}/edit/", form_of(at_version_7, plan="Swap it."))
    assert answer.status_code == 302
    now = Incident.objects.get(pk=at_version_7.pk)
    assert (now.version, now.cause, now.plan) == (9, "power supply", "Swap it.")


def test_the_same_field_is_409_with_the_difference_and_bs_600_characters_are_kept(at_version_7, b):
    assert len(REPLY) == 600
    a_saves(at_version_7, plan="A's plan.")
    answer = b.post(f"/service/incidents/{at_version_7.pk}/edit/", form_of(at_version_7, plan=REPLY))
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "A&#x27;s plan." in page
    assert page.count(REPLY) >= 2, "in the difference, and in the field where it goes on being typed"
    assert Incident.objects.get(pk=at_version_7.pk).plan == "A's plan."
    again = b.post(f"/service/incidents/{at_version_7.pk}/edit/", form_of(at_version_7, plan=REPLY, version=8))
    assert again.status_code == 302
    assert Incident.objects.get(pk=at_version_7.pk).plan == REPLY


def test_the_same_through_the_api(at_version_7, b):
    a_saves(at_version_7, plan="A's plan.")
    answer = b.patch(
        f"/api/v1/service/incidents/{at_version_7.pk}/", {"plan": REPLY, "version": 7}, content_type="application/json"
    )
    assert answer.status_code == 409
    assert REPLY in answer.content.decode()


def test_of_two_opposite_merges_one_succeeds(incident):
    first, second = incident(), incident(title="Gateway down too")
    mine, theirs = Incident.objects.get(pk=first.pk), Incident.objects.get(pk=second.pk)
    mine.move("merge", system_actor(), merged_into=second)
    from opscharter.kernel.errors import Refused

    with pytest.raises((Refused, Conflict)):
        theirs.move("merge", system_actor(), merged_into=Incident.objects.get(pk=first.pk))
    states = dict(Incident.objects.values_list("title", "state"))
    assert states == {"Gateway down": "CANCELLED", "Gateway down too": "NEW"}
