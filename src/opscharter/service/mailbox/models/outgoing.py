"""Mail that goes out to customers."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from opscharter.customers.models import Customer
from opscharter.kernel.access.actor import Actor
from opscharter.kernel.access.scope import Scope
from opscharter.kernel.records.lifecycle import Lifecycle, Move
from opscharter.kernel.records.numbering import Numbering
from opscharter.kernel.records.record import Record
from opscharter.organization.models import Department
from opscharter.service.mailbox import guards, sending
from opscharter.service.mailbox.models.mailbox import Mailbox


class OutgoingMail(Record):
    """A mail to a customer about a ticket: an acknowledgement, a word from the team, a step."""

    class State(models.TextChoices):
        WAITING = "WAITING", _("waiting")
        SENT = "SENT", _("sent")
        FAILED = "FAILED", _("not sent")
        RETURNED = "RETURNED", _("came back")

    class Purpose(models.TextChoices):
        ACKNOWLEDGEMENT = "acknowledgement", _("acknowledgement")
        WORD = "word", _("word to the customer")
        STEP = "step", _("news of a step")

    mailbox = models.ForeignKey(
        Mailbox, models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("mailbox")
    )
    purpose = models.CharField(_("purpose"), max_length=16, choices=Purpose.choices, editable=False)
    ticket_type = models.CharField(max_length=60, editable=False)
    ticket_id = models.BigIntegerField(editable=False)
    ticket_number = models.CharField(_("ticket"), max_length=40, editable=False)
    customer = models.ForeignKey(
        Customer, models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("customer")
    )
    team = models.ForeignKey(
        Department, models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("team")
    )
    from_address = models.CharField(_("from"), max_length=254, editable=False)
    to_address = models.CharField(_("to"), max_length=254, editable=False)
    language = models.CharField(_("language"), max_length=10, editable=False)
    subject = models.CharField(_("subject"), max_length=500, editable=False)
    body = models.TextField(_("text"), editable=False)
    message_id = models.CharField(_("Message-ID"), max_length=250, editable=False, unique=True)
    files = models.JSONField(_("files"), default=list, blank=True, editable=False)
    """The ids of the ticket's files that go with it."""
    answers = models.CharField(max_length=250, blank=True, editable=False)
    """The Message-ID of the mail it answers."""
    queued_at = models.DateTimeField(_("written at"), editable=False, db_index=True)
    sent_at = models.DateTimeField(_("sent"), null=True, editable=False)
    error = models.CharField(_("trouble"), max_length=300, blank=True, editable=False)
    note = models.TextField(_("note"), blank=True)

    numbering = Numbering("OUT-{date:%Y%m%d}-{seq:04}")
    scope = Scope(department="team", customer="customer")
    create_guards = (guards.written_by_the_product,)
    search_fields = ("subject", "to_address", "ticket_number")
    lifecycle = Lifecycle(
        State,
        start=State.WAITING,
        moves=[
            Move("mark-sent", [State.WAITING, State.FAILED], State.SENT, _("Sent"), automatic=True,
                 prepare=[sending.mark_sent]),
            Move("fail", [State.WAITING, State.FAILED], State.FAILED, _("Not sent"), automatic=True),
            Move("return", [State.WAITING, State.SENT, State.FAILED], State.RETURNED, _("Came back"), automatic=True),
            Move("send-again", [State.FAILED, State.RETURNED], State.WAITING, _("Send again"), primary=True,
                 effects=[sending.send_again]),
        ],
        final=[State.SENT],
    )  # fmt: skip

    class Meta:
        verbose_name = _("outgoing mail")
        verbose_name_plural = _("outgoing mail")
        indexes = [
            models.Index(fields=["state", "queued_at"], name="outgoing_state"),
            models.Index(fields=["ticket_type", "ticket_id"], name="outgoing_ticket"),
            models.Index(fields=["to_address", "queued_at"], name="outgoing_to"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.subject}"

    def on_create(self, actor: Actor) -> None:
        """Let a job send it."""
        sending.send_again(self, actor, {})
