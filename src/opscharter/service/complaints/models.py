"""Complaints of customers."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from opscharter.customers.models import Contact, Customer, Feedback
from opscharter.kernel import moment
from opscharter.kernel.access.scope import Scope
from opscharter.kernel.records.numbering import Numbering
from opscharter.kernel.records.record import Record
from opscharter.organization.models import Department, Employee
from opscharter.service.complaints.calendar import due_for
from opscharter.service.complaints.lifecycle import LIFE, OPEN
from opscharter.service.tickets.models import Incident, ServiceRequest


class Complaint(Record):
    """What a customer is not content with, who answers for it, by when, and what came of it."""

    class Channel(models.TextChoices):
        PHONE = "phone", _("phone")
        EMAIL = "email", _("e-mail")
        PORTAL = "portal", _("portal")
        CHAT = "chat", _("live chat")
        VISIT = "visit", _("visit")
        SURVEY = "survey", _("survey")

    class Outcome(models.TextChoices):
        JUSTIFIED = "justified", _("justified")
        PARTLY = "partly", _("partly justified")
        NOT_JUSTIFIED = "not-justified", _("not justified")

    class Answer(models.TextChoices):
        ACCEPTED = "accepted", _("accepts the reply")
        REFUSED = "refused", _("does not accept it")

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="complaints", verbose_name=_("customer"))
    contact = models.ForeignKey(
        Contact, models.PROTECT, null=True, blank=True, related_name="complaints", verbose_name=_("contact")
    )
    channel = models.CharField(_("channel"), max_length=8, choices=Channel.choices, default=Channel.PHONE)
    subject = models.CharField(_("subject"), max_length=160)
    body = models.TextField(_("what the customer says"))
    feedback = models.ForeignKey(
        Feedback, models.PROTECT, null=True, blank=True, related_name="complaints", verbose_name=_("came as feedback")
    )
    incidents = models.ManyToManyField(Incident, blank=True, related_name="complaints", verbose_name=_("incidents"))
    requests = models.ManyToManyField(
        ServiceRequest, blank=True, related_name="complaints", verbose_name=_("service requests")
    )
    received_at = models.DateTimeField(_("received"), editable=False, db_index=True)
    due_at = models.DateTimeField(_("answer due"), editable=False)
    owner = models.ForeignKey(
        Employee, models.PROTECT, null=True, blank=True, related_name="complaints", verbose_name=_("owner")
    )
    department = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, related_name="complaints", verbose_name=_("department")
    )
    reply = models.TextField(_("reply to the customer"), blank=True)
    first_replied_at = models.DateTimeField(_("first answered"), null=True, editable=False)
    replied_at = models.DateTimeField(_("answered"), null=True, editable=False)
    replied_by = models.ForeignKey(
        Employee, models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("answered by")
    )
    outcome = models.CharField(_("outcome"), max_length=14, choices=Outcome.choices, blank=True)
    root_cause = models.TextField(_("root cause"), blank=True)
    customer_answer = models.CharField(_("the customer's answer"), max_length=10, choices=Answer.choices, blank=True)
    refusals = models.PositiveSmallIntegerField(_("not content"), default=0, editable=False)
    closed_at = models.DateTimeField(_("closed at"), null=True, editable=False)

    numbering = Numbering("CP-{date:%Y}-{seq:04}")
    scope = Scope(owner=("owner", "customer__account_manager"), department="department", customer="customer")
    search_fields = ("subject", "body", "customer__name")
    name_fields = ("number", "subject")
    timeline_fields = ("owner", "department", "outcome", "customer_answer")
    lifecycle = LIFE

    class Meta:
        verbose_name = _("complaint")
        verbose_name_plural = pgettext_lazy("records", "complaints")
        indexes = [models.Index(fields=["state", "due_at"], name="complaint_due")]

    def __str__(self) -> str:
        return f"{self.number} {self.subject}"

    def clean_fields(self, exclude: Any = None) -> None:
        """Set what follows from the moment it came in, and from whom."""
        if self.pk is None:
            self.received_at = self.received_at or moment.now()
            if self.customer_id is None and self.contact is not None:
                self.customer_id = self.contact.customer_id
            self.due_at = due_for(self)
        if self.department_id is None and self.owner is not None:
            self.department_id = self.owner.department_id
        super().clean_fields(exclude=exclude)

    def clean(self) -> None:
        """Refuse a contact, or feedback, of another customer."""
        if self.contact is not None and self.contact.customer_id != self.customer_id:
            raise ValidationError({"contact": _("This contact belongs to another customer.")})
        if self.feedback is not None and self.feedback.customer_id != self.customer_id:
            raise ValidationError({"feedback": _("This feedback belongs to another customer.")})

    @property
    def overdue(self) -> bool:
        """Say whether the answer is late."""
        return self.state in OPEN and self.first_replied_at is None and self.due_at < moment.now()
