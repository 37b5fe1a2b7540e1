"""Acceptance case 12: the plan starts within 10 s, word every 30 min, 37 children each with its own text only."""

from __future__ import annotations

import datetime as dt
import time

import pytest

from opscharter.customers.models import Contact, Customer
from opscharter.kernel import moment
from opscharter.kernel.access.actor import system_actor
from opscharter.kernel.clocks.models import Clock
from opscharter.kernel.errors import Refused
from opscharter.kernel.notices.models import Notice
from opscharter.kernel.timeline.entries import entries_of, readable
from opscharter.service.emergencies import services
from opscharter.service.emergencies.models import Emergency, EmergencyTask
from opscharter.service.tickets.models import Incident
from opscharter.service.tickets.services import warn_of_deadlines
from tests.service.conftest import MONDAY_NINE, bring_to_work, resolve

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def declared(incident, plan, head, speaker, engineer):
    """Return an incident declared an emergency on Monday at nine."""
    with moment.at(MONDAY_NINE):
        ticket = incident(impact=1, urgency=1, assignee=engineer)
        ticket.refresh_from_db()
        ticket.move("declare", system_actor(), reason="Nobody can pay.")
    return ticket


def test_declaring_p1_makes_the_tasks_of_the_plan_with_owners_within_10_seconds(
    incident, plan, head, speaker, engineer
):
    ticket = incident(impact=1, urgency=1, assignee=engineer)
    ticket.refresh_from_db()
    begun = time.monotonic()
    ticket.move("declare", system_actor(), reason="Nobody can pay.")
    assert time.monotonic() - begun < 10
    room = Emergency.objects.get(incident=ticket)
    assert (room.plan, room.commander, room.communications) == (plan, head, speaker)
    found = {(t.title, t.owner.name, (t.due_at - room.started_at) / MINUTE) for t in room.tasks.all()}
    assert found == {
        ("Switch over", "Li Min", 20.0), ("Tell the customers", "Speaker", 10.0), ("Open the bridge", "Head", 5.0)
    }  # fmt: skip
    assert ticket.contingency_plan == "EP-01 Plan EP-01"
    assert ticket.emergency_seconds is not None
    assert ticket.emergency_seconds <= 10
    told = set(Notice.objects.filter(type="service.emergency-task").values_list("user__username", flat=True))
    assert told == {"head", "speaker"}


def test_the_customer_is_told_at_once_in_the_text_of_the_plan(declared):
    said = entries_of(declared, ["customer"]).filter(kind="comment").get()
    assert said.text == f"East Securities: {declared.number} started."


def test_word_is_due_every_30_minutes_and_the_silence_goes_up_at_31(declared, head):
    def escalated():
        with_due = Notice.objects.filter(type="service.emergency-silent")
        return set(with_due.values_list("user__username", flat=True))

    update = Clock.objects.get(record_id=declared.pk, kind="update", state="running")
    assert update.due_at == MONDAY_NINE + 30 * MINUTE
    with moment.at(MONDAY_NINE + 30 * MINUTE):
        warn_of_deadlines()
        assert services.escalate_silence() == 0
    with moment.at(MONDAY_NINE + 31 * MINUTE):
        warn_of_deadlines()
        assert services.escalate_silence() == 1
        assert escalated() == {"head", "speaker"}
        assert services.escalate_silence() == 0, "once a round"
    room = Emergency.objects.get(incident=declared)
    with moment.at(MONDAY_NINE + 35 * MINUTE):
        services.tell_customers(room, system_actor(), "Still at it, {customer}.")
        update = Clock.objects.get(record_id=declared.pk, kind="update", state="running")
        assert update.due_at == MONDAY_NINE + 65 * MINUTE
    with moment.at(MONDAY_NINE + 65 * MINUTE):
        assert services.escalate_silence() == 0
    with moment.at(MONDAY_NINE + 66 * MINUTE):
        assert services.escalate_silence() == 1


