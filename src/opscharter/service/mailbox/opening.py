"""From a message to a ticket: opening one, or adding to one what its customer wrote."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.apps import apps
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from opscharter.customers.models import Contact
from opscharter.kernel.access.actor import Actor, Grant, Reach, system_actor
from opscharter.kernel.files.attachments import attach, safe_name
from opscharter.kernel.timeline import entries
from opscharter.kernel.timeline.events import declare_event
from opscharter.kernel.timeline.models import TimelineEntry
from opscharter.service.mailbox import writing
from opscharter.service.mailbox.reading.mail import Mail, plain_subject, read
from opscharter.service.mailbox.reading.quotes import split
from opscharter.service.mailbox.tokens import without_tokens
from opscharter.service.mailbox.words import Opens, Why
from opscharter.service.tickets.lifecycle import OPEN, State
from opscharter.service.tickets.models import Incident, ServiceRequest, TicketLink
from opscharter.service.tickets.models.ticket import Channel, Level, WaitingFor
from opscharter.service.tickets.together import link

MODELS: dict[str, Any] = {Opens.INCIDENT: Incident, Opens.REQUEST: ServiceRequest}
TICKETS: dict[str, Any] = {model._meta.label_lower: model for model in (Incident, ServiceRequest)}
FILE_LEFT_OUT = declare_event("mail-file-left-out", _("The attachment %(name)s was not kept here: %(reason)s"))
GOES_ON = (*OPEN, State.RESOLVED)
"""States of tickets to which an answer is added."""


def correspondent(message: Any) -> Actor:
    """Return the actor in whose name a mail is put down: a stranger to all but the customer's own tickets."""
    name = message.contact.name if message.contact else message.from_name or message.from_address
    grants = tuple(
        Grant(label, action, Reach.CUSTOMER, "mail") for label in TICKETS for action in ("view", "create", "comment")
    )
    customers = frozenset({message.customer_id} - {None})
    return Actor(label=name, grants=grants, customers=customers, external=True, via="mail")


def open_ticket_named(number: str, customer_id: int | None, actor: Actor) -> Any:
    """Return a customer's open ticket by its number, within the actor's scope."""
    for model in TICKETS.values():
        rows = model.objects.visible_to(actor).current().filter(state__in=GOES_ON, customer_id=customer_id)
        if (found := rows.filter(number=number.strip().upper()).first()) is not None:
            return found
    return None


def tie(message: Any, ticket: Any) -> None:
    """Note on a message to which ticket it belongs; the caller saves it."""
    message.ticket_type, message.ticket_id = ticket._meta.label_lower, ticket.pk
    message.ticket_number, message.team_id = ticket.number, ticket.team_id or message.team_id


def ticket_of(message: Any) -> Any:
    """Return the ticket a message belongs to."""
    return (
        apps.get_model(message.ticket_type)._base_manager.filter(pk=message.ticket_id).first()
        if message.ticket_id
        else None
    )


def open_ticket(message: Any, mail: Mail, *, follows: Any = None) -> Any:
    """Open a ticket for a mail, with its files and an acknowledgement; `follows` is the closed one it answers."""
    mailbox, sender = message.mailbox, correspondent(message)
    kind = type(follows) if follows is not None else MODELS[mailbox.opens if mailbox else Opens.INCIDENT]
    words = mail.text or _t("(The mail has no text.)")
    ticket = kind(
        title=_title_of(mail, follows),
        description=words,
        customer=message.customer,
        contact=message.contact,
        reported_by="" if message.contact else f"{message.from_name} <{message.from_address}>".strip()[:120],
        service=message.service or (mailbox.service if mailbox else None) or getattr(follows, "service", None),
        channel=Channel.EMAIL,
        impact=Level.MEDIUM,
        urgency=Level.MEDIUM,
    )  # fmt: skip
    served = ticket.service is not None and ticket.service.team_id is not None
    if mailbox is not None and not served and ticket.customer.team_id is None:
        ticket.team = mailbox.team
    ticket.save_as(sender)
    if follows is not None:
        link(ticket, follows, TicketLink.Kind.RELATES, system_actor("mail"))
    _keep_files(ticket, mail, sender)
    tie(message, ticket)
    writing.acknowledge(message, ticket, follows)
    return ticket


def _title_of(mail: Mail, follows: Any) -> str:
    said = plain_subject(without_tokens(mail.subject)) or (follows.title if follows is not None else "")
    return (said or mail.text.partition("\n")[0].strip() or _t("(no subject)"))[:200]


def add_to_ticket(message: Any, mail: Mail, ticket: Any) -> None:
    """Add what a customer wrote to a ticket; what the ticket waited for has come, so it goes on."""
    sender = correspondent(message)
    said, quoted = split(mail.text)
    names = ", ".join(safe_name(file.name) for file in mail.files)
    ticket.comment_as(sender, said or names or _t("(The mail has no text.)"), visibility="customer", folded=quoted)
    _keep_files(ticket, mail, sender)
    ticket.refresh_from_db()
    if ticket.state == State.WAITING and ticket.waiting_for == WaitingFor.CUSTOMER:
        ticket.move("resume", system_actor("mail"))
    tie(message, ticket)


def _keep_files(ticket: Any, mail: Mail, sender: Actor) -> None:
    for file in mail.files:
        try:
            attach(ticket, sender, SimpleUploadedFile(safe_name(file.name), file.content))
        except ValidationError as error:
            data = {"name": safe_name(file.name), "reason": " ".join(error.messages)}
            entries.append(ticket, system_actor("mail"), TimelineEntry.Kind.EVENT, verb=FILE_LEFT_OUT, data=data)


def accept(message: Any, actor: Actor, inputs: Mapping[str, Any]) -> None:
    """Take a message in as somebody decided: as a new ticket or into an open one, and remember its sender."""
    if message.make_contact:
        name = (message.from_name or message.from_address.partition("@")[0])[:80]
        known = Contact(customer=message.customer, name=name, email=message.from_address)
        message.contact = known.save_as(actor)
    mail = read(bytes(message.raw.content))
    if message.join:
        add_to_ticket(message, mail, open_ticket_named(message.join, message.customer_id, actor))
    else:
        open_ticket(message, mail)
    message.why, message.join = Why.ACCEPTED, ""
