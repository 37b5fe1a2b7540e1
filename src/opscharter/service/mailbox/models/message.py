"""Messages as they came, and what became of them."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from opscharter.customers.models import Contact, Customer, Service
from opscharter.kernel import moment
from opscharter.kernel.access.scope import Scope
from opscharter.kernel.audit import rules
from opscharter.kernel.records.numbering import Numbering
from opscharter.kernel.records.record import Record
from opscharter.organization.models import Department
from opscharter.service.mailbox import guards
from opscharter.service.mailbox.lifecycle import MESSAGE
from opscharter.service.mailbox.models.mailbox import Mailbox
from opscharter.service.mailbox.words import Kind, Proof, Source, Why

rules.APPEND_ONLY.append("service_rawmail")


class RawMail(models.Model):
    """A message byte for byte, kept before anything reads it. The same bytes are kept once."""

    sha256 = models.CharField(max_length=64, unique=True)
    content = models.BinaryField()
    size = models.PositiveBigIntegerField()
    """Of the whole message; of one that is larger than mails may be only the beginning is kept."""
    stored_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.sha256


class MailMessage(Record):
    """A message that came in: from whom, about what, and what became of it and why."""

    raw = models.OneToOneField(RawMail, models.PROTECT, editable=False, related_name="message")
    mailbox = models.ForeignKey(
        Mailbox, models.PROTECT, null=True, editable=False, related_name="messages", verbose_name=_("mailbox")
    )
    source = models.CharField(_("came by"), max_length=8, choices=Source.choices, editable=False)
    received_at = models.DateTimeField(_("received at"), editable=False, db_index=True)
    handled_at = models.DateTimeField(_("handled at"), null=True, editable=False)
    handle_seconds = models.PositiveIntegerField(_("seconds until handled"), null=True, editable=False)
    decided_at = models.DateTimeField(_("decided at"), null=True, editable=False)
    decide_seconds = models.PositiveIntegerField(_("seconds until decided"), null=True, editable=False)

    message_id = models.CharField(_("Message-ID"), max_length=250, blank=True, editable=False)
    from_address = models.CharField(_("sender"), max_length=254, blank=True, editable=False)
    from_name = models.CharField(_("sender's name"), max_length=120, blank=True, editable=False)
    to = models.CharField(_("to"), max_length=500, blank=True, editable=False)
    subject = models.CharField(_("subject"), max_length=500, blank=True, editable=False)
    sent_at = models.DateTimeField(_("sent"), null=True, editable=False)
    size = models.PositiveBigIntegerField(_("size"), default=0, editable=False)
    files = models.PositiveSmallIntegerField(_("files"), default=0, editable=False)
    subject_key = models.CharField(max_length=200, blank=True, editable=False)
    digest = models.CharField(max_length=64, blank=True, editable=False)
    language = models.CharField(max_length=10, blank=True, editable=False)
    kind = models.CharField(_("what it is"), max_length=12, choices=Kind.choices, blank=True, editable=False)
    why = models.CharField(_("why"), max_length=20, choices=Why.choices, blank=True, editable=False)
    proof = models.CharField(_("sender's domain"), max_length=8, choices=Proof.choices, blank=True, editable=False)
    proofs = models.CharField(_("found by our mail server"), max_length=200, blank=True, editable=False)
    """SPF, DKIM and DMARC as our own mail server wrote them down; empty where it does not."""
    detail = models.CharField(_("detail"), max_length=500, blank=True, editable=False)

    customer = models.ForeignKey(
        Customer, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("customer")
    )
    contact = models.ForeignKey(
        Contact, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("contact")
    )
    service = models.ForeignKey(
        Service, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("service")
    )
    team = models.ForeignKey(
        Department, models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("team")
    )
    join = models.CharField(
        _("add to ticket"), max_length=40, blank=True, help_text=_("Number of an open ticket; empty: a new one.")
    )
    make_contact = models.BooleanField(
        _("remember the sender"),
        default=False,
        help_text=_("As a contact of the customer, whose next mail is taken in."),
    )
    ticket_type = models.CharField(max_length=60, blank=True, editable=False)
    ticket_id = models.BigIntegerField(null=True, editable=False)
    ticket_number = models.CharField(_("ticket"), max_length=40, blank=True, editable=False)
    answers_type = models.CharField(max_length=60, blank=True, editable=False)
    answers_id = models.BigIntegerField(null=True, editable=False)
    """The closed ticket that it answered."""
    first = models.ForeignKey(
        "self", models.PROTECT, null=True, editable=False, related_name="copies", verbose_name=_("received first as")
    )
    note = models.TextField(_("note"), blank=True)

    numbering = Numbering("MAIL-{date:%Y%m%d}-{seq:04}")
    scope = Scope(department="team", customer="customer")
    lifecycle = MESSAGE
    create_guards = (guards.kept_as_it_came,)
    search_fields = ("subject", "from_address", "from_name", "ticket_number")

    class Meta:
        verbose_name = _("mail message")
        verbose_name_plural = _("mail messages")
        constraints = [
            models.UniqueConstraint(
                fields=["message_id", "from_address"], name="mail_message_once",
                condition=models.Q(first__isnull=True) & ~models.Q(message_id=""),
            )
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["state", "received_at"], name="mail_state"),
            models.Index(fields=["ticket_type", "ticket_id"], name="mail_ticket"),
            models.Index(fields=["answers_type", "answers_id"], name="mail_answers"),
            models.Index(fields=["message_id"], name="mail_message_id"),
            models.Index(fields=["from_address", "received_at"], name="mail_sender"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.subject or self.from_address}".strip()

    def full_clean(self, *args: object, **kwargs: object) -> None:
        """Note when it came, then validate."""
        if self.received_at is None:
            self.received_at = moment.now()
        super().full_clean(*args, **kwargs)  # type: ignore[arg-type]
