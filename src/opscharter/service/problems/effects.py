"""What the steps of a problem bring about."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from opscharter.kernel import moment
from opscharter.kernel.access.actor import Actor
from opscharter.kernel.notices.sending import send
from opscharter.kernel.resources.links import record_url
from opscharter.service.problems import notices

Inputs = Mapping[str, Any]


def mark_known(problem: Any, actor: Actor, inputs: Inputs) -> None:
    """Note since when it is a known error."""
    problem.known_at = moment.now()


def mark_resolved(problem: Any, actor: Actor, inputs: Inputs) -> None:
    """Note when it was solved."""
    problem.resolved_at = moment.now()


def mark_reviewed(problem: Any, actor: Actor, inputs: Inputs) -> None:
    """Note when it was last looked over."""
    problem.reviewed_at = moment.now()


def mark_closed(problem: Any, actor: Actor, inputs: Inputs) -> None:
    """Note when it was closed."""
    problem.closed_at = moment.now()


def mark_reopened(problem: Any, actor: Actor, inputs: Inputs) -> None:
    """It was not solved after all."""
    problem.resolved_at = problem.closed_at = None


def _data(problem: Any) -> dict[str, Any]:
    return {"number": problem.number, "title": problem.title}


def tell_owner(problem: Any, actor: Actor, inputs: Inputs) -> None:
    """Tell the person who is to find the cause."""
    person = problem.owner
    if person is not None and person.user is not None and person.pk != actor.person_id:
        key = f"{problem.number}:{person.pk}"
        send(notices.OWNED, [person.user], key=key, record=problem, url=record_url(problem), data=_data(problem))


def tell_handlers(problem: Any, actor: Actor, inputs: Inputs) -> None:
    """Tell those who handle linked open incidents that there is a way round."""
    handling = problem.incidents.filter(closed_at__isnull=True, assignee__user__isnull=False)
    users = {incident.assignee.user for incident in handling.select_related("assignee__user") if incident.assignee}
    users = {user for user in users if user is not None and user.pk != actor.user_id}
    send(notices.KNOWN, users, key=problem.number, record=problem, url=record_url(problem), data=_data(problem))
