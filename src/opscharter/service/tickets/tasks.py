"""Tickets as things to do, each due at its nearest running clock."""

from __future__ import annotations

import datetime as dt
from typing import Any

from opscharter.kernel.access.actor import Actor
from opscharter.kernel.clocks.models import Clock
from opscharter.kernel.resources.links import record_url
from opscharter.kernel.resources.tasks import Task
from opscharter.service.tickets.lifecycle import OPEN, State
from opscharter.service.tickets.models import Incident, ServiceRequest

MOST = 60
TICKETS: tuple[Any, ...] = (Incident, ServiceRequest)
CLAUSES = {State.NEW: "3.1.2", State.ASSIGNED: "3.2.1", State.IN_PROGRESS: "3.3.2", State.WAITING: "3.3.2",
           State.RESOLVED: "3.3.3"}  # fmt: skip


def as_tasks(rows: Any) -> list[Task]:
    """Return tickets as tasks: two queries whatever their number, sixty at most."""
    tickets = list(rows.select_related("customer").order_by("priority", "opened_at")[:MOST])
    if not tickets:
        return []
    label = type(tickets[0])._meta.label_lower
    clocks = Clock.objects.filter(
        record_type=label, record_id__in=[t.pk for t in tickets], state=Clock.State.RUNNING
    ).values_list("record_id", "due_at")
    nearest: dict[int, dt.datetime] = {}
    for pk, due in clocks:
        if due is not None:
            nearest[pk] = min(due, nearest.get(pk, due))
    return [
        Task(
            str(ticket),
            type(ticket)._meta.verbose_name or "",
            record_url(ticket),
            CLAUSES.get(ticket.state, ""),
            nearest.get(ticket.pk),
            priority=ticket.priority,
            customer=str(ticket.customer or ""),
        )
        for ticket in tickets
    ]


def tickets_to_handle(actor: Actor) -> list[Task]:
    """Return the open tickets of the person's own."""
    return [
        task
        for model in TICKETS
        for task in as_tasks(model.objects.current().filter(assignee_id=actor.person_id, state__in=OPEN))
    ]


def tickets_without_handler(actor: Actor) -> list[Task]:
    """Return the open tickets of the person's own department that nobody has taken."""
    units = actor.units.get("department", frozenset())
    return [
        task
        for model in TICKETS
        if actor.may(model._meta.label_lower, "accept")
        for task in as_tasks(
            model.objects.visible_to(actor).current().filter(team_id__in=units, assignee__isnull=True, state__in=OPEN)
        )
    ]


def tickets_of_customer(actor: Actor, *states: str) -> list[Task]:
    """Return the tickets of a contact's organization that are in one of some states."""
    return [
        task
        for model in TICKETS
        for task in as_tasks(model.objects.visible_to(actor).current().filter(state__in=states))
    ]
