"""Sending written mail: a job per mail, tried again while the mail server does not take it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.apps import apps
from django.core.files.storage import default_storage
from django.core.mail import EmailMessage
from django.db import transaction

from opscharter.kernel import moment
from opscharter.kernel.access.actor import Actor, system_actor
from opscharter.kernel.files.models import Attachment
from opscharter.kernel.jobs.queue import job
from opscharter.kernel.timeline.models import Visibility
from opscharter.service.mailbox.reading.nature import MARK
from opscharter.service.mailbox.smtp import server_of

Inputs = Mapping[str, Any]


def mark_sent(mail: Any, actor: Actor, inputs: Inputs) -> None:
    """Note when it left."""
    mail.sent_at, mail.error = moment.now(), ""


def send_again(mail: Any, actor: Actor, inputs: Inputs) -> None:
    """Let a job send it."""
    send_mail_job.enqueue(mail.pk)


@job(retries=6, in_transaction=False)
def send_mail_job(pk: int) -> bool:
    """Send one mail; says whether it left now. No transaction is open while the server is waited for.

    A worker that dies between the server's yes and our note sends it twice, with one and the same Message-ID.
    """
    model = apps.get_model("service", "outgoingmail")
    mail: Any = model._base_manager.select_related("mailbox").filter(pk=pk).first()
    if mail is None or mail.state not in ("WAITING", "FAILED"):
        return False
    try:
        _post(mail)
    except Exception as error:
        with transaction.atomic():
            mail.error = f"{type(error).__name__}: {error}"[:300]
            mail.move("fail", system_actor("mail"))
        raise
    mail.move("mark-sent", system_actor("mail"))
    return True


def _post(mail: Any) -> None:
    """Hand a mail to its mailbox's own server, or to the installation's."""
    message = as_message(mail)
    if mail.mailbox is not None and mail.mailbox.smtp_host:
        message.connection = server_of(mail.mailbox)
    message.send()


def as_message(mail: Any) -> EmailMessage:
    """Return a mail as it goes over the wire: threaded, and marked so that no machine answers it."""
    references = _references(mail)
    headers = {
        "Message-ID": f"<{mail.message_id}>",
        "Auto-Submitted": "auto-replied" if mail.purpose == "acknowledgement" else "auto-generated",
        "X-Auto-Response-Suppress": "All",
        "X-Loop": mail.from_address,
        "Content-Language": mail.language,
        MARK: mail.number,
    }
    if references:
        headers |= {"In-Reply-To": f"<{references[-1]}>", "References": " ".join(f"<{each}>" for each in references)}
    name = mail.mailbox.name if mail.mailbox else ""
    sender = f'"{_quotable(name)}" <{mail.from_address}>' if name else mail.from_address
    message = EmailMessage(" ".join(mail.subject.split()), mail.body, sender, [mail.to_address], headers=headers)
    for kept in files_of(mail):
        with default_storage.open(kept.path) as stored:
            message.attach(kept.name, stored.read(), kept.content_type)
    return message


def files_of(mail: Any) -> list[Attachment]:
    """Return the files that go with a mail; what was taken away from the ticket meanwhile does not go."""
    found = Attachment.objects.filter(pk__in=mail.files, archived_at__isnull=True, visibility=Visibility.CUSTOMER)
    of_ticket = found.filter(record_type=mail.ticket_type, record_id=mail.ticket_id)
    return list(of_ticket.order_by("added_at", "pk"))


def _quotable(name: str) -> str:
    return "".join(character for character in name if character not in '"\\<>\r\n')


def _references(mail: Any) -> list[str]:
    """Return the Message-IDs of the conversation, the newest last."""
    of_ticket = {"ticket_type": mail.ticket_type, "ticket_id": mail.ticket_id}
    came = apps.get_model("service", "mailmessage")._base_manager.filter(state="TAKEN_IN", **of_ticket)
    ids = [each for each in came.order_by("received_at", "pk").values_list("message_id", flat=True)[:10] if each]
    if mail.answers:
        ids = [each for each in ids if each != mail.answers] + [mail.answers]
    return ids
