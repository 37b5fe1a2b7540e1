"""Contracts and the service levels they promise."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from opscharter.customers import hooks
from opscharter.customers.models.customer import Customer
from opscharter.customers.models.service import Service
from opscharter.kernel.access.actor import Actor
from opscharter.kernel.access.scope import Scope
from opscharter.kernel.calendars.models import BusinessCalendar
from opscharter.kernel.records.lifecycle import Lifecycle, Move
from opscharter.kernel.records.numbering import Numbering
from opscharter.kernel.records.record import Record
from opscharter.organization.models import Employee


class Priority(models.IntegerChoices):
    """How soon something must be dealt with."""

    P1 = 1, _("P1 critical")
    P2 = 2, _("P2 high")
    P3 = 3, _("P3 moderate")
    P4 = 4, _("P4 low")


PROMISING = {"calendar_id", "starts_on", "ends_on", "services"}
"""What of a contract, beside its levels, decides what is promised."""


class Contract(Record):
    """What was agreed with a customer: services, dates, working time and service levels."""

    class State(models.TextChoices):
        DRAFT = "DRAFT", _("draft")
        ACTIVE = "ACTIVE", _("active")
        ENDED = "ENDED", _("ended")

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="contracts", verbose_name=_("customer"))
    name = models.CharField(_("name"), max_length=120)
    services = models.ManyToManyField(Service, verbose_name=_("services"), blank=True, related_name="contracts")
    project_manager = models.ForeignKey(
        Employee,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="contracts",
        verbose_name=_("project manager"),
        help_text=_("Sees this customer's records, and no other's."),
    )
    calendar = models.ForeignKey(
        BusinessCalendar,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("service hours"),
        help_text=_("Empty: round the clock."),
    )
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("to"))
    yearly_value = models.DecimalField(
        _("yearly value"), max_digits=14, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(0)]
    )
    currency = models.CharField(_("currency"), max_length=3, default="CNY")
    prepaid_minutes = models.PositiveIntegerField(
        _("prepaid minutes"), null=True, blank=True, help_text=_("Support time the contract holds; empty: not counted.")
    )
    retroactive = models.BooleanField(
        _("priority changes count back"),
        default=False,
        help_text=_("When a priority changes, the new target counts from the beginning instead of from the change."),
    )
    matrix = models.JSONField(
        _("priority matrix"),
        default=dict,
        blank=True,
        help_text=_('Only where it differs: {"1,3": 2} makes impact 1 with urgency 3 a P2.'),
    )

    decides_access = True
    numbering = Numbering("CT-{date:%Y}-{seq:04}")
    scope = Scope(
        department="customer__team", owner=("customer__account_manager", "project_manager"), customer="customer"
    )
    search_fields = ("name", "customer__name")
    lifecycle = Lifecycle(
        State,
        start=State.DRAFT,
        moves=[
            Move("activate", State.DRAFT, State.ACTIVE, _("Put into force"), primary=True),
            Move("end", State.ACTIVE, State.ENDED, _("End"), needs_reason=True),
        ],
        final=[State.ENDED],
    )

    class Meta:
        verbose_name = _("contract")
        verbose_name_plural = _("contracts")
        indexes = [models.Index(fields=["customer", "state"], name="contract_customer")]

    def __str__(self) -> str:
        return f"{self.number} {self.name}"

    def clean(self) -> None:
        """Refuse an end before the beginning and a matrix that names no priority."""
        if self.starts_on and self.ends_on and self.ends_on < self.starts_on:
            raise ValidationError({"ends_on": _("This ends before it begins.")})
        for pair, priority in (self.matrix or {}).items():
            parts = str(pair).split(",")
            if len(parts) != 2 or not all(p.strip() in "123" for p in parts) or priority not in Priority.values:
                raise ValidationError({"matrix": _("“%(pair)s” is not an impact and an urgency.") % {"pair": pair}})

    def on_change(self, actor: Actor, changes: Mapping[str, list[Any]]) -> None:
        """Let what runs under the contract follow its hours, dates and services."""
        if PROMISING & set(changes):
            hooks.levels_changed(self)


class SlaTarget(Record):
    """How long the company may take, under one contract, for one kind of step at one priority."""

    class Kind(models.TextChoices):
        ASSIGN = "assign", _("assign")
        RESPOND = "respond", _("respond")
        ASSESS = "assess", _("assess")
        RESOLVE = "resolve", _("resolve")
        UPDATE = "update", _("tell the customer")

    contract = models.ForeignKey(Contract, models.PROTECT, related_name="targets", verbose_name=_("contract"))
    priority = models.PositiveSmallIntegerField(_("priority"), choices=Priority.choices)
    kind = models.CharField(_("step"), max_length=10, choices=Kind.choices)
    minutes = models.PositiveIntegerField(_("minutes"), validators=[MinValueValidator(1)])
    round_the_clock = models.BooleanField(_("round the clock"), default=False)
    since = models.DateField(
        _("holds from"),
        null=True,
        blank=True,
        help_text=_("For what is opened from this day on. Empty: from the beginning of the contract."),
    )

    scope = Scope(department="contract__customer__team", customer="contract__customer")
    search_fields = ("contract__name", "contract__customer__name")

    class Meta:
        verbose_name = _("service level")
        verbose_name_plural = _("service levels")
        constraints = [
            models.UniqueConstraint(
                fields=["contract", "priority", "kind"],
                condition=models.Q(since__isnull=True, archived_at__isnull=True),
                name="sla_target_once",
            ),
            models.UniqueConstraint(
                fields=["contract", "priority", "kind", "since"],
                condition=models.Q(since__isnull=False, archived_at__isnull=True),
                name="sla_target_once_a_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_priority_display()} {self.get_kind_display()}"

    def holds_on(self, day: dt.date) -> bool:
        """Say whether the level holds for what is opened on a day, unless a later one does."""
        return self.archived_at is None and (self.since is None or self.since <= day)

    def on_create(self, actor: Actor) -> None:
        """Let what runs under the contract follow."""
        hooks.levels_changed(self.contract)

    def on_change(self, actor: Actor, changes: Mapping[str, list[Any]]) -> None:
        """Let what runs under the contract follow."""
        hooks.levels_changed(self.contract)

    def on_archive(self, actor: Actor) -> None:
        """Let what runs under the contract follow."""
        hooks.levels_changed(self.contract)
