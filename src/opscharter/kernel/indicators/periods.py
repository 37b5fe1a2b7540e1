"""Periods of figures: months, quarters, years, in the office's time zone."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from django.utils import timezone
from django.utils.formats import date_format

from opscharter.kernel import moment


def _midnight(day: dt.date) -> dt.datetime:
    """Return the day's first moment by the office's clock: a figure is the same whoever looks at it."""
    return timezone.make_aware(dt.datetime.combine(day, dt.time.min), timezone.get_default_timezone())


@dataclass(frozen=True, order=True)
class Period:
    """A stretch of whole months: `months` of them from the first day of `first`."""

    first: dt.date
    months: int = 1

    @classmethod
    def parse(cls, text: str) -> Period:
        """Read "2026-10", "2026-Q4" or "2026"; ValueError otherwise."""
        if found := re.fullmatch(r"(\d{4})-(\d{2})", text):
            return cls(dt.date(int(found[1]), int(found[2]), 1))
        if found := re.fullmatch(r"(\d{4})-Q([1-4])", text):
            return cls(dt.date(int(found[1]), int(found[2]) * 3 - 2, 1), 3)
        if found := re.fullmatch(r"(\d{4})", text):
            return cls(dt.date(int(found[1]), 1, 1), 12)
        raise ValueError(f"{text!r} is not a period")

    @classmethod
    def month_of(cls, day: dt.date) -> Period:
        """Return the month of a day."""
        return cls(day.replace(day=1))

    @classmethod
    def this_month(cls) -> Period:
        """Return the present month."""
        return cls.month_of(moment.today())

    @property
    def start(self) -> dt.datetime:
        """Return the first moment of the period."""
        return _midnight(self.first)

    @property
    def end(self) -> dt.datetime:
        """Return the first moment after the period."""
        return _midnight(self.shift(self.months).first)

    def shift(self, months: int) -> Period:
        """Return the period so many months later, of the same length."""
        index = self.first.year * 12 + self.first.month - 1 + months
        return Period(dt.date(index // 12, index % 12 + 1, 1), self.months)

    def each_month(self) -> list[Period]:
        """Return the months of the period."""
        return [Period(self.shift(number).first) for number in range(self.months)]

    @property
    def closed(self) -> bool:
        """Say whether the period is over."""
        return self.end <= moment.now()

    @property
    def label(self) -> str:
        """Return the period's name in the active language."""
        if self.months == 1:
            return date_format(self.first, "YEAR_MONTH_FORMAT")
        if self.months == 12 and self.first.month == 1:
            return str(self.first.year)
        if self.months == 3 and self.first.month % 3 == 1:
            return f"{self.first.year} Q{(self.first.month + 2) // 3}"
        return f"{self} – {self.shift(self.months - 1)}"

    def __str__(self) -> str:
        if self.months == 12 and self.first.month == 1:
            return f"{self.first:%Y}"
        if self.months == 3 and self.first.month % 3 == 1:
            return f"{self.first:%Y}-Q{(self.first.month + 2) // 3}"
        return f"{self.first:%Y-%m}"
