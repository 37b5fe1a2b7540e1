"""Surveys, and by which rule customers are asked."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from opscharter.customers.models import Contact, Contract, Customer, Service
from opscharter.kernel import moment
from opscharter.kernel.access.scope import Scope
from opscharter.kernel.records.numbering import Numbering
from opscharter.kernel.records.record import Record
from opscharter.organization.models import Department, Employee
from opscharter.service.satisfaction.lifecycle import LIFE
from opscharter.service.satisfaction.rules import contract_of
from opscharter.service.tickets.models import Incident, ServiceRequest

OPEN_DAYS = 14


class SurveyRule(Record):
    """How many of a contract's closed tickets are asked about, and how seldom one person is asked."""

    contract = models.ForeignKey(
        Contract, models.PROTECT, null=True, blank=True, related_name="survey_rules", verbose_name=_("contract"),
        help_text=_("Empty: every contract without a rule of its own."),
    )  # fmt: skip
    share = models.PositiveSmallIntegerField(
        _("share of tickets (percent)"), default=50, validators=[MaxValueValidator(100)]
    )
    rest_days = models.PositiveSmallIntegerField(
        _("one person at most every (days)"), default=30, validators=[MinValueValidator(1)]
    )
    open_days = models.PositiveSmallIntegerField(
        _("may be answered for (days)"), default=14, validators=[MinValueValidator(1)]
    )

    scope = Scope(department="contract__customer__team", customer="contract__customer")

    class Meta:
        verbose_name = _("survey rule")
        verbose_name_plural = _("survey rules")
        constraints = [
            models.UniqueConstraint(
                fields=["contract"], condition=Q(archived_at__isnull=True), name="survey_rule_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.contract or _('every contract')}: {self.share} %"

    def clean(self) -> None:
        """Refuse a second rule for all contracts."""
        others = SurveyRule.objects.current().filter(contract__isnull=True).exclude(pk=self.pk)
        if self.contract_id is None and others.exists():
            raise ValidationError({"contract": _("There is a rule for every contract already.")})

    @classmethod
    def of(cls, contract: Contract | None) -> SurveyRule | None:
        """Return the rule of a contract, else the one for all that have none."""
        rules = cls.objects.current()
        own = rules.filter(contract=contract).first() if contract is not None else None
        return own or rules.filter(contract__isnull=True).first()


class Survey(Record):
    """What a customer's contact was asked about one closed ticket, what they answered, and what followed."""

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="surveys", verbose_name=_("customer"))
    contact = models.ForeignKey(Contact, models.PROTECT, related_name="surveys", verbose_name=_("contact"))
    incident = models.ForeignKey(
        Incident, models.PROTECT, null=True, blank=True, related_name="surveys", verbose_name=_("incident")
    )
    request = models.ForeignKey(
        ServiceRequest, models.PROTECT, null=True, blank=True, related_name="surveys", verbose_name=_("request")
    )
    ticket_number = models.CharField(_("ticket"), max_length=40, editable=False)
    title = models.CharField(_("title"), max_length=200, editable=False)
    service = models.ForeignKey(
        Service, models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("service")
    )
    team = models.ForeignKey(
        Department, models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("team")
    )
    employee = models.ForeignKey(
        Employee, models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("handler")
    )
    language = models.CharField(_("language"), max_length=10, editable=False)
    sent_at = models.DateTimeField(_("sent"), editable=False, db_index=True)
    expires_at = models.DateTimeField(_("may be answered until"), editable=False)
    answered_at = models.DateTimeField(_("answered"), null=True, editable=False, db_index=True)
    score = models.PositiveSmallIntegerField(
        _("score"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(5)]
    )
    text = models.TextField(_("what the customer says"), blank=True, max_length=2000)
    owner = models.ForeignKey(
        Employee, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("followed up by")
    )
    due_on = models.DateField(_("follow up by"), null=True, blank=True)
    resolution = models.TextField(_("what was done"), blank=True)
    settled_at = models.DateTimeField(_("followed up at"), null=True, editable=False)

    numbering = Numbering("SV-{date:%Y}-{seq:05}")
    scope = Scope(owner=("employee", "owner"), department="team", customer="customer")
    search_fields = ("title", "ticket_number", "customer__name")
    name_fields = ("number", "ticket_number")
    timeline_fields = ("owner", "due_on", "score")
    lifecycle = LIFE

    class Meta:
        verbose_name = _("satisfaction survey")
        verbose_name_plural = _("satisfaction surveys")
        constraints = [
            models.UniqueConstraint(
                fields=["incident"], condition=Q(incident__isnull=False), name="survey_an_incident"
            ),
            models.UniqueConstraint(fields=["request"], condition=Q(request__isnull=False), name="survey_a_request"),
        ]
        indexes = [models.Index(fields=["contact", "sent_at"], name="survey_contact")]

    def __str__(self) -> str:
        return f"{self.number} {self.ticket_number}"

    @property
    def ticket(self) -> Any:
        """Return the ticket that is asked about."""
        return self.incident or self.request

    def clean_fields(self, exclude: Any = None) -> None:
        """Take over what is known of the ticket."""
        ticket = self.ticket
        if self.pk is None and ticket is not None:
            self.ticket_number, self.title = ticket.number, ticket.title
            self.customer_id, self.service_id = ticket.customer_id, ticket.service_id
            self.team_id, self.employee_id = ticket.team_id, ticket.assignee_id
        if self.pk is None:
            rule = SurveyRule.of(contract_of(ticket) if ticket is not None else None)
            self.sent_at = self.sent_at or moment.now()
            self.expires_at = self.sent_at + dt.timedelta(days=rule.open_days if rule else OPEN_DAYS)
            user = self.contact.user if self.contact_id is not None else None
            self.language = (user.language if user else "") or settings.LANGUAGE_CODE
        super().clean_fields(exclude=exclude)

    def clean(self) -> None:
        """Refuse a survey about nothing, about two tickets, or asked of another customer's contact."""
        if (self.incident_id is None) == (self.request_id is None):
            raise ValidationError(_("A survey is about one ticket."))
        if self.contact_id is not None and self.contact.customer_id != self.customer_id:
            raise ValidationError({"contact": _("This contact belongs to another customer.")})
