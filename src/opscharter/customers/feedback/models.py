"""Feedback of customers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from opscharter.customers.models.customer import Contact, Customer
from opscharter.kernel import moment
from opscharter.kernel.access.actor import Actor
from opscharter.kernel.access.scope import Scope
from opscharter.kernel.calendars.models import BusinessCalendar, calendar_of
from opscharter.kernel.controls.decisions import settings_at
from opscharter.kernel.controls.registry import CHECKS
from opscharter.kernel.records.lifecycle import Lifecycle, Move
from opscharter.kernel.records.numbering import Numbering
from opscharter.kernel.records.record import Record
from opscharter.organization.models import Department, Employee

CHECK, WORKING_DAYS = "organization.feedback-answered", 5


class State(models.TextChoices):
    RECEIVED = "RECEIVED", _("received")
    ROUTED = "ROUTED", _("routed")
    ANSWERED = "ANSWERED", _("answered")
    CLOSED = "CLOSED", _("closed")


OPEN = (State.RECEIVED, State.ROUTED)


def note_answer(feedback: Any, actor: Actor, inputs: Mapping[str, Any]) -> None:
    """Keep when the customer was answered, and by whom."""
    feedback.answered_at, feedback.answered_by_id = moment.now(), actor.person_id


def due_for(received: dt.datetime) -> dt.datetime:
    """Return by when feedback is to be answered: so many working days of the company's calendar later."""
    check = CHECKS.get(CHECK)
    days = int(settings_at([check])[CHECK].parameters["working_days"]) if check is not None else WORKING_DAYS
    office = BusinessCalendar.objects.current().order_by("pk").first()
    return calendar_of(office).add_days(received, days)


class Feedback(Record):
    """Praise, a complaint, a suggestion or a question of a customer: routed to a department and answered in time."""

    class Kind(models.TextChoices):
        COMPLAINT = "complaint", _("complaint")
        SUGGESTION = "suggestion", _("suggestion")
        QUESTION = "question", _("question")
        PRAISE = "praise", _("praise")

    class Channel(models.TextChoices):
        PORTAL = "portal", _("portal")
        PHONE = "phone", _("phone")
        EMAIL = "email", _("e-mail")
        VISIT = "visit", _("visit")
        SURVEY = "survey", _("survey")

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="feedback", verbose_name=_("customer"))
    contact = models.ForeignKey(
        Contact, models.PROTECT, null=True, blank=True, related_name="feedback", verbose_name=_("contact")
    )
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices, default=Kind.SUGGESTION)
    channel = models.CharField(_("channel"), max_length=8, choices=Channel.choices, default=Channel.PHONE)
    subject = models.CharField(_("subject"), max_length=160)
    body = models.TextField(_("what the customer says"))
    received_at = models.DateTimeField(_("received"), editable=False)
    due_at = models.DateTimeField(_("answer due"), editable=False)
    department = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, related_name="feedback", verbose_name=_("department")
    )
    handler = models.ForeignKey(
        Employee, models.PROTECT, null=True, blank=True, related_name="feedback", verbose_name=_("handler")
    )
    answer = models.TextField(_("answer"), blank=True)
    answered_at = models.DateTimeField(_("answered"), null=True, editable=False)
    answered_by = models.ForeignKey(
        Employee, models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("answered by")
    )

    numbering = Numbering("FB-{date:%Y}-{seq:04}")
    scope = Scope(
        owner=("handler", "customer__account_manager"), department="department", customer="customer", contact="contact"
    )
    search_fields = ("subject", "number", "body", "customer__name")
    timeline_fields = ("department", "handler")
    lifecycle = Lifecycle(
        State,
        start=State.RECEIVED,
        moves=[
            Move("route", OPEN, State.ROUTED, _("Route to a department"), primary=True,
                 inputs=["department", "handler"], required=["department"]),
            Move("answer", State.ROUTED, State.ANSWERED, _("Answer"), primary=True, inputs=["answer"],
                 required=["answer"], prepare=[note_answer], customer_visible=True),
            Move("close", State.ANSWERED, State.CLOSED, _("Close"), primary=True, customer_visible=True),
            Move("ask-again", (State.ANSWERED, State.CLOSED), State.ROUTED, _("The answer does not do"),
                 needs_reason=True, customer_visible=True),
        ],
        final=[State.CLOSED],
    )  # fmt: skip

    class Meta:
        verbose_name = _("customer feedback")
        verbose_name_plural = _("customer feedback")
        indexes = [models.Index(fields=["state", "due_at"], name="feedback_due")]

    def __str__(self) -> str:
        return f"{self.number} {self.subject}"

    def clean_fields(self, exclude: Any = None) -> None:
        """Set what follows from the moment it came in: it arrives now, and its answer is due from then on."""
        if self.pk is None:
            self.received_at = self.received_at or moment.now()
            self.due_at = due_for(self.received_at)
            if self.contact_id is not None and self.contact is not None and self.customer_id is None:
                self.customer_id = self.contact.customer_id
        super().clean_fields(exclude=exclude)

    def clean(self) -> None:
        """Refuse a contact of another customer."""
        if self.contact is not None and self.contact.customer_id != self.customer_id:
            raise ValidationError({"contact": _("This contact belongs to another customer.")})

    @property
    def overdue(self) -> bool:
        """Say whether the answer is late."""
        return self.state in OPEN and self.due_at < moment.now()
