"""Running an emergency: starting the plan, telling every customer in its own words, and ending it for all."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from opscharter.customers.models import Customer
from opscharter.kernel import moment
from opscharter.kernel.access.actor import Actor
from opscharter.kernel.clocks.models import Clock
from opscharter.kernel.errors import NotPermitted
from opscharter.kernel.jobs.queue import job
from opscharter.kernel.notices.sending import send
from opscharter.kernel.records.writing import permitted
from opscharter.kernel.resources.links import record_url
from opscharter.kernel.timeline import entries
from opscharter.kernel.timeline.events import declare_event
from opscharter.kernel.timeline.models import TimelineEntry
from opscharter.organization.models import Employee
from opscharter.service.emergencies import matching, notices
from opscharter.service.emergencies.effects import tell_owner, tell_roles
from opscharter.service.emergencies.lifecycle import EmergencyState
from opscharter.service.emergencies.models import Emergency, EmergencyTask
from opscharter.service.tickets.lifecycle import OPEN
from opscharter.service.tickets.models import Incident

ESCALATE_AFTER = dt.timedelta(minutes=1)
"""How long after the promised time the silence is told further up: at minute 31 of 30."""

PLAN_STARTED = declare_event("plan-started", _("Contingency plan started: %(plan)s, %(tasks)s tasks"))
JOINED = declare_event("major-joined", _("%(number)s joined the major incident"))
LEFT = declare_event("major-left", _("%(number)s left the major incident"))
TOLD = declare_event("customers-told", _("Word to %(customers)s customers on %(tickets)s tickets"))
ENDED = declare_event("major-ended", _("Resolved with the major incident: %(tickets)s tickets"))


def on_behalf(actor: Actor) -> Actor:
    """Return the actor with the war room's authority over its parts, whatever their team; the name stays theirs."""
    return replace(actor, system=True)


def _need(emergency: Emergency, actor: Actor, action: str) -> None:
    if not permitted(emergency, actor, action):
        raise NotPermitted(action, "service.emergency")


def fill(text: str, incident: Any) -> str:
    """Put a ticket's own number, title, customer and service into a text."""
    words = {
        "number": incident.number, "title": incident.title,
        "customer": str(incident.customer or ""), "service": str(incident.service or ""),
    }  # fmt: skip
    for name, value in words.items():
        text = text.replace("{" + name + "}", value)
    return text


@transaction.atomic
def start(incident: Any, actor: Actor) -> Emergency:
    """Open the war room of an incident and start its plan: tasks with owners, roles told, the customer told."""
    kept = Emergency.objects.filter(incident=incident).first()
    if kept is not None:
        return kept
    house = on_behalf(actor)
    plan = matching.plan_for(incident)
    emergency = Emergency(
        incident=incident,
        title=incident.title,
        plan=plan,
        commander=matching.leader(incident, actor),
        communications=matching.speaker(incident, actor),
        started_at=moment.now(),
    ).save_as(house)
    tasks = _lay_out_tasks(emergency, house) if plan else 0
    data = {"plan": str(plan or incident.contingency_plan or "—"), "tasks": tasks}
    for record in (emergency, incident):
        entries.append(record, actor, TimelineEntry.Kind.EVENT, verb=PLAN_STARTED, data=data, clause="3.3.1")
    tell_roles(emergency, actor, {})
    if plan and plan.text_started:
        incident.comment_as(house, fill(plan.text_started, incident), visibility="customer")
    return emergency


def _lay_out_tasks(emergency: Emergency, house: Actor) -> int:
    """Make a task with an owner and a time of every step of the plan."""
    steps = emergency.plan.steps.filter(archived_at__isnull=True).order_by("position", "pk") if emergency.plan else []
    count = 0
    for step in steps:
        owner = matching.owner_of(step.role, emergency)
        if owner is None:
            raise ValidationError(_t("Nobody can own the tasks of the plan: name the head of the team."))
        task = EmergencyTask(
            emergency=emergency, position=step.position, title=step.title, role=step.role, owner=owner,
            due_at=emergency.started_at + dt.timedelta(minutes=step.minutes),
        ).save_as(house)  # fmt: skip
        tell_owner(task, house, {})
        count += 1
    return count


@transaction.atomic
def add_task(
    emergency: Emergency, actor: Actor, title: str, role: str, owner: Employee, minutes: int = 15
) -> EmergencyTask:
    """Give somebody one more task in a running emergency."""
    task = EmergencyTask(
        emergency=emergency, position=emergency.tasks.count() + 1, title=title.strip()[:200], role=role or "handler",
        owner=owner, due_at=moment.now() + dt.timedelta(minutes=max(1, minutes)),
    ).save_as(actor)  # fmt: skip
    tell_owner(task, actor, {})
    return task


def family_of(emergency: Emergency) -> list[Incident]:
    """Return the incident and its parts, the incident first."""
    parts = Incident.objects.current().filter(parent_id=emergency.incident_id).select_related("customer", "service")
    return [emergency.incident, *parts.order_by("pk")]


def customers_of(emergency: Emergency) -> dict[Customer, list[Incident]]:
    """Return the affected customers with their tickets of the family."""
    found: dict[Customer, list[Incident]] = {}
    for ticket in family_of(emergency):
        if ticket.customer is not None and ticket.state != "CANCELLED":
            found.setdefault(ticket.customer, []).append(ticket)
    return found


