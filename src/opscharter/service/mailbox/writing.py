"""Writing to customers by mail: acknowledgements, words from the team, news of steps. A job sends what is written."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.apps import apps
from django.conf import settings
from django.utils.translation import gettext as _t
from django.utils.translation import override

from opscharter.kernel import moment
from opscharter.kernel.access.actor import Actor, system_actor
from opscharter.kernel.access.people import colleagues
from opscharter.kernel.files.models import Attachment
from opscharter.kernel.timeline.entries import entries_of
from opscharter.kernel.timeline.models import TimelineEntry, Visibility
from opscharter.service.mailbox.tokens import new_message_id, token_for, without_tokens
from opscharter.service.mailbox.words import Outcome
from opscharter.service.tickets.lifecycle import State
from opscharter.service.tickets.models.ticket import WaitingFor

MOST_ACKNOWLEDGEMENTS = 3
WITHIN = dt.timedelta(minutes=10)
"""So many acknowledgements go to one address in this time, whatever it sends."""


def _model(name: str) -> Any:
    return apps.get_model("service", name)


def conversation(ticket: Any) -> Any:
    """Return the newest message taken in for a ticket: whoever wrote by mail is answered by mail. None without one."""
    rows = _model("mailmessage").objects.filter(ticket_type=ticket._meta.label_lower, ticket_id=ticket.pk)
    rows = rows.filter(state=Outcome.TAKEN_IN).select_related("mailbox", "contact__user")
    found = list(rows.order_by("-received_at", "-pk")[:20])
    return next((m for m in found if m.contact_id == ticket.contact_id), None) or (found[0] if found else None)


def to_tell(ticket: Any) -> dict[str, tuple[Any, Any]]:
    """Return who is told of a ticket by mail: address → (ticket, message) of who wrote to it or to one merged in."""
    found: dict[str, tuple[Any, Any]] = {}
    for each in [
        ticket,
        *type(ticket)._default_manager.filter(merged_into_id=ticket.pk).select_related("contact__user"),
    ]:
        message = conversation(each)
        if message is not None and (to := recipient_of(each, message)):
            found.setdefault(to, (each, message))
    return found


def recipient_of(ticket: Any, message: Any) -> str:
    """Return where mail about a ticket goes: to its contact, or to the stranger whose mail somebody took in."""
    if ticket.contact is not None:
        return str(ticket.contact.email)
    return "" if message.contact_id else str(message.from_address)


def language_for(ticket: Any, message: Any) -> str:
    """Return the recipient's language: of the account, of the mail they wrote, of the mailbox."""
    account = ticket.contact.user if ticket.contact is not None else None
    if account is not None and account.language:
        return str(account.language)
    written = _model("mailmessage").objects.filter(
        ticket_type=message.ticket_type, ticket_id=message.ticket_id, from_address=message.from_address
    )
    first = written.exclude(language="").order_by("received_at", "pk").values_list("language", flat=True).first()
    return first or message.language or (message.mailbox.language if message.mailbox else settings.LANGUAGE_CODE)


def acknowledge(message: Any, ticket: Any, follows: Any = None) -> None:
    """Confirm that a mail has become a ticket, if the mailbox does so and not again and again."""
    mailbox, to = message.mailbox, recipient_of(ticket, message)
    if mailbox is None or not mailbox.acknowledge or not to:
        return
    Outgoing = _model("outgoingmail")  # a class
    lately = Outgoing.objects.filter(to_address=to, queued_at__gt=moment.now() - WITHIN, purpose="acknowledgement")
    if lately.count() >= MOST_ACKNOWLEDGEMENTS:
        return
    language = language_for(ticket, message)
    with override(language):
        lines = [_t("We have received your message and recorded it as %(number)s.") % {"number": ticket.number}]
        if follows is not None:
            lines.append(_t("%(old)s, which it answers, is closed.") % {"old": follows.number})
        lines.append(
            _t("You will hear from us. Please keep the subject when you answer, so that your answer finds its place.")
        )
    _queue("acknowledgement", ticket, message, to, lines, language)


