"""To which ticket a mail belongs. Nothing is found for whom the ticket is not: not by a reference, not by a token."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from opscharter.customers.models import Contact, Customer
from opscharter.kernel import moment
from opscharter.service.mailbox.models import Mailbox, MailMessage, OutgoingMail
from opscharter.service.mailbox.opening import GOES_ON, TICKETS
from opscharter.service.mailbox.reading.charsets import raw_header
from opscharter.service.mailbox.reading.mail import Mail, ids_in
from opscharter.service.mailbox.tokens import tickets_in
from opscharter.service.mailbox.words import Outcome, Why

MOST_MERGES = 10
LATELY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Behind:
    """For whom a mail speaks; `why` says why that is left to a person."""

    customer: Customer | None = None
    contact: Contact | None = None
    why: Why | None = None


def find_conversation(mail: Mail, contacts: list[Contact]) -> Any:
    """Return the ticket a mail goes on about, by references or by token, if its sender belongs to the customer."""
    for ticket in [*_referred_to(mail), *tickets_in(mail.subject)]:
        if belongs(mail.from_address, contacts, ticket):
            return _merged_target(ticket)
    return None


def _referred_to(mail: Mail) -> list[Any]:
    """Return the tickets of the mails that a mail refers to, the nearest first."""
    if not mail.references:
        return []
    places: dict[str, tuple[str, int]] = {}
    rows = MailMessage.objects.filter(message_id__in=mail.references, ticket_id__isnull=False, state=Outcome.TAKEN_IN)
    for message_id, kind, pk in rows.values_list("message_id", "ticket_type", "ticket_id"):
        assert pk is not None
        places.setdefault(message_id, (kind, pk))
    for message_id, kind, pk in OutgoingMail.objects.filter(message_id__in=mail.references).values_list(
        "message_id", "ticket_type", "ticket_id"
    ):
        places[message_id] = (kind, pk)
    wanted = list(dict.fromkeys(places[each] for each in mail.references if each in places))
    found = [TICKETS[kind]._base_manager.filter(pk=pk).first() for kind, pk in wanted]
    return [ticket for ticket in found if ticket is not None]


def belongs(address: str, contacts: list[Contact], ticket: Any) -> bool:
    """Say whether a sender may write to a ticket: a contact of its customer, or the stranger it was opened for."""
    if any(contact.customer_id == ticket.customer_id for contact in contacts):
        return True
    opened_for = MailMessage.objects.filter(
        ticket_type=ticket._meta.label_lower, ticket_id=ticket.pk, state=Outcome.TAKEN_IN, contact__isnull=True,
        from_address=address,
    )  # fmt: skip
    return ticket.contact_id is None and not contacts and opened_for.exists()


def _merged_target(ticket: Any) -> Any:
    """Return the ticket that a merged one goes on in."""
    for _step in range(MOST_MERGES):
        if ticket.merged_into_id is None or ticket.merged_into.customer_id != ticket.customer_id:
            break
        ticket = ticket.merged_into
    return ticket


def run_on_of(ticket: Any) -> Any:
    """Return the open ticket that an earlier answer to a closed one has opened; the next answers go there."""
    earlier = MailMessage.objects.filter(
        answers_type=ticket._meta.label_lower, answers_id=ticket.pk, state=Outcome.TAKEN_IN
    )
    for kind, pk in earlier.order_by("-pk").values_list("ticket_type", "ticket_id")[:20]:
        found = TICKETS[kind]._base_manager.filter(pk=pk, customer_id=ticket.customer_id, state__in=GOES_ON).first()
        if found is not None:
            return found
    return None


def customers_behind(contacts: list[Contact], ticket: Any, mailbox: Mailbox | None) -> Behind:
    """Return for whom a mail speaks: by its ticket, by who its sender is, by the address it was sent to."""
    if ticket is not None:
        contact = next((each for each in contacts if each.customer_id == ticket.customer_id), None)
        return Behind(ticket.customer, contact)
    own = mailbox.customer if mailbox else None
    if own is not None and (not contacts or any(each.customer_id == own.pk for each in contacts)):
        return Behind(own, next((each for each in contacts if each.customer_id == own.pk), None))
    if not contacts:
        return Behind(why=Why.UNKNOWN)
    if len({each.customer_id for each in contacts}) > 1:
        return Behind(why=Why.AMBIGUOUS)
    return Behind(contacts[0].customer, contacts[0])


def mail_of_ours(mail: Mail, failed: Collection[str] = ()) -> OutgoingMail | None:
    """Return the mail of ours that a machine answered.

    By what it refers to, by the message it gives back, by its subject, else the last one to that address of today.
    """
    known = [*mail.references, *_ids_within(mail)]
    found = {each.message_id: each for each in OutgoingMail.objects.filter(message_id__in=known[:80])}
    first = next((found[each] for each in known if each in found), None)
    if first is not None:
        return first
    for ticket in tickets_in(mail.subject):
        of_ticket = OutgoingMail.objects.filter(ticket_type=ticket._meta.label_lower, ticket_id=ticket.pk)
        if (last := of_ticket.order_by("-pk").first()) is not None:
            return last
    lately = OutgoingMail.objects.filter(queued_at__gt=moment.now() - LATELY)
    return lately.filter(to_address__in=[mail.from_address, *failed]).order_by("-pk").first()


def _ids_within(mail: Mail) -> list[str]:
    """Return the Message-IDs of messages within the mail: a returned mail gives back ours, or its header."""
    found = []
    for number, part in enumerate(mail.message.walk()):
        if number > 200:
            break
        if number and (given := ids_in(raw_header(part, "Message-ID"))):
            found += given
        elif part.get_content_type() in ("text/rfc822-headers", "text/plain") and number:
            payload = part.get_payload()
            text = payload if isinstance(payload, str) else ""
            lines = text[:20_000].splitlines()
            found += [each for line in lines if line.lower().startswith("message-id:") for each in ids_in(line)]
    return found
