"""Taking mail in: kept first, then judged by rule, so that every message has an outcome and none is answered twice."""

from __future__ import annotations

import datetime as dt
import hashlib
import logging
from contextlib import suppress
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import DatabaseError, IntegrityError, transaction

from opscharter.customers.models import Contact
from opscharter.kernel import moment
from opscharter.kernel.access.actor import Actor, system_actor
from opscharter.kernel.errors import Conflict, NotPermitted, Refused
from opscharter.kernel.jobs.queue import job
from opscharter.service.mailbox import opening, telling
from opscharter.service.mailbox.models import Mailbox, MailMessage, RawMail
from opscharter.service.mailbox.reading.authentication import proof_of
from opscharter.service.mailbox.reading.mail import Mail, Unreadable, read
from opscharter.service.mailbox.reading.nature import ORDINARY, Nature, nature_of
from opscharter.service.mailbox.threading import customers_behind, find_conversation, mail_of_ours, run_on_of
from opscharter.service.mailbox.words import Kind, OnFailure, Outcome, Proof, Source, Why

WITHIN = dt.timedelta(minutes=10)
MOST_OF_ONE_SENDER = 20
"""So many mails of one sender are taken in within that time; what comes more waits for a decision."""
MOST_ALIKE = 3
"""So many messages with one subject and no thread make one ticket; what comes more is taken for a machine's."""
log = logging.getLogger(__name__)


def actor() -> Actor:
    """Return in whose name messages are kept and judged."""
    return system_actor("mail")


def keep(content: bytes, *, mailbox: Mailbox | None = None, source: Source = Source.PIPE, size: int = 0) -> MailMessage:
    """Keep a message as it came and let a job judge it; the same bytes are kept once. `size` is given when cut."""
    digest = hashlib.sha256(content).hexdigest()
    if (known := _kept(digest)) is not None:
        return known
    try:
        with transaction.atomic():
            whole = size or len(content)
            raw = RawMail(sha256=digest, content=content[: settings.MAX_MAIL_BYTES], size=whole, stored_at=moment.now())
            raw.save(force_insert=True)
            message = MailMessage(
                raw=raw, mailbox=mailbox, source=source, size=whole, team=mailbox.team if mailbox else None
            )
            message.save_as(actor())
            process_mail.enqueue(message.pk)
    except IntegrityError:  # another process kept the same bytes at this moment
        if (known := _kept(digest)) is None:
            raise
        return known
    return message


def _kept(digest: str) -> MailMessage | None:
    return MailMessage.objects.filter(raw__sha256=digest).select_related("mailbox").first()


@job(retries=5, in_transaction=False)
def process_mail(pk: int) -> str:
    """Judge one message; nothing happens when it has its outcome already."""
    return process(pk).state


def process(pk: int) -> MailMessage:
    """Judge a message and return it. What cannot be processed is quarantined, never lost and never tried for ever."""
    try:
        return _judge(pk)
    except DatabaseError:
        raise  # the database is away or busy: the message keeps, the job is tried again
    except (Refused, NotPermitted, Conflict, ValidationError) as error:
        return _set_aside(pk, Why.NOT_TAKEN, _said(error))
    except Exception as error:
        log.exception("mail message %s could not be processed", pk)
        return _set_aside(pk, Why.TROUBLE, type(error).__name__)


def _said(error: Exception) -> str:
    if isinstance(error, Refused):
        return " ".join(str(reason.message) for reason in error.reasons)[:500]
    return (" ".join(error.messages) if isinstance(error, ValidationError) else str(error))[:500]


@transaction.atomic
def _set_aside(pk: int, why: Why, detail: str) -> MailMessage:
    message = _locked(pk)
    if message.state == Outcome.RECEIVED:
        with suppress(Exception):  # what it says of itself helps to decide, where it can be read at all
            _note(message, read(bytes(message.raw.content)))
        message.message_id = ""
        _end(message, "quarantine", why, detail)
    return message


def _locked(pk: int) -> MailMessage:
    rows = MailMessage._base_manager.select_for_update(of=("self",)).select_related("mailbox", "raw")
    return rows.get(pk=pk)


def _end(message: MailMessage, move: str, why: Why, detail: str = "") -> None:
    message.why, message.detail = why, detail[:500]
    message.move(move, actor())
    if move in ("quarantine", "silence"):
        telling.tell(message)


@transaction.atomic
def _judge(pk: int) -> MailMessage:
    message = _locked(pk)
    if message.state != Outcome.RECEIVED:
        return message
    if message.raw.size > settings.MAX_MAIL_BYTES:
        _end(message, "refuse", Why.TOO_LARGE)
        return message
    try:
        mail = read(bytes(message.raw.content))
    except Unreadable as error:
        _end(message, "refuse", Why(error.why))
        return message
    _note(message, mail)
    if (first := _taken_before(message)) is not None:
        message.first, message.ticket_type, message.ticket_id = first, first.ticket_type, first.ticket_id
        message.ticket_number, message.customer, message.team = first.ticket_number, first.customer, first.team
        _end(message, "set-aside", Why.COPY, first.number)
        return message
    contacts = list(Contact.objects.current().filter(email__iexact=mail.from_address).select_related("customer", "user")
                    if mail.from_address else [])  # fmt: skip
    nature = nature_of(mail, _our_addresses(), known_sender=bool(contacts))
    message.kind = Kind(nature.kind)
    if nature.kind != ORDINARY:
        _silence(message, mail, nature)
    else:
        _take(message, mail, contacts)
    return message


