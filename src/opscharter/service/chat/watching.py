"""Nobody waits unseen: the team is told of chats that wait too long; who closed the page has given up."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from opscharter.kernel import moment
from opscharter.kernel.access.actor import actor_for, system_actor
from opscharter.kernel.jobs.queue import job
from opscharter.kernel.live.channels import channel_of
from opscharter.kernel.live.models import Presence
from opscharter.kernel.notices.sending import send
from opscharter.kernel.resources.links import record_url
from opscharter.kernel.users.models import User
from opscharter.organization.models import Employee
from opscharter.service.chat import notices
from opscharter.service.chat.lifecycle import State
from opscharter.service.chat.models import Chat

MOST = 200
MOST_TOLD = 30


def warn_of_waiting() -> int:
    """Tell the team, once, of every chat that waits longer than its desk promises; returns how many."""
    now, told = moment.now(), 0
    waiting = Chat.objects.current().filter(
        state__in=[State.WAITING, State.ACTIVE], answered_at__isnull=True, warned_at__isnull=True
    )
    for chat in waiting.select_related("desk", "agent__user").order_by("started_at")[:MOST]:
        seconds = int((now - chat.started_at).total_seconds())
        if seconds <= chat.desk.answer_seconds:
            continue
        chat.warned_at, chat.answered_in_time = now, False
        chat.save_as(system_actor(), note="waits too long")
        data = {"number": chat.number, "who": chat.customer_side, "subject": chat.subject, "seconds": seconds}
        send(notices.WAITING, _people(chat), key=chat.number, record=chat, url=record_url(chat), data=data)
        told += 1
    return told


def _people(chat: Chat) -> list[User]:
    """Return who could answer: the agent who has it, else everybody of the desk's team who may take chats."""
    if chat.agent is not None and chat.agent.user is not None:
        return [chat.agent.user]
    team = Employee.objects.current().filter(department_id=chat.team_id, left_on__isnull=True, user__isnull=False)
    users = [person.user for person in team.select_related("user").order_by("pk")[:MOST_TOLD] if person.user]
    return [user for user in users if actor_for(user).may("service.chat", "take")]


def notice_who_gave_up() -> int:
    """Let chats be given up whose customer waits no more: the page was closed so many minutes ago; returns how many."""
    now, gone = moment.now(), 0
    waiting = Chat.objects.current().filter(state=State.WAITING).select_related("desk").order_by("pk")[:MOST]
    for chat in waiting:
        patience = dt.timedelta(minutes=chat.desk.give_up_minutes)
        here = Presence.objects.filter(channel=channel_of(chat), seen_at__gte=timezone.now() - patience)
        outside = here.exclude(person__in=[f"u{pk}" for pk in _of_the_house(chat)])
        if now - chat.started_at > patience and not outside.exists():
            chat.move("give-up", system_actor())
            gone += 1
    return gone


def _of_the_house(chat: Chat) -> list[int]:
    """Return the accounts that look at the chat and are not the customer's."""
    seen = Presence.objects.filter(channel=channel_of(chat), person__startswith="u").values_list("person", flat=True)
    ids = [int(person[1:]) for person in seen if person[1:].isdigit()]
    return list(Employee.objects.filter(user_id__in=ids).values_list("user_id", flat=True))


@job()
def watch_chats_job() -> list[int]:
    """Look at every waiting chat, several times a minute."""
    return [warn_of_waiting(), notice_who_gave_up()]
