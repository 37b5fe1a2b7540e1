"""Messages that wait for a decision, as things to do."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext_lazy as _

from opscharter.kernel.access.actor import Actor
from opscharter.kernel.resources.links import record_url
from opscharter.kernel.resources.tasks import Task
from opscharter.service.mailbox.models import MailMessage
from opscharter.service.mailbox.words import Outcome

DUE = dt.timedelta(hours=24)
MOST = 20
KIND = _("mail to decide on")


def messages_to_decide(actor: Actor) -> list[Task]:
    """Return the quarantined messages within the reach of whoever decides on mail at the desk."""
    if not actor.holds("service.mailmessage", "accept") or actor.system:
        return []
    rows = MailMessage.objects.visible_to(actor, "accept").current().filter(state=Outcome.QUARANTINED)
    return [
        Task(
            f"{message.subject or '—'} · {message.from_address or '?'}", KIND, record_url(message), "3.1.1",
            message.received_at + DUE,
        )
        for message in rows.order_by("received_at")[:MOST]
    ]  # fmt: skip
