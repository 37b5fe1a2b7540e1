"""The figures of the mailboxes."""

from __future__ import annotations

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from opscharter.kernel.indicators.registry import indicator
from opscharter.service.mailbox.models import MailMessage, OutgoingMail
from opscharter.service.mailbox.words import Outcome

DIMENSIONS = {"department": "team_id", "customer": "customer_id"}

HANDLED = indicator(
    "service.mail-handled", label=_("Messages with an outcome within five minutes"), clause="3.1.1", target=99,
    population=lambda: [MailMessage.objects.current()], numerator=Q(handle_seconds__lte=300), when="received_at",
    dimensions=DIMENSIONS,
)  # fmt: skip
UNDECIDED = indicator(
    "service.mail-undecided", label=_("Messages that wait for a decision"), unit=_("messages"), clause="3.1.2",
    population=lambda: [MailMessage.objects.current().filter(state=Outcome.QUARANTINED)], when="received_at",
    standing_stock=True, direction="down", dimensions=DIMENSIONS,
)  # fmt: skip
REACHED = indicator(
    "service.mail-reached", label=_("Mails that reached the customer"), clause="3.3.2", target=98,
    population=lambda: [OutgoingMail.objects.current().exclude(state=OutgoingMail.State.WAITING)],
    numerator=Q(state=OutgoingMail.State.SENT), when="queued_at", dimensions=DIMENSIONS,
)  # fmt: skip
