"""Business calendars as records: edited, dated and audited like everything else."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from opscharter.kernel.access.actor import Actor, system_actor
from opscharter.kernel.access.scope import Scope
from opscharter.kernel.calendars.engine import ALWAYS, Calendar, parse_windows
from opscharter.kernel.records.record import Record

OFFICE_WEEK = [[["09:00", "12:00"], ["13:30", "18:00"]]] * 5 + [[], []]
ROUND_THE_CLOCK = [[["00:00", "24:00"]]] * 7


def office_week() -> list[Any]:
    """Return the usual week of an office: Monday to Friday, two windows a day."""
    return [list(day) for day in OFFICE_WEEK]


class BusinessCalendar(Record):
    """The working time by which deadlines are counted."""

    class Holidays(models.TextChoices):
        NONE = "", _("none")
        CN = "cn", _("mainland China, with make-up workdays")
        TW = "tw", _("Taiwan")
        HK = "hk", _("Hong Kong")
        MO = "mo", _("Macau")
        SG = "sg", _("Singapore")

    name = models.CharField(_("name"), max_length=80, unique=True)
    time_zone = models.CharField(_("time zone"), max_length=64, default="Asia/Shanghai")
    holidays = models.CharField(_("public holidays"), max_length=2, choices=Holidays.choices, blank=True, default="")
    week = models.JSONField(
        _("week"),
        default=office_week,
        help_text=_('Seven days from Monday, each a list of windows such as [["09:00", "12:00"], ["13:30", "18:00"]].'),
    )
    revision = models.PositiveIntegerField(default=0, editable=False)

    scope = Scope(public=True)
    search_fields = ("name",)

    class Meta:
        verbose_name = _("business calendar")
        verbose_name_plural = _("business calendars")

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Refuse a zone that does not exist and windows that overlap or run backwards."""
        if self.time_zone not in available_timezones():
            raise ValidationError({"time_zone": _("There is no such time zone.")})
        if not isinstance(self.week, list) or len(self.week) != 7:
            raise ValidationError({"week": _("A week has seven days.")})
        for day in self.week:
            _checked_windows(day, "week")
        if not any(self.week):
            raise ValidationError({"week": _("This calendar has no working time.")})


class CalendarDay(Record):
    """A day on which a calendar differs from its week: closed, or open for certain windows."""

    calendar = models.ForeignKey(BusinessCalendar, models.PROTECT, related_name="days", verbose_name=_("calendar"))
    day = models.DateField(_("day"))
    windows = models.JSONField(_("windows"), default=list, blank=True, help_text=_("Empty: closed all day."))
    reason = models.CharField(_("reason"), max_length=200)

    scope = Scope(public=True)
    search_fields = ("reason",)

    class Meta:
        verbose_name = _("exceptional day")
        verbose_name_plural = _("exceptional days")
        constraints = [models.UniqueConstraint(fields=["calendar", "day"], name="calendar_day_once")]

    def __str__(self) -> str:
        return f"{self.calendar} {self.day}"

    def clean(self) -> None:
        """Refuse windows that overlap or run backwards."""
        _checked_windows(self.windows, "windows")

    def on_create(self, actor: Actor) -> None:
        """Count the calendar's revision up, so that running clocks are reckoned anew."""
        self._revise()

    def on_change(self, actor: Actor, changes: Mapping[str, list[Any]]) -> None:
        """Count the calendar's revision up, so that running clocks are reckoned anew; a day moved away counts too."""
        self._revise()
        before = changes.get("calendar_id", [None])[0]
        if before is not None:
            left = BusinessCalendar.objects.get(pk=before)
            left.revision += 1
            left.save_as(system_actor(), note=f"{self.day}: {self.reason}")

    def on_archive(self, actor: Actor) -> None:
        """Count the calendar's revision up: the day follows the week again."""
        self._revise()

    def _revise(self) -> None:
        calendar = BusinessCalendar.objects.get(pk=self.calendar_id)
        calendar.revision += 1
        calendar.save_as(system_actor(), note=f"{self.day}: {self.reason}")


def _checked_windows(value: Any, field: str) -> None:
    if not isinstance(value, list):
        raise ValidationError({field: _("A day is a list of windows.")})
    try:
        parse_windows(value)
    except ValueError as error:
        raise ValidationError({field: str(error)}) from error


_known: dict[int, tuple[tuple[int, dt.datetime], Calendar]] = {}
"""Calendars by record, each with the version and time it was read at: a version taken back may come again otherwise."""


def forget() -> None:
    """Forget the calendars read: after a trial that was taken back, the same version may mean something else."""
    _known.clear()


def calendar_of(record: BusinessCalendar | None) -> Calendar:
    """Return the arithmetic of a calendar record (none: round the clock), kept until the record changes."""
    if record is None:
        return ALWAYS
    as_of, kept = _known.get(record.pk, (None, None))
    if kept is None or as_of != (record.version, record.updated_at):
        days = CalendarDay.objects.current().filter(calendar_id=record.pk).values_list("day", "windows")
        exceptions: dict[dt.date, Any] = {day: parse_windows(windows) for day, windows in days}
        week = tuple(parse_windows(windows) for windows in record.week)
        kept = Calendar(ZoneInfo(record.time_zone), week, record.holidays, exceptions, record.version)
        _known[record.pk] = ((record.version, record.updated_at), kept)
    return kept
