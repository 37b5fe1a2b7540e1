"""Maintenance plans: what is looked after, how often, by whom, and by which checklist."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from opscharter.assets.models import Asset
from opscharter.customers.models import Customer, Service
from opscharter.kernel.access.scope import Scope
from opscharter.kernel.records.numbering import Numbering
from opscharter.kernel.records.record import Record
from opscharter.organization.models import Department, Employee
from opscharter.service.maintenance import rhythm


class MaintenancePlan(Record):
    """Work on a customer's assets that comes round: the rule of its days, who does it, and its checklist."""

    class Rhythm(models.TextChoices):
        WEEKLY = "FREQ=WEEKLY", _("every week")
        MONTHLY = "FREQ=MONTHLY", _("every month")
        QUARTERLY = "FREQ=MONTHLY;INTERVAL=3", _("every three months")
        HALF_YEARLY = "FREQ=MONTHLY;INTERVAL=6", _("every six months")
        YEARLY = "FREQ=YEARLY", _("every year")
        OWN = "own", _("by a rule of its own")

    class DayOff(models.TextChoices):
        NEXT = "next", _("the next working day")
        BEFORE = "before", _("the working day before")
        STAY = "stay", _("the same day")

    name = models.CharField(_("name"), max_length=120)
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="+", verbose_name=_("customer"))
    service = models.ForeignKey(
        Service, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("service")
    )
    assets = models.ManyToManyField(Asset, blank=True, related_name="maintenance_plans", verbose_name=_("assets"))
    instructions = models.TextField(_("instructions"), blank=True)
    rhythm = models.CharField(_("how often"), max_length=32, choices=Rhythm.choices, default=Rhythm.MONTHLY)
    rule = models.CharField(
        _("rule of its own"), max_length=200, blank=True,
        help_text=_("As calendars write it (RRULE): FREQ=MONTHLY;BYDAY=1MO is the first Monday of every month."),
    )  # fmt: skip
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("until"), null=True, blank=True)
    day_off = models.CharField(_("on a day off"), max_length=6, choices=DayOff.choices, default=DayOff.NEXT)
    within_days = models.PositiveSmallIntegerField(
        _("days of grace"), default=0, validators=[MaxValueValidator(60)],
        help_text=_("So many days later the work order still counts as done in time."),
    )  # fmt: skip
    ahead_days = models.PositiveSmallIntegerField(
        _("made days ahead"), default=14, validators=[MinValueValidator(1), MaxValueValidator(120)]
    )
    team = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("team")
    )
    engineer = models.ForeignKey(
        Employee, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("engineer")
    )
    active = models.BooleanField(_("in use"), default=True)

    numbering = Numbering("MP-{seq:04}")
    scope = Scope(owner="engineer", department="team", customer="customer")
    name_fields = ("number", "name")
    search_fields = ("name", "instructions", "customer__name")

    class Meta:
        verbose_name = _("maintenance plan")
        verbose_name_plural = _("maintenance plans")

    def __str__(self) -> str:
        return f"{self.number} {self.name}"

    @property
    def recurrence(self) -> str:
        """Return the rule that holds: its own, or the rhythm chosen."""
        return self.rule if self.rhythm == self.Rhythm.OWN else self.rhythm

    def full_clean(self, *args: Any, **kwargs: Any) -> None:
        """Fill in the team from the service or the customer, then validate."""
        if self.team_id is None:
            owners = (self.service, self.customer if self.customer_id else None)
            self.team_id = next((owner.team_id for owner in owners if owner is not None and owner.team_id), None)
        super().full_clean(*args, **kwargs)

    def clean(self) -> None:
        """Refuse a rule that cannot be read, and an end before the beginning."""
        if self.starts_on and self.ends_on and self.ends_on < self.starts_on:
            raise ValidationError({"ends_on": _("This ends before it begins.")})
        if self.starts_on and self.rhythm == self.Rhythm.OWN:
            try:
                rhythm.read(self.rule, self.starts_on)
            except ValueError as error:
                raise ValidationError({"rule": _("This rule cannot be read.")}) from error


class PlanStep(Record):
    """One line of a plan's checklist: something to look at, or a reading with its limits."""

    class Kind(models.TextChoices):
        CHECK = "check", _("look and answer")
        READING = "reading", _("read a figure")

    plan = models.ForeignKey(MaintenancePlan, models.PROTECT, related_name="steps", verbose_name=_("maintenance plan"))
    position = models.PositiveSmallIntegerField(_("position"), default=1)
    text = models.CharField(_("what is looked at"), max_length=200)
    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices, default=Kind.CHECK)
    unit = models.CharField(_("unit"), max_length=20, blank=True)
    lower = models.DecimalField(_("lower limit"), max_digits=12, decimal_places=3, null=True, blank=True)
    upper = models.DecimalField(_("upper limit"), max_digits=12, decimal_places=3, null=True, blank=True)
    needs_photo = models.BooleanField(_("with a photo"), default=False)

    scope = Scope(owner="plan__engineer", department="plan__team", customer="plan__customer")
    search_fields = ("text",)

    class Meta:
        verbose_name = _("checklist step")
        verbose_name_plural = _("checklist steps")
        indexes = [models.Index(fields=["plan", "position"], name="plan_step_order")]

    def __str__(self) -> str:
        return self.text

    def clean(self) -> None:
        """Refuse limits that leave nothing between them, and limits of what is no reading."""
        if self.lower is not None and self.upper is not None and self.lower > self.upper:
            raise ValidationError({"upper": _("The upper limit lies below the lower one.")})
        if self.kind == self.Kind.CHECK and (self.lower is not None or self.upper is not None):
            raise ValidationError({"kind": _("Only a reading has limits.")})
