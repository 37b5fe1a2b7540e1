"""Chats as things to do: those that wait, one's own, and messages left."""

from __future__ import annotations

import datetime as dt

from django.db.models import Q

from opscharter.kernel.access.actor import Actor
from opscharter.kernel.resources.links import record_url
from opscharter.kernel.resources.tasks import Task
from opscharter.service.chat.lifecycle import State
from opscharter.service.chat.models import Chat

MOST = 40


def chats_to_answer(actor: Actor) -> list[Task]:
    """Return the own chats, and for those of a desk's team whatever waits there."""
    mine = Q(state__in=[State.ACTIVE, State.LEFT], agent_id=actor.person_id)
    if actor.may("service.chat", "take"):
        mine |= Q(state__in=[State.WAITING, State.MESSAGE], team_id__in=actor.units.get("department", ()))
    rows = Chat.objects.visible_to(actor).current().filter(mine).select_related("desk", "customer", "contact")
    kind = Chat._meta.verbose_name or ""
    return [
        Task(f"{chat.customer_side}: {chat.subject}", kind, record_url(chat), "3.1.1",
             chat.started_at + dt.timedelta(seconds=chat.desk.answer_seconds) if chat.answered_at is None else None,
             customer=str(chat.customer or ""))
        for chat in rows.order_by("started_at", "pk")[:MOST]
    ]  # fmt: skip
