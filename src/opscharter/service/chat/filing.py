"""A chat becomes a request or an incident, or joins one that is there."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _t

from opscharter.kernel.access.actor import Actor
from opscharter.kernel.errors import Reason, Refused
from opscharter.service.chat.models import Chat, ChatMessage
from opscharter.service.chat.transcript import carry_over, tell_of_chat
from opscharter.service.tickets.models import Incident, ServiceRequest
from opscharter.service.tickets.models.ticket import Channel
from opscharter.service.tickets.together import find_ticket

KINDS: dict[str, Any] = {"request": ServiceRequest, "incident": Incident}


def first_words(chat: Chat) -> str:
    """Return what the customer said before anybody answered: the description of the ticket."""
    said = []
    for message in chat.messages.order_by("seq")[:50]:
        if message.side == ChatMessage.Side.AGENT:
            break
        if message.side == ChatMessage.Side.CUSTOMER:
            said.append(message.text)
    return "\n".join(said)


@transaction.atomic
def make_ticket(chat: Chat, kind: str, actor: Actor, **given: Any) -> Any:
    """Make a request or an incident of the chat, with all that is known filled in; returns it.

    `given` overrides title, customer, contact, service, impact and urgency. Raises as the write path does.
    """
    _still_free(chat)
    contact = given.pop("contact", None) or chat.contact
    customer = given.pop("customer", None) or chat.customer or (contact.customer if contact else None)
    if contact is not None and customer is not None and contact.customer_id != customer.pk:
        raise ValidationError(_t("This contact belongs to another customer."))
    known = {
        "title": chat.subject, "description": first_words(chat) or chat.subject, "customer": customer,
        "contact": contact, "reported_by": chat.customer_side, "service": chat.service, "channel": Channel.CHAT,
        "impact": 3, "urgency": 3,
    }  # fmt: skip
    ticket = KINDS[kind](**{**known, **{name: value for name, value in given.items() if value not in (None, "")}})
    ticket.save_as(actor)
    _tie(chat, kind, ticket, actor, contact)
    return ticket


@transaction.atomic
def join_ticket(chat: Chat, number: str, actor: Actor) -> Any:
    """Let the chat join a ticket of the same customer, by its number and within the actor's scope; returns it."""
    _still_free(chat)
    ticket = find_ticket(number, actor)
    if chat.customer_id is not None and ticket.customer_id != chat.customer_id:
        raise ValidationError(_t("This ticket belongs to another customer."))
    kind = "incident" if isinstance(ticket, Incident) else "request"
    _tie(chat, kind, ticket, actor, chat.contact)
    return ticket


def _still_free(chat: Chat) -> None:
    chat.refresh_from_db()
    if chat.ticket is not None:
        raise Refused([Reason(_t("This chat belongs to %(number)s already.") % {"number": chat.ticket.number})])


def _tie(chat: Chat, kind: str, ticket: Any, actor: Actor, contact: Any) -> None:
    chat.move("file", actor, **{kind: ticket, "customer": chat.customer or ticket.customer, "contact": contact})
    tell_of_chat(chat, ticket, actor)
    carry_over(chat)