@pytest.fixture
def children(declared, incident, team):
    """Return 37 incidents of 37 other customers, joined to the major one."""
    made = []
    with moment.at(MONDAY_NINE + 2 * MINUTE):
        for number in range(37):
            other = Customer(name=f"Customer {number:02}", team=team).save_as(system_actor())
            made.append(incident(customer=other, title=f"Trouble at {number:02}"))
        services.join(Emergency.objects.get(incident=declared), made, system_actor())
    return made


def test_a_parent_with_37_children_is_resolved_and_each_customer_sees_only_its_own_text(declared, children, make_actor):
    room = Emergency.objects.get(incident=declared)
    with pytest.raises(Refused) as refused, moment.at(MONDAY_NINE + 40 * MINUTE):
        services.close(room, system_actor(), "All well again.")
    assert [reason.clause for reason in refused.value.reasons] == ["3.3.3"]
    own = {child.customer_id: f"Secret word {number:02} for {{customer}}" for number, child in enumerate(children)}
    with moment.at(MONDAY_NINE + 60 * MINUTE):
        declared.refresh_from_db()
        bring_to_work(declared)
        declared.plan = "Switch over."
        declared.save_as(system_actor())
        resolve(declared)
        assert services.close(room, system_actor(), "Yours is well again, {customer}.", own) == 37
    for number, child in enumerate(children):
        child.refresh_from_db()
        assert (child.state, child.cause, child.fix) == ("RESOLVED", "power supply", "replaced")
        assert None not in (child.tested_at, child.assessed_at)
        contact = make_actor(("service.incident", "view", "customer"), customers=[child.customer_id], external=True)
        assert list(Incident.objects.visible_to(contact)) == [child]
        read = " ".join(entries_of(child, readable(contact)).values_list("text", flat=True))
        assert f"Secret word {number:02} for Customer {number:02}" in read
        others = [f"Secret word {n:02}" for n in range(37) if n != number] + ["Yours is well again", declared.number]
        assert not [text for text in others if text in read]
    declared.refresh_from_db()
    assert "Yours is well again, East Securities." in " ".join(
        entries_of(declared, ["customer"]).values_list("text", flat=True)
    )


def test_a_contact_reads_nothing_of_the_other_customers_on_the_page_of_its_ticket(declared, children, client, customer):
    from opscharter.kernel.resources.site import site
    from opscharter.kernel.users.models import User
    from opscharter.organization.models import Role, RoleGrant

    role = Role(code="customer-contact", name="contact").save_as(system_actor())
    for action in ("view", "comment"):
        RoleGrant(role=role, record_type="service.incident", action=action, reach="customer").save_as(system_actor())
    contact = Contact(customer=children[0].customer, name="Ann", reach="organization")
    contact.user = User.objects.create_user("ann")
    contact.save_as(system_actor())
    client.force_login(contact.user, backend="django.contrib.auth.backends.ModelBackend")
    resource = site.resource("service.incident")
    assert resource.customer_facts
    seen = client.get(f"/service/incidents/{children[0].pk}/").content.decode()
    assert children[0].number in seen
    assert not [word for word in (declared.number, "Customer 01", "MI-") if word in seen]
    assert client.get(f"/service/incidents/{declared.pk}/").status_code == 404
    room = Emergency.objects.get(incident=declared)
    assert client.get(f"/service/major-incidents/{room.pk}/").status_code == 404


def test_a_part_is_not_resolved_with_an_incident_that_was_not_tested(declared, children):
    with pytest.raises(Refused) as refused:
        children[0].move("follow", system_actor())
    assert [(r.control, r.clause) for r in refused.value.reasons] == [("incident.parent-tested", "3.3.3")]


def test_an_emergency_without_a_matching_plan_opens_its_room_and_has_no_tasks(incident, head):
    ticket = incident(impact=1, urgency=1)
    ticket.move("declare", system_actor(), reason="dark")
    room = Emergency.objects.get(incident=ticket)
    assert room.plan is None
    assert not EmergencyTask.objects.exists()
    assert room.commander == head
