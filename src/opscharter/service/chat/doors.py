"""Who may come in to chat, when, and as whom."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core import signing
from django.db import transaction
from django.utils.translation import gettext as _t

from opscharter.customers.models import Contact
from opscharter.kernel import moment
from opscharter.kernel.access.actor import Actor
from opscharter.kernel.calendars.engine import UnpublishedYear
from opscharter.kernel.calendars.models import calendar_of
from opscharter.kernel.errors import Reason, Refused
from opscharter.kernel.live.presence import who_is_at
from opscharter.service.chat.conversation import say
from opscharter.service.chat.effects import DESK
from opscharter.service.chat.lifecycle import LIVE, OPEN, State
from opscharter.service.chat.models import Chat, ChatDesk

SALT = "opscharter.chat"
LIFETIME = dt.timedelta(days=3)
MOST_OPEN = 3
"""So many open chats one visitor's address may have."""


def opens_at(desk: ChatDesk) -> dt.datetime | None:
    """Return when the desk opens again; None while it is open."""
    now = moment.now()
    try:
        begins = calendar_of(desk.calendar).first_moment(now)
    except UnpublishedYear:
        return None  # better a chat nobody expected than a door that is shut by mistake
    return begins if begins > now else None


def somebody_there() -> bool:
    """Say whether any agent has the desk open."""
    return any(each.person.startswith("u") for each in who_is_at(DESK))


def desk_for(contact: Contact) -> ChatDesk | None:
    """Return the desk that answers a contact: that of the customer's team, else the company's first."""
    desks = list(ChatDesk.objects.current().select_related("calendar").order_by("pk"))
    return next((desk for desk in desks if desk.team_id == contact.customer.team_id), next(iter(desks), None))


def contact_of(actor: Actor) -> Contact | None:
    """Return the contact who has signed in."""
    if not actor.external or actor.user is None:
        return None
    return Contact.objects.current().filter(user=actor.user).select_related("customer").first()


def at_the_door(actor: Actor, name: str) -> Actor:
    """Return who acts for somebody let in here: what they may do the door has checked, and no more is done."""
    return Actor(user=actor.user, label=name, system=True, external=True, via="chat", address=actor.address)


def token_of(chat: Chat) -> str:
    """Return the signed text by which a visitor comes back to the own chat and to no other."""
    return signing.dumps(chat.pk, salt=SALT)


def chat_of(token: str) -> Chat | None:
    """Return a visitor's chat; None when the text was altered or is too old."""
    try:
        pk = signing.loads(token, salt=SALT, max_age=LIFETIME)
    except (signing.BadSignature, ValueError):
        return None
    return Chat.objects.current().exclude(visitor_email="").filter(pk=pk).select_related("desk", "agent").first()


def chats_of(contact: Contact) -> Any:
    """Return the chats that a contact has begun, newest first."""
    return Chat.objects.current().filter(contact=contact, created_by=contact.user, visitor_email="").order_by("-pk")


@transaction.atomic
def begin(
    desk: ChatDesk, actor: Actor, text: str, *, key: str = "", contact: Contact | None = None, **who: Any
) -> Chat:
    """Let somebody in: a chat in the queue, or a message left outside the opening hours.

    Sent twice under one key it begins one chat. `who` gives the visitor's name and e-mail address.
    """
    text = text.strip()
    if key and (kept := _kept(desk, key, contact, who.get("visitor_email", ""))):
        return kept
    if contact is None:
        _not_too_many(actor)
    elif running := chats_of(contact).filter(state__in=LIVE).first():
        say(running, at_the_door(actor, contact.name), text, key=key)
        return running
    name = contact.name if contact else who.get("visitor_name", "")
    guest = at_the_door(actor, name)
    customer = contact.customer if contact else None
    subject = text.splitlines()[0][:200] if text else ""
    chat = Chat(desk=desk, contact=contact, customer=customer, subject=subject, address=actor.address or None, **who)
    chat.save_as(guest)
    say(chat, guest, text, key=key)
    if opens_at(desk) is not None:
        chat.move("leave-message", guest)
    return chat


def _kept(desk: ChatDesk, key: str, contact: Contact | None, email: str) -> Chat | None:
    rows = Chat.objects.filter(desk=desk, contact=contact, visitor_email=email, messages__client_key=key[:40])
    return rows.filter(messages__seq=1).first()


def _not_too_many(actor: Actor) -> None:
    if not actor.address:
        return
    rows = Chat.objects.filter(address=actor.address, state__in=[*OPEN], contact__isnull=True)
    if rows.filter(started_at__gte=moment.now() - dt.timedelta(hours=1)).count() >= MOST_OPEN:
        raise Refused([Reason(_t("There are open chats from here already. Please go on in one of them."))])


def place_in_queue(chat: Chat) -> int:
    """Return how many are served before, plus one; 0 when it does not wait."""
    if chat.state != State.WAITING:
        return 0
    before = Chat.objects.current().filter(desk=chat.desk_id, state=State.WAITING, started_at__lt=chat.started_at)
    return before.count() + 1
