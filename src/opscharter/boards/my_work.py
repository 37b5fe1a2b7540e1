"""My work: what waits for one person, by when and by which clause, from every chapter."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from opscharter.kernel import moment
from opscharter.kernel.access.actor import Actor
from opscharter.kernel.approvals.requests import waiting_for
from opscharter.kernel.resources.links import url_of
from opscharter.kernel.resources.site import site
from opscharter.kernel.resources.tasks import Task
from opscharter.kernel.web.base import SignedInPage
from opscharter.service.changes.tasks import windows_to_answer
from opscharter.service.tickets.lifecycle import OPEN, State
from opscharter.service.tickets.tasks import tickets_of_customer, tickets_without_handler

COUNT_SECONDS = 30
"""The badge in the rail is on every page; it is counted anew at most this often."""


@dataclass
class WorkContext:
    """What waits for a person, and for the team."""

    mine: list[Task]
    team: list[Task] = field(default_factory=list)
    confirm: list[Task] = field(default_factory=list)
    agree: list[Task] = field(default_factory=list)
    """Windows of changes that a customer's contact is asked to agree to."""


def _by_due(tasks: Iterable[Task]) -> list[Task]:
    far = moment.now() + dt.timedelta(days=3650)
    return sorted(tasks, key=lambda task: (task.due or far, task.title))


def tasks_of(actor: Actor) -> list[Task]:
    """Return what waits for a person: votes to cast, and what each chapter says, the nearest deadline first."""
    if actor.person_id is None:
        return []
    votes = [
        Task(request.subject, _("approval"), url_of(request.record_type, request.record_id), request.policy["clause"],
             request.due_at, _("Decide"))
        for request in waiting_for(actor)
    ]  # fmt: skip
    rest = [task for part in site.parts for tasks in part.tasks for task in tasks(actor)]
    return _by_due([*votes, *rest])


def count(actor: Actor) -> int:
    """Return how much waits for a person, for the badge in the rail."""
    if actor.person_id is None:
        return 0
    key = f"boards.work:{actor.person_id}"
    kept: int | None = cache.get(key)
    if kept is None:
        kept = len(tasks_of(actor))
        cache.set(key, kept, COUNT_SECONDS)
    return kept


class MyWorkPage(SignedInPage):
    """What waits for whoever looks."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show it; a customer's contact sees the tickets of their organization instead."""
        if self.actor.external:
            mine, confirm = tickets_of_customer(self.actor, *OPEN), tickets_of_customer(self.actor, State.RESOLVED)
            return self.render(
                "boards/my_work.html",
                WorkContext(_by_due(mine), confirm=_by_due(confirm), agree=windows_to_answer(self.actor)),
            )
        team = _by_due(tickets_without_handler(self.actor))
        return self.render("boards/my_work.html", WorkContext(tasks_of(self.actor), team))
