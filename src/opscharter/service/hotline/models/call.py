"""Telephone calls."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from opscharter.customers.models import Contact, Contract, Customer
from opscharter.customers.phones import LONGEST, key_of
from opscharter.customers.service_levels import contract_for
from opscharter.kernel import moment
from opscharter.kernel.access.actor import Actor
from opscharter.kernel.access.scope import Scope
from opscharter.kernel.records.numbering import Numbering
from opscharter.kernel.records.record import Record
from opscharter.organization.models import Employee
from opscharter.service.hotline import callers, effects
from opscharter.service.hotline.lifecycle import LIFECYCLE, State
from opscharter.service.hotline.outcomes import Direction, Outcome
from opscharter.service.tickets.models import Incident, ServiceRequest


class PhoneCall(Record):
    """A call at the hotline: who called, for which customer, how long one talked, and what became of it (§3.1.1)."""

    caller_number = models.CharField(_("caller's number"), max_length=60, blank=True)
    number_key = models.CharField(max_length=LONGEST, blank=True, editable=False, db_index=True)
    direction = models.CharField(_("direction"), max_length=3, choices=Direction.choices, default=Direction.IN)
    caller_name = models.CharField(
        _("name the caller gives"), max_length=80, blank=True, help_text=_("Of somebody who is no contact.")
    )
    kept_unknown = models.BooleanField(_("caller stays unknown"), default=False)
    contact = models.ForeignKey(
        Contact, models.PROTECT, null=True, blank=True, related_name="calls", verbose_name=_("contact")
    )
    customer = models.ForeignKey(
        Customer, models.PROTECT, null=True, blank=True, related_name="calls", verbose_name=_("customer")
    )
    contract = models.ForeignKey(
        Contract, models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("contract")
    )
    incident = models.ForeignKey(
        Incident, models.PROTECT, null=True, blank=True, related_name="calls", verbose_name=_("incident")
    )
    request = models.ForeignKey(
        ServiceRequest, models.PROTECT, null=True, blank=True, related_name="calls", verbose_name=_("service request")
    )
    agent = models.ForeignKey(
        Employee, models.PROTECT, null=True, blank=True, related_name="calls", verbose_name=_("agent")
    )
    outcome = models.CharField(_("outcome"), max_length=12, choices=Outcome.choices, blank=True)
    note = models.TextField(_("what was said"), blank=True)

    started_at = models.DateTimeField(_("started"), editable=False, db_index=True)
    ended_at = models.DateTimeField(_("ended"), null=True, editable=False)
    closed_at = models.DateTimeField(_("closed at"), null=True, editable=False)
    parked_since = models.DateTimeField(null=True, editable=False)
    parked_seconds = models.PositiveIntegerField(_("seconds parked"), default=0, editable=False)
    recorded_at = models.DateTimeField(_("on record since"), null=True, editable=False)
    record_seconds = models.PositiveIntegerField(_("seconds to the record"), null=True, editable=False)
    handed_at = models.DateTimeField(_("handed to on-call"), null=True, editable=False)

    numbering = Numbering("TEL-{date:%Y%m%d}-{seq:04}")
    scope = Scope(owner="agent", department="agent__department", customer="customer")
    search_fields = ("caller_name", "caller_number", "contact__name", "customer__name", "note")
    lifecycle = LIFECYCLE

    class Meta:
        verbose_name = _("telephone call")
        verbose_name_plural = _("telephone calls")
        indexes = [
            models.Index(fields=["agent", "state"], name="phone_call_agent"),
            models.Index(fields=["customer", "started_at"], name="phone_call_customer"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.caller}"

    @property
    def caller(self) -> str:
        """Return who calls, as well as one knows."""
        known = self.contact.name if self.contact else self.caller_name
        return known or self.caller_number or str(_("number withheld"))

    @property
    def caller_told(self) -> bool:
        """Say whether it is on record who called, or that nobody could say."""
        return bool(self.contact_id or self.caller_name.strip() or self.kept_unknown)

    @property
    def ticket(self) -> Incident | ServiceRequest | None:
        """Return the ticket that the call made or was added to."""
        return self.incident or self.request

    @property
    def talked_seconds(self) -> int:
        """Return how long one has talked: from the beginning to the end or to now, without the time parked."""
        end = self.parked_since or self.ended_at or moment.now()
        return max(0, int((end - self.started_at).total_seconds()) - self.parked_seconds)

    def full_clean(self, *args: Any, **kwargs: Any) -> None:
        """Fill in what follows from the number and the caller, then validate."""
        if self.started_at is None:
            self.started_at = moment.now()
        self.number_key = key_of(self.caller_number)
        if self.pk is None and self.contact is None and self.customer is None:
            found = callers.find(self.caller_number)
            self.contact, self.customer = found.contact, found.customer
        if self.contact is not None:
            self.customer = self.contact.customer
        if (ticket := self.ticket) is not None:
            self.customer = self.customer or ticket.customer
            self.recorded_at = self.recorded_at or moment.now()
        self.contract = contract_for(self.customer_id, None, moment.in_office(self.started_at).date())
        super().full_clean(*args, **kwargs)

    def clean(self) -> None:
        """Refuse two tickets, and another customer's."""
        if self.incident_id is not None and self.request_id is not None:
            raise ValidationError(_("A call has one ticket: the incident or the service request."))
        if self.ticket is not None and self.ticket.customer_id not in (None, self.customer_id):
            raise ValidationError(_("This ticket is another customer's."))

    def before_create(self, actor: Actor) -> None:
        """The call is of whoever takes it, unless another was named."""
        if self.agent_id is None:
            self.agent_id = actor.person_id

    def on_create(self, actor: Actor) -> None:
        """The agent's other calls on the line are parked."""
        if self.state == State.TALKING:
            effects.park_the_others(self, actor, {})
        if self.ticket is not None:
            effects.tell_ticket(self, actor)

    def on_change(self, actor: Actor, changes: Mapping[str, list[Any]]) -> None:
        """Let a ticket know that there was a call about it."""
        if {"incident_id", "request_id"} & set(changes) and self.ticket is not None:
            effects.tell_ticket(self, actor)
