"""Time entries."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from opscharter.customers.models import Contract, Customer
from opscharter.customers.service_levels import contract_for
from opscharter.kernel import moment
from opscharter.kernel.access.actor import Actor
from opscharter.kernel.access.scope import Scope
from opscharter.kernel.records.record import Record
from opscharter.organization.models import Employee
from opscharter.service.tickets.models import Incident, ServiceRequest
from opscharter.service.worktime import balance

DAY = 24 * 60


class TimeEntry(Record):
    """Minutes that one person spent on one ticket, billed to the customer's contract or not."""

    incident = models.ForeignKey(
        Incident, models.PROTECT, null=True, blank=True, related_name="time_entries", verbose_name=_("incident")
    )
    request = models.ForeignKey(
        ServiceRequest, models.PROTECT, null=True, blank=True, related_name="time_entries",
        verbose_name=_("service request"),
    )  # fmt: skip
    person = models.ForeignKey(Employee, models.PROTECT, related_name="+", verbose_name=_("person"))
    worked_on = models.DateField(_("day"))
    minutes = models.PositiveIntegerField(_("minutes"), validators=[MinValueValidator(1), MaxValueValidator(DAY)])
    billable = models.BooleanField(_("billed"), default=True)
    note = models.CharField(_("what was done"), max_length=200, blank=True)
    customer = models.ForeignKey(
        Customer, models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("customer")
    )
    contract = models.ForeignKey(
        Contract, models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("contract")
    )

    scope = Scope(owner="person", department=("incident__team", "request__team"))
    search_fields = ("note", "incident__number", "request__number")

    class Meta:
        verbose_name = _("time entry")
        verbose_name_plural = _("time entries")
        indexes = [
            models.Index(fields=["contract", "billable", "worked_on"], name="time_entry_contract"),
            models.Index(fields=["customer", "worked_on"], name="time_entry_customer"),
        ]

    def __str__(self) -> str:
        return f"{self.worked_on} {self.minutes}′ {self.ticket.number if self.ticket else ''}".strip()

    @property
    def ticket(self) -> Any:
        """Return the ticket that was worked on."""
        return self.incident or self.request

    def full_clean(self, *args: Any, **kwargs: Any) -> None:
        """Find customer and contract through the ticket and the day, then validate."""
        if self.worked_on is None:
            self.worked_on = moment.today()
        if (ticket := self.ticket) is not None:
            self.customer_id = ticket.customer_id
            self.contract = contract_for(ticket.customer_id, ticket.service_id, self.worked_on)
        super().full_clean(*args, **kwargs)

    def clean(self) -> None:
        """Refuse time on no ticket or on two, and time not yet worked."""
        if (self.incident_id is None) == (self.request_id is None):
            raise ValidationError(_("Name the incident or the service request, one of them."))
        if self.worked_on > moment.today():
            raise ValidationError({"worked_on": _("This day has not come yet.")})

    def on_create(self, actor: Actor) -> None:
        """Warn when the contract's hours near their end."""
        balance.warn(self.contract)

    def on_change(self, actor: Actor, changes: Any) -> None:
        """Warn when the contract's hours near their end."""
        balance.warn(self.contract)
