"""Rosters: who is on call by turns, who stands in, and who is called when nobody answers."""

from __future__ import annotations

import datetime as dt

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from opscharter.customers.models import Service
from opscharter.kernel.access.scope import Scope
from opscharter.kernel.calendars.models import BusinessCalendar
from opscharter.kernel.records.numbering import Numbering
from opscharter.kernel.records.record import Record
from opscharter.organization.models import Department, Employee
from opscharter.service.oncall import duty

LEVELS = [MinValueValidator(1), MaxValueValidator(5)]


class Roster(Record):
    """Who is on call for a team, by turns, and whom to call when nobody answers."""

    name = models.CharField(_("name"), max_length=80, unique=True)
    team = models.ForeignKey(Department, models.PROTECT, related_name="rosters", verbose_name=_("team"))
    services = models.ManyToManyField(
        Service,
        blank=True,
        related_name="+",
        verbose_name=_("services"),
        help_text=_("Empty: all that the team serves."),
    )
    calendar = models.ForeignKey(
        BusinessCalendar, models.PROTECT, related_name="+", verbose_name=_("calendar"),
        help_text=_("Says which days are workdays, and in which time zone shifts change."),
    )  # fmt: skip
    active = models.BooleanField(_("in use"), default=True)

    numbering = Numbering("RST{seq:03}")
    scope = Scope(department="team")
    search_fields = ("name", "team__name")

    class Meta:
        verbose_name = _("on-call roster")
        verbose_name_plural = _("on-call rosters")

    def __str__(self) -> str:
        return self.name


class RosterShift(Record):
    """A shift of a roster that comes round: its days and times, and how often the person changes."""

    class Days(models.TextChoices):
        EVERY = duty.EVERY, _("every day")
        WORKDAYS = duty.WORKDAYS, _("workdays")
        DAYS_OFF = duty.DAYS_OFF, _("days off and holidays")

    class Rotation(models.TextChoices):
        DAILY = duty.DAILY, _("daily")
        WEEKLY = duty.WEEKLY, _("weekly")

    roster = models.ForeignKey(Roster, models.PROTECT, related_name="shifts", verbose_name=_("roster"))
    name = models.CharField(_("name"), max_length=60)
    level = models.PositiveSmallIntegerField(
        _("level"), default=1, validators=LEVELS, help_text=_("1 is called first, 2 when 1 does not answer.")
    )
    days = models.CharField(_("on"), max_length=10, choices=Days.choices, default=Days.EVERY)
    begins = models.TimeField(_("begins"), default=dt.time(9))
    ends = models.TimeField(_("ends"), default=dt.time(9), help_text=_("No later than the beginning: the next day."))
    rotation = models.CharField(_("changes"), max_length=8, choices=Rotation.choices, default=Rotation.WEEKLY)
    since = models.DateField(_("first turn"), help_text=_("The first person's first day; weeks are counted from it."))
    until = models.DateField(_("last day"), null=True, blank=True)

    scope = Scope(department="roster__team")
    search_fields = ("name", "roster__name")

    class Meta:
        verbose_name = _("shift")
        verbose_name_plural = _("shifts")

    def __str__(self) -> str:
        return f"{self.roster} · {self.name}"

    def clean(self) -> None:
        """Refuse an end before the beginning."""
        if self.until and self.until < self.since:
            raise ValidationError({"until": _("This ends before it begins.")})


class ShiftMember(Record):
    """One person's place in the turns of a shift."""

    shift = models.ForeignKey(RosterShift, models.PROTECT, related_name="members", verbose_name=_("shift"))
    position = models.PositiveSmallIntegerField(_("turn"), default=1)
    employee = models.ForeignKey(Employee, models.PROTECT, related_name="+", verbose_name=_("person"))

    scope = Scope(owner="employee", department="shift__roster__team")
    search_fields = ("employee__name", "shift__name")

    class Meta:
        verbose_name = _("turn of a shift")
        verbose_name_plural = _("turns of shifts")
        constraints = [
            models.UniqueConstraint(
                fields=["shift", "position"], condition=models.Q(archived_at__isnull=True), name="shift_turn_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.shift} {self.position}: {self.employee}"


class RosterOverride(Record):
    """Somebody takes over a level of a roster for a time: a swap, leave, an illness."""

    roster = models.ForeignKey(Roster, models.PROTECT, related_name="overrides", verbose_name=_("roster"))
    level = models.PositiveSmallIntegerField(_("level"), default=1, validators=LEVELS)
    begins_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("to"))
    employee = models.ForeignKey(Employee, models.PROTECT, related_name="+", verbose_name=_("who takes it"))
    instead_of = models.ForeignKey(
        Employee, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("instead of"),
        help_text=_("Empty: instead of whoever's turn it is."),
    )  # fmt: skip
    reason = models.CharField(_("reason"), max_length=200)

    scope = Scope(owner=("employee", "instead_of"), department="roster__team")
    search_fields = ("reason", "employee__name")

    class Meta:
        verbose_name = _("swap")
        verbose_name_plural = _("swaps")
        indexes = [models.Index(fields=["roster", "ends_at"], name="override_of_roster")]

    def __str__(self) -> str:
        return f"{self.roster} {self.employee}"

    def clean(self) -> None:
        """Refuse an end before the beginning and taking over from oneself."""
        if self.begins_at and self.ends_at and self.ends_at <= self.begins_at:
            raise ValidationError({"ends_at": _("This ends before it begins.")})
        if self.instead_of_id is not None and self.instead_of_id == self.employee_id:
            raise ValidationError({"instead_of": _("Nobody takes over from themselves.")})


class EscalationStep(Record):
    """Whom a roster calls so many minutes after the first call, as long as nobody has answered."""

    class Whom(models.TextChoices):
        LEVEL_1 = "1", _("who is on call first")
        LEVEL_2 = "2", _("who is on call second")
        LEVEL_3 = "3", _("who is on call third")
        HEAD = "head", _("head of the team")
        ROLE = "role", _("everybody in a role")
        PERSON = "person", _("one person")

    roster = models.ForeignKey(Roster, models.PROTECT, related_name="steps", verbose_name=_("roster"))
    minutes = models.PositiveIntegerField(_("after minutes"), default=0)
    whom = models.CharField(_("calls"), max_length=8, choices=Whom.choices)
    role = models.CharField(_("role"), max_length=40, blank=True)
    person = models.ForeignKey(
        Employee, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("person")
    )

    scope = Scope(department="roster__team")
    search_fields = ("roster__name",)

    class Meta:
        verbose_name = _("escalation step")
        verbose_name_plural = _("escalation steps")

    def __str__(self) -> str:
        return f"{self.roster} +{self.minutes}′ {self.get_whom_display()}"

    def clean(self) -> None:
        """Refuse a step that names nobody."""
        if self.whom == self.Whom.ROLE and not self.role.strip():
            raise ValidationError({"role": _("Name the role.")})
        if self.whom == self.Whom.PERSON and self.person_id is None:
            raise ValidationError({"person": _("Name the person.")})