@transaction.atomic
def join(emergency: Emergency, incidents: Iterable[Incident], actor: Actor) -> int:
    """Make incidents part of the major one; returns how many. Raises NotPermitted or ValidationError, then for all."""
    _need(emergency, actor, "edit")
    joined = 0
    for incident in incidents:
        if incident.parent_id == emergency.incident_id or incident.pk == emergency.incident_id:
            continue
        incident.parent = emergency.incident
        incident.save_as(on_behalf(actor), note=emergency.number)
        _tell(emergency, actor, JOINED, {"number": incident.number})
        _tell(incident, actor, JOINED, {"number": incident.number})
        joined += 1
    return joined


@transaction.atomic
def leave(emergency: Emergency, incident: Incident, actor: Actor) -> None:
    """Let an incident go its own way again."""
    _need(emergency, actor, "edit")
    incident.parent = None
    incident.save_as(on_behalf(actor), note=emergency.number)
    _tell(emergency, actor, LEFT, {"number": incident.number})


def _tell(record: Any, actor: Actor, verb: str, data: dict[str, Any]) -> None:
    entries.append(record, actor, TimelineEntry.Kind.EVENT, verb=verb, data=data, clause="3.3.1")


@transaction.atomic
def tell_customers(emergency: Emergency, actor: Actor, text: str, own: Mapping[int, str] | None = None) -> int:
    """Give every affected customer word on each of its open tickets, in its own text where there is one.

    `own` holds texts by customer id; returns how many tickets were written on.
    """
    _need(emergency, actor, "tell")
    customers = customers_of(emergency)
    written = 0
    for customer, tickets in customers.items():
        words = (own or {}).get(customer.pk, "").strip() or text.strip()
        if not words:
            raise ValidationError(_t("Write what %(customer)s is told.") % {"customer": customer})
        for ticket in tickets:
            if ticket.is_open:
                ticket.refresh_from_db()
                ticket.comment_as(on_behalf(actor), fill(words, ticket), visibility="customer")
                written += 1
    _tell(emergency, actor, TOLD, {"customers": len(customers), "tickets": written})
    return written


@transaction.atomic
def close(emergency: Emergency, actor: Actor, text: str = "", own: Mapping[int, str] | None = None) -> int:
    """End the emergency and resolve every part with it; each customer reads its own text on its own tickets only.

    Returns how many parts were resolved. Raises Refused while the incident itself is not repaired and tested.
    """
    _need(emergency, actor, "close")
    house = on_behalf(actor)
    emergency.move("resolve", house)
    general = text.strip() or (emergency.plan.text_resolved if emergency.plan else "")
    resolved = 0
    for ticket in family_of(emergency):
        words = fill((own or {}).get(ticket.customer_id or 0, "").strip() or general, ticket)
        is_parent = ticket.pk == emergency.incident_id
        if not is_parent and ticket.state not in OPEN:
            continue
        ticket.refresh_from_db()
        if words:
            ticket.comment_as(house, words, visibility="customer")
            ticket.refresh_from_db()
        if not is_parent:
            ticket.move("follow", house)
            resolved += 1
    _tell(emergency, actor, ENDED, {"tickets": resolved})
    return resolved


def escalate_silence() -> int:
    """Tell those above when a customer in an emergency did not hear from us in time, once a round; returns how many."""
    told = 0
    running = Emergency.objects.current().filter(state=EmergencyState.RUNNING)
    by_incident = {emergency.incident_id: emergency for emergency in running.select_related("incident")}
    late = Clock.objects.filter(
        record_type=Incident._meta.label_lower, record_id__in=by_incident, kind="update",
        state=Clock.State.RUNNING, due_at__lte=moment.now() - ESCALATE_AFTER,
    )  # fmt: skip
    for clock in late:
        emergency = by_incident[clock.record_id]
        team = emergency.incident.team
        people = [emergency.commander, emergency.communications, team.head if team else None]
        people.append(matching.in_role("service-manager"))
        users = [person.user for person in people if person is not None and person.user is not None]
        due = date_format(moment.in_office(clock.due_at), "H:i") if clock.due_at else ""
        data = {"number": emergency.number, "what": emergency.title, "due": due}
        key = f"{emergency.number}:{clock.round}"
        sent = send(notices.SILENT, users, key=key, record=emergency, url=record_url(emergency), data=data)
        told += bool(sent)
    return told


@job()
def escalate_silence_job() -> int:
    """Run `escalate_silence` every minute."""
    return escalate_silence()


def begin(incident: Any, actor: Actor) -> None:
    """Join in the declaration of an emergency (a hook of the tickets)."""
    start(incident, actor)


def propose_parts(emergency: Emergency, actor: Actor, limit: int = 50) -> list[Incident]:
    """Return open incidents that may belong to the major one: of its service or assets, opened around its time."""
    incident = emergency.incident
    near = Incident.objects.visible_to(actor).current().filter(state__in=OPEN, parent__isnull=True)
    near = near.filter(opened_at__gte=incident.opened_at - dt.timedelta(hours=24)).exclude(pk=incident.pk)
    near = near.filter(emergency__isnull=True, children__isnull=True)
    same = near.filter(service=incident.service) if incident.service_id else near
    return list(same.select_related("customer").order_by("-opened_at")[:limit])
