"""My work: what waits for one person, by when and by which clause, from every chapter."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from opscharter.kernel import moment
from opscharter.kernel.access.actor import Actor
from opscharter.kernel.approvals.requests import waiting_for
from opscharter.kernel.clocks.models import Clock
from opscharter.kernel.resources.links import record_url, url_of
from opscharter.kernel.web.base import SignedInPage
from opscharter.service.lifecycle import OPEN, State
from opscharter.service.models import Incident, ServiceRequest

Text = str | Promise
MOST = 60
HANDLE = _("Handle")
CLAUSES = {State.NEW: "3.1.2", State.ASSIGNED: "3.2.1", State.IN_PROGRESS: "3.3.2", State.WAITING: "3.3.2",
           State.RESOLVED: "3.3.3"}  # fmt: skip


@dataclass
class Task:
    """One thing to do: what, of which kind, by which clause, by when."""

    title: str
    kind: Text
    url: str
    clause: str = ""
    due: dt.datetime | None = None
    verb: Text = HANDLE
    priority: int | None = None
    customer: str = ""


@dataclass
class WorkContext:
    """What waits for a person, and for the team."""

    mine: list[Task]
    team: list[Task] = field(default_factory=list)
    confirm: list[Task] = field(default_factory=list)


def _tasks(rows: Any) -> list[Task]:
    """Return tickets as tasks, each due at its nearest running clock."""
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


def _by_due(tasks: list[Task]) -> list[Task]:
    far = moment.now() + dt.timedelta(days=3650)
    return sorted(tasks, key=lambda task: (task.due or far, task.title))


def tasks_of(actor: Actor) -> list[Task]:
    """Return what waits for a person: votes to cast and tickets to handle, the nearest deadline first."""
    if actor.person_id is None:
        return []
    votes = [
        Task(request.subject, _("approval"), url_of(request.record_type, request.record_id), request.policy["clause"],
             request.due_at, _("Decide"))
        for request in waiting_for(actor)
    ]  # fmt: skip
    tickets = [
        task
        for model in (Incident, ServiceRequest)
        for task in _tasks(model.objects.current().filter(assignee_id=actor.person_id, state__in=OPEN))
    ]
    return _by_due([*votes, *tickets])


def count(actor: Actor) -> int:
    """Return how much waits for a person, for the badge in the rail."""
    if actor.person_id is None:
        return 0
    return sum(
        model.objects.current().filter(assignee_id=actor.person_id, state__in=OPEN).count()
        for model in (Incident, ServiceRequest)
    )


def team_tasks(actor: Actor) -> list[Task]:
    """Return the unassigned tickets of one's own department."""
    units = actor.units.get("department", frozenset())
    return _by_due([
        task for model in (Incident, ServiceRequest)
        if actor.may(model._meta.label_lower, "accept")
        for task in _tasks(model.objects.visible_to(actor).current().filter(
            team_id__in=units, assignee__isnull=True, state__in=OPEN
        ))
    ])  # fmt: skip


class MyWorkPage(SignedInPage):
    """What waits for whoever looks."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show it; a customer's contact sees the tickets of their organization instead."""
        if self.actor.external:
            mine = [
                task
                for model in (Incident, ServiceRequest)
                for task in _tasks(model.objects.visible_to(self.actor).current().filter(state__in=OPEN))
            ]
            confirm = [
                task
                for model in (Incident, ServiceRequest)
                for task in _tasks(model.objects.visible_to(self.actor).current().filter(state=State.RESOLVED))
            ]
            return self.render("boards/my_work.html", WorkContext(mine, confirm=confirm))
        return self.render("boards/my_work.html", WorkContext(tasks_of(self.actor), team_tasks(self.actor)))
