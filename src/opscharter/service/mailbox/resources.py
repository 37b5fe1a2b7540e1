"""How mailboxes and mail appear."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from opscharter.kernel.access.actor import Actor
from opscharter.kernel.resources.declaration import Column, Panel, Resource, Section, Stage, Text, View
from opscharter.kernel.resources.links import list_url, record_url
from opscharter.service.mailbox.models import Mailbox, MailboxProgress, MailboxSecret, MailMessage, OutgoingMail
from opscharter.service.mailbox.opening import GOES_ON, ticket_of
from opscharter.service.mailbox.reading.mail import Unreadable, read
from opscharter.service.mailbox.reading.quotes import split
from opscharter.service.mailbox.sending import files_of
from opscharter.service.mailbox.suggesting import likely_customers
from opscharter.service.mailbox.tokens import without_tokens
from opscharter.service.mailbox.words import Kind, Outcome, Proof

STATE = OutgoingMail.State
SUBJECT = Column("subject", _("subject"), lambda mail: without_tokens(mail.subject), ("subject",))
HEADERS = ("From", "To", "Cc", "Reply-To", "Date", "Message-ID", "In-Reply-To", "Auto-Submitted", "List-Id")
MOST_ON_TICKET = 12


def _view(outcome: Outcome) -> View:
    return View(outcome.lower().replace("_", "-"), outcome.label, lambda actor: Q(state=outcome))


def _badges(message: Any) -> list[tuple[Text, str]]:
    badges: list[tuple[Text, str]] = []
    if message.kind and message.kind != Kind.ORDINARY:
        badges.append((message.get_kind_display(), "n"))
    if message.proof:
        tone = {Proof.PASSED: "g", Proof.FAILED: "r"}.get(message.proof, "n")
        badges.append((message.get_proof_display(), tone))
    if message.why:
        badges.append((message.get_why_display(), {"QUARANTINED": "a", "REFUSED": "r"}.get(message.state, "n")))
    return badges


def _content(message: Any, actor: Actor) -> Mapping[str, Any]:
    """Return a message as a person reads it, made harmless; of what cannot be read only that it is kept."""
    try:
        mail = read(bytes(message.raw.content))
    except Unreadable:
        return {"mail": None}
    said, quoted = split(mail.text)
    headers = [(name, value) for name in HEADERS if (value := mail.header(name))]
    return {"mail": mail, "said": said, "quoted": quoted, "headers": headers}


def _placing(message: Any, actor: Actor) -> Mapping[str, Any] | None:
    """Return what helps to decide about a message nobody was found for."""
    if message.state != Outcome.QUARANTINED:
        return None
    return {"likely": likely_customers(message, actor)}


def _what_became(message: Any, actor: Actor) -> Mapping[str, Any] | None:
    ticket = ticket_of(message)
    if ticket is not None and not type(ticket).objects.visible_to(actor).filter(pk=ticket.pk).exists():
        ticket = None
    if ticket is None and message.first_id is None:
        return None
    return {"ticket": ticket, "first": message.first, "url": record_url(ticket) if ticket else ""}


def _mail_of(ticket: Any, actor: Actor) -> Mapping[str, Any] | None:
    """Return the mail that came and went for a ticket, the newest first."""
    of_ticket = {"ticket_type": ticket._meta.label_lower, "ticket_id": ticket.pk}
    came = list(MailMessage.objects.visible_to(actor).filter(**of_ticket).order_by("-received_at")[:MOST_ON_TICKET])
    if not came:
        return None
    went = list(OutgoingMail.objects.visible_to(actor).filter(**of_ticket).order_by("-queued_at")[:MOST_ON_TICKET])
    lines = [(m.received_at, True, m) for m in came] + [(m.queued_at, False, m) for m in went]
    lines.sort(key=lambda line: line[0], reverse=True)
    return {"lines": lines[:MOST_ON_TICKET]}


ON_TICKET = Panel(_("Mail"), "service/mailbox/on_ticket.html", _mail_of, later=True)


def _fetching(mailbox: Any, actor: Actor) -> Mapping[str, Any]:
    counts = {
        outcome: MailMessage.objects.current().filter(mailbox=mailbox, state=outcome).count()
        for outcome in (Outcome.TAKEN_IN, Outcome.QUARANTINED, Outcome.SILENCED, Outcome.REFUSED)
    }
    address = list_url(messages)
    shown = [
        (each.label, count, f"{address}?mailbox={mailbox.pk}&state={each.value}") for each, count in counts.items()
    ]
    return {
        "progress": MailboxProgress.objects.filter(mailbox=mailbox).first(), "counts": shown,
        "secret": MailboxSecret.objects.filter(mailbox=mailbox).values_list("set_at", flat=True).first(),
        "may": actor.may("service.mailbox", "edit"), "on": mailbox.state == Mailbox.State.ON,
    }  # fmt: skip


mailboxes = Resource(
    Mailbox, "mailboxes", icon="mailbox", order="name",
    columns=["name", "address", "state", "opens", "service", "customer", "team", "keeper"],
    filters=["state", "opens", "team", "service", "customer"],
    form=[
        Section(_("Mailbox"), ["name", "address", "language", "acknowledge"]),
        Section(_("What becomes of its mail"), ["opens", "service", "customer", "team", "keeper"]),
        Section(_("Where it is fetched"), ["host", "port", "security", "username", "secret_name", "folder",
                                           "done_folder"]),
        Section(_("How it signs in"), ["sign_in", "token_url", "client_id", "token_scope"]),
        Section(_("How answers go out"), ["smtp_host", "smtp_port", "smtp_security", "smtp_username",
                                          "smtp_secret_name"]),
        Section(_("Whether senders are who they say"), ["authserv_id", "on_failure"]),
    ],
    panels=[Panel(_("Fetching"), "service/mailbox/fetching.html", _fetching, place="main")],
    choices={"keeper": lambda actor: Q(left_on__isnull=True)},
)  # fmt: skip
messages = Resource(
    MailMessage, "mail-messages", icon="mail", order="-received_at", badges=_badges,
    columns=["number", SUBJECT, "from_address", "state", "ticket_number", "why", "customer", "mailbox",
             "received_at"],
    filters=["state", "kind", "why", "proof", "mailbox", "customer", "source", "received_at"],
    views=[_view(each) for each in (Outcome.QUARANTINED, Outcome.TAKEN_IN, Outcome.SILENCED, Outcome.REFUSED)],
    form=["note"],
    facts=["from_name", "from_address", "to", "mailbox", "source", "kind", "why", "detail", "proof", "proofs",
           "customer", "contact", "service", "team", "ticket_number", "first", "received_at", "handle_seconds",
           "decided_at", "size", "files", "message_id", "note"],
    stages=[Stage(_("Came in"), (Outcome.RECEIVED,)), Stage(_("To be decided"), (Outcome.QUARANTINED,)),
            Stage(_("Done"), (Outcome.TAKEN_IN, Outcome.SILENCED, Outcome.REFUSED, Outcome.COPY))],
    panels=[
        Panel(_("Text of the mail"), "service/mailbox/message.html", _content, place="main"),
        Panel(_("Whose may it be?"), "service/mailbox/placing.html", _placing),
        Panel(_("What became of it"), "service/mailbox/became.html", _what_became),
    ],
    choices={"customer": lambda actor: Q(), "contact": lambda actor: Q()},
)  # fmt: skip
outgoing = Resource(
    OutgoingMail, "outgoing-mail", icon="mail-forward", order="-queued_at",
    columns=["number", SUBJECT, "to_address", "state", "purpose", "ticket_number", "customer", "queued_at",
             "sent_at"],
    filters=["state", "purpose", "customer", "mailbox", "queued_at"], form=["note"],
    views=[View("failed", _("Not sent"), lambda actor: Q(state=STATE.FAILED)),
           View("returned", _("Came back"), lambda actor: Q(state=STATE.RETURNED)),
           View("waiting", _("Waiting"), lambda actor: Q(state=STATE.WAITING))],
    facts=["from_address", "to_address", "purpose", "ticket_number", "customer", "language", "mailbox", "queued_at",
           "sent_at", "error", "message_id", "note"],
    stages=[Stage(_("Written"), (STATE.WAITING,)), Stage(_("Sent"), (STATE.SENT, STATE.FAILED, STATE.RETURNED))],
    panels=[
        Panel(
            _("Text of the mail"), "service/mailbox/text.html", lambda mail, actor: {"files": files_of(mail)},
            place="main",
        ),
        Panel(_("Ticket"), "service/mailbox/became.html", lambda mail, actor: _about(mail, actor)),
    ],
)  # fmt: skip


def _about(mail: Any, actor: Actor) -> Mapping[str, Any] | None:
    ticket = ticket_of(mail)
    if ticket is None or not type(ticket).objects.visible_to(actor).filter(pk=ticket.pk).exists():
        return None
    return {"ticket": ticket, "first": None, "url": record_url(ticket), "open": ticket.state in GOES_ON}
