"""What the steps of a work order bring about."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from opscharter.kernel import moment
from opscharter.kernel.access.actor import Actor
from opscharter.kernel.notices.sending import send
from opscharter.kernel.resources.links import record_url
from opscharter.service.maintenance import notices

Inputs = Mapping[str, Any]


def mark_started(order: Any, actor: Actor, inputs: Inputs) -> None:
    """Note when it was begun; whoever begins what is nobody's takes it."""
    if order.started_at is None:
        order.started_at = moment.now()
    if order.engineer_id is None and actor.person_id is not None:
        order.engineer_id = actor.person_id


def mark_done(order: Any, actor: Actor, inputs: Inputs) -> None:
    """Note when it was done, by whom, and whether in time."""
    order.done_at, order.done_by_id = moment.now(), actor.person_id
    order.late = order.done_at > order.due_at
    items = order.items.filter(archived_at__isnull=True)
    order.findings = sum(item.needs_remark for item in items)


def mark_missed(order: Any, actor: Actor, inputs: Inputs) -> None:
    """Note that its time has passed; done later it stays late."""
    order.missed_at = moment.now()
    order.late = True


def mark_skipped(order: Any, actor: Actor, inputs: Inputs) -> None:
    """Note why it is left out."""
    order.skipped_because = inputs["reason"][:300]


def _data(order: Any) -> dict[str, Any]:
    return {"number": order.number, "title": order.title, "customer": str(order.customer), "due": str(order.due_on)}


def tell_engineer(order: Any, actor: Actor, inputs: Inputs) -> None:
    """Tell the engineer whose work order it now is."""
    person = order.engineer
    if person is not None and person.user is not None and person.pk != actor.person_id:
        key = f"{order.number}:{order.version}"
        send(notices.ASSIGNED, [person.user], key=key, record=order, url=record_url(order), data=_data(order))


def tell_missed(order: Any, actor: Actor, inputs: Inputs) -> None:
    """Tell the engineer and the head of the team that the day has passed."""
    people = [order.engineer, order.team.head if order.team else None]
    users = {person.user for person in people if person is not None and person.user is not None}
    send(notices.MISSED, users, key=order.number, record=order, url=record_url(order), data=_data(order))
