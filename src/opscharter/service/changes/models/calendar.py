"""When changes may be made, and when not."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from opscharter.customers.models import Customer
from opscharter.kernel.access.actor import Actor
from opscharter.kernel.access.scope import Scope
from opscharter.kernel.records.record import Record
from opscharter.service.changes import freezing


class ChangeFreeze(Record):
    """A stretch of time in which nothing may be changed, at one customer or in the whole company."""

    name = models.CharField(_("name"), max_length=120)
    customer = models.ForeignKey(
        Customer, models.PROTECT, null=True, blank=True, related_name="freezes", verbose_name=_("customer"),
        help_text=_("Empty: the whole company."),
    )  # fmt: skip
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("to"))
    reason = models.TextField(_("reason"), blank=True)

    scope = Scope(department="customer__team", customer="customer")
    search_fields = ("name", "reason", "customer__name")

    class Meta:
        verbose_name = _("change freeze")
        verbose_name_plural = _("change freezes")
        indexes = [models.Index(fields=["starts_at", "ends_at"], name="change_freeze_time")]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Refuse an end before the beginning."""
        if self.starts_at and self.ends_at and self.ends_at <= self.starts_at:
            raise ValidationError({"ends_at": _("This ends before it begins.")})

    def on_create(self, actor: Actor) -> None:
        """Flag the planned and approved changes that now lie inside it."""
        freezing.flag_changes(self)

    def on_change(self, actor: Actor, changes: Mapping[str, list[Any]]) -> None:
        """Flag the changes that lie inside it as it is now."""
        freezing.flag_changes(self)


class Weekday(models.IntegerChoices):
    """A day of the week, by its ISO number."""

    MONDAY = 1, _("Monday")
    TUESDAY = 2, _("Tuesday")
    WEDNESDAY = 3, _("Wednesday")
    THURSDAY = 4, _("Thursday")
    FRIDAY = 5, _("Friday")
    SATURDAY = 6, _("Saturday")
    SUNDAY = 7, _("Sunday")


class ChangeWindow(Record):
    """A time of the week that was agreed with a customer for changes; without one any time may be asked for."""

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="change_windows", verbose_name=_("customer"))
    weekday = models.PositiveSmallIntegerField(_("day"), choices=Weekday.choices)
    begins = models.CharField(
        _("begins"),
        max_length=5,
        validators=[RegexValidator(r"^([01]\d|2[0-3]):[0-5]\d$")],
        help_text=_("Such as 22:00."),
    )
    minutes = models.PositiveIntegerField(
        _("minutes"), default=240, validators=[MinValueValidator(15), MaxValueValidator(24 * 60)]
    )

    scope = Scope(department="customer__team", customer="customer")
    search_fields = ("customer__name",)

    class Meta:
        verbose_name = _("change window")
        verbose_name_plural = _("change windows")
        constraints = [models.UniqueConstraint(fields=["customer", "weekday", "begins"], name="change_window_once")]

    def __str__(self) -> str:
        return f"{self.customer} {self.get_weekday_display()} {self.begins}"

    def opened_on(self, day: dt.date) -> tuple[dt.datetime, dt.datetime]:
        """Return the stretch of time that begins on a day of its weekday, by the office's clock."""
        opens = timezone.make_aware(
            dt.datetime.combine(day, dt.time.fromisoformat(self.begins)), timezone.get_default_timezone()
        )
        return opens, opens + dt.timedelta(minutes=self.minutes)