def _note(message: MailMessage, mail: Mail) -> None:
    """Put down what the message says of itself."""
    message.message_id, message.from_address, message.from_name = mail.message_id, mail.from_address, mail.from_name
    message.to, message.subject = ", ".join(dict.fromkeys(mail.to))[:500], mail.subject
    message.sent_at, message.files, message.language = mail.sent_at, len(mail.files), mail.language
    message.subject_key, message.digest = mail.subject_key, mail.digest
    if message.mailbox is None:
        message.mailbox = Mailbox.objects.current().filter(address__in=mail.to).order_by("pk").first()
        message.team = message.team or (message.mailbox.team if message.mailbox else None)
    if message.mailbox is not None and message.mailbox.authserv_id:
        found = proof_of(mail.message, message.mailbox.authserv_id, mail.from_address)
        message.proof, message.proofs = Proof(found.verdict), found.words


def _taken_before(message: MailMessage) -> MailMessage | None:
    """Return the message with the same Message-ID from the same sender that came first."""
    if not message.message_id:
        return None
    same = MailMessage.objects.filter(message_id=message.message_id, from_address=message.from_address)
    return same.filter(first__isnull=True).exclude(pk=message.pk).order_by("pk").first()


def _our_addresses() -> set[str]:
    return {*Mailbox.objects.values_list("address", flat=True), settings.DEFAULT_FROM_EMAIL.lower()}


def _silence(message: MailMessage, mail: Mail, nature: Nature) -> None:
    """Keep what a machine wrote with the ticket it is about; nobody answers it."""
    failed = sorted({*nature.failed, *nature.delayed})
    ours = mail_of_ours(mail, failed)
    if ours is not None:
        opening.tie(message, opening.ticket_of(ours))
        message.customer = ours.customer
        only_delayed = bool(nature.delayed) and not nature.failed
        if nature.kind == Kind.BOUNCE and not only_delayed and ours.state != "RETURNED":
            ours.error = ", ".join(sorted(nature.failed))[:300] or mail.subject[:300]
            ours.move("return", actor())
    _end(message, "silence", Why(nature.kind), ", ".join(failed))


def _take(message: MailMessage, mail: Mail, contacts: list[Contact]) -> None:
    """Make a ticket or an entry of what somebody wrote, or leave it to somebody to decide."""
    if not mail.from_address:
        return _end(message, "quarantine", Why.NO_SENDER)
    if mail.header("X-Spam-Flag").upper() == "YES":
        return _end(message, "quarantine", Why.SPAM)
    wanted = message.mailbox.on_failure if message.mailbox else OnFailure.TAKE
    if message.proof == Proof.FAILED and wanted != OnFailure.TAKE:
        step = "refuse" if wanted == OnFailure.REFUSE else "quarantine"
        return _end(message, step, Why.UNPROVEN, message.proofs)
    ticket = find_conversation(mail, contacts)
    found = customers_behind(contacts, ticket, message.mailbox)
    if found.why:
        return _end(message, "quarantine", found.why)
    message.customer, message.contact = found.customer, found.contact
    if (same := _lately(message).filter(digest=message.digest).order_by("pk").first()) is not None:
        return _silence_repeated(message, same)
    if _lately(message).count() >= MOST_OF_ONE_SENDER:
        return _end(message, "quarantine", Why.MANY)
    if ticket is None and message.subject_key:
        alike = list(_lately(message).filter(subject_key=message.subject_key).order_by("pk")[:MOST_ALIKE])
        if len(alike) >= MOST_ALIKE:
            return _silence_repeated(message, alike[0])
        ticket = opening.ticket_of(alike[0]) if alike else None
    if ticket is not None and ticket.state in opening.GOES_ON:
        opening.add_to_ticket(message, mail, ticket)
        return _end(message, "take-in", Why.REPLY)
    if ticket is not None:
        message.answers_type, message.answers_id = ticket._meta.label_lower, ticket.pk
        if (running := run_on_of(ticket)) is not None:
            opening.add_to_ticket(message, mail, running)
            return _end(message, "take-in", Why.REPLY, running.number)
    opening.open_ticket(message, mail, follows=ticket)
    return _end(message, "take-in", Why.FOLLOW_UP if ticket is not None else Why.NEW)


def _silence_repeated(message: MailMessage, earlier: MailMessage) -> None:
    opening.tie(message, opening.ticket_of(earlier))
    _end(message, "silence", Why.REPEATED, earlier.number)


def _lately(message: MailMessage) -> Any:
    """Return what the sender's mail has become in the last minutes, for the same customer."""
    rows = MailMessage.objects.filter(from_address=message.from_address, customer=message.customer)
    rows = rows.filter(received_at__gt=message.received_at - WITHIN, received_at__lte=message.received_at)
    return rows.filter(ticket_id__isnull=False).exclude(pk=message.pk)
