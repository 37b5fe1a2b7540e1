"""Problems as things to do: due on their day of review."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from opscharter.kernel.access.actor import Actor
from opscharter.kernel.resources.links import record_url
from opscharter.kernel.resources.tasks import Task
from opscharter.service.problems.lifecycle import OPEN
from opscharter.service.problems.models import Problem


def problems_to_solve(actor: Actor) -> list[Task]:
    """Return the open problems of the person's own."""
    if actor.person_id is None:
        return []
    rows = Problem.objects.current().filter(owner_id=actor.person_id, state__in=OPEN).order_by("review_on")[:30]
    return [
        Task(
            str(problem),
            _("problem"),
            record_url(problem),
            "3.3.2",
            _end_of(problem.review_on),
            priority=problem.priority,
        )
        for problem in rows
    ]


def _end_of(day: dt.date | None) -> dt.datetime | None:
    return timezone.make_aware(dt.datetime.combine(day, dt.time(18))) if day else None
