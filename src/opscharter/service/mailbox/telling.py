"""Telling people what was kept without an answer: once an hour for each ticket or mailbox, however much comes."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils.translation import gettext_lazy as _

from opscharter.kernel import moment
from opscharter.kernel.access.actor import system_actor
from opscharter.kernel.notices.sending import send
from opscharter.kernel.resources.links import record_url
from opscharter.kernel.timeline import entries
from opscharter.kernel.timeline.events import declare_event
from opscharter.kernel.timeline.models import TimelineEntry
from opscharter.kernel.users.models import User
from opscharter.service.mailbox import notices
from opscharter.service.mailbox.opening import ticket_of
from opscharter.service.mailbox.words import Kind, Outcome

SILENCED = declare_event("mail-silenced", _("%(kind)s from %(who)s: kept, not answered (%(number)s)"), kind=Kind)


QUIET = dt.timedelta(hours=1)
"""After one word about messages of a kind, the next ones of that ticket or mailbox in this time are counted only."""


def tell(message: Any) -> None:
    """Tell who looks after the ticket, or else after the mailbox, of a message that nobody answers."""
    if _told_lately(message):
        return
    data = {
        "who": message.from_name or message.from_address or "?", "subject": message.subject or "—",
        "why": message.get_why_display(), "number": message.ticket_number, "kind": message.kind or Kind.ORDINARY,
    }  # fmt: skip
    what = {"key": message.number, "record": message, "url": record_url(message), "data": data}
    if message.state == Outcome.QUARANTINED:
        send(notices.MAIL_WAITS, keepers(message.mailbox), **what)
        return
    ticket = ticket_of(message)
    kind = notices.MAIL_RETURNED if message.kind == Kind.BOUNCE else notices.MACHINE_ANSWERED
    if ticket is not None:
        what |= {"record": ticket, "url": record_url(ticket)}
        send(kind, handlers(ticket) or keepers(message.mailbox), **what)
        told = {**data, "number": message.number}
        entries.append(ticket, system_actor("mail"), TimelineEntry.Kind.EVENT, verb=SILENCED, data=told, clause="3.1.1")
    elif message.kind in (Kind.BOUNCE, Kind.LOOP):
        send(kind, keepers(message.mailbox), **what)


def _told_lately(message: Any) -> bool:
    same = {"ticket_id": message.ticket_id, "ticket_type": message.ticket_type, "state": message.state}
    if message.state == Outcome.SILENCED:
        same["kind"] = message.kind
    if message.ticket_id is None:
        same["mailbox_id"] = message.mailbox_id
    since = moment.now() - QUIET
    return bool(type(message)._base_manager.filter(handled_at__gt=since, **same).exclude(pk=message.pk).exists())


def handlers(ticket: Any) -> list[User]:
    """Return who is told of a ticket: its handler, or the head of its team."""
    person = ticket.assignee or (ticket.team.head if ticket.team else None)
    return [person.user] if person is not None and person.user is not None else []


def keepers(mailbox: Any) -> list[User]:
    """Return who is told of a mailbox: who looks after it, or the head of its team."""
    person = (mailbox.keeper or (mailbox.team.head if mailbox.team else None)) if mailbox is not None else None
    return [person.user] if person is not None and person.user is not None else []