def follow_comment(ticket: Any, actor: Actor, said: TimelineEntry) -> None:
    """Send what the team said to the customer, where the customer wrote by mail."""
    if actor.external or said.visibility != Visibility.CUSTOMER:
        return
    for to, (written_to, message) in to_tell(ticket).items():
        language = language_for(written_to, message)
        files, left = files_to_send(ticket, to)
        lines = [said.text]
        if left:
            with override(language):
                lines.append(_t("Too large for mail, for you on our portal: %(names)s") % {"names": ", ".join(left)})
        _queue("word", ticket, message, to, lines, language, who=said.who, files=files)


def files_to_send(ticket: Any, to: str) -> tuple[list[int], list[str]]:
    """Return the ids of the team's files for the customer that have not gone to an address yet, and the names of those
    that are too large together with the others."""
    gone = {
        pk for files in _model("outgoingmail").objects.filter(
            ticket_type=ticket._meta.label_lower, ticket_id=ticket.pk, to_address=to
        ).values_list("files", flat=True) for pk in files
    }  # fmt: skip
    of_ticket = Attachment.objects.filter(
        record_type=ticket._meta.label_lower, record_id=ticket.pk, archived_at__isnull=True,
        visibility=Visibility.CUSTOMER, added_by__in=colleagues(),
    ).exclude(pk__in=gone)  # fmt: skip
    taken, left, size = [], [], 0
    for kept in of_ticket.order_by("added_at", "pk"):
        if size + kept.size > settings.MAX_MAIL_FILES_BYTES:
            left.append(kept.name)
            continue
        taken.append(kept.pk)
        size += kept.size
    return taken, left


def follow_step(ticket: Any, actor: Actor, before: str) -> None:
    """Tell the customer by mail that the ticket is resolved, or waits for them."""
    waits = ticket.state == State.WAITING and ticket.waiting_for == WaitingFor.CUSTOMER
    if not waits and ticket.state != State.RESOLVED:
        return
    step = entries_of(ticket).filter(kind=TimelineEntry.Kind.MOVE).first()
    said = step.text if step else ""
    for to, (written_to, message) in to_tell(ticket).items():
        language = language_for(written_to, message)
        with override(language):
            if waits:
                lines = [_t("To go on we need something from you:"), said]
            else:
                done = _t("%(number)s is resolved.") % {"number": ticket.number}
                ask = _t("If it is not, answer this mail; without an answer it is closed after some working days.")
                lines = [done, said, ask]
        _queue("step", ticket, message, to, lines, language)


def _queue(purpose: str, ticket: Any, message: Any, to: str, lines: list[str], language: str, who: str = "",
           files: Sequence[int] = ()) -> Any:  # fmt: skip
    """Write a mail; it belongs to the caller's transaction, and so does the job that sends it."""
    mailbox = message.mailbox
    sender = mailbox.address if mailbox else settings.DEFAULT_FROM_EMAIL
    with override(language):
        closing = ["-- ", *filter(None, [who, settings.COMPANY_NAME]), f"{ticket.number} {ticket.title}"]
        body = "\n\n".join(filter(None, lines)) + "\n\n" + "\n".join(closing) + "\n"
        subject = f"{_t('Re: %(subject)s') % {'subject': without_tokens(ticket.title)[:180]}} {token_for(ticket)}"
    mail = _model("outgoingmail")(
        mailbox=mailbox, purpose=purpose, ticket_type=ticket._meta.label_lower, ticket_id=ticket.pk,
        ticket_number=ticket.number, customer=ticket.customer, team=ticket.team, from_address=sender, to_address=to,
        language=language, subject=subject, body=body, message_id=new_message_id(ticket, sender),
        answers=message.message_id, queued_at=moment.now(), files=list(files),
    )  # fmt: skip
    return mail.save_as(system_actor("mail"))
