"""Working time, as pure arithmetic: windows of a day, holidays, make-up workdays, and exact seconds between moments."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import chinese_calendar
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from holidays import HolidayBase

DAY = 86_400
Window = tuple[int, int]
"""A stretch of a day in seconds after midnight of its clock: (32400, 43200) is 09:00–12:00.

One that runs over midnight ends after 24:00: (79200, 108000) is 22:00–06:00, and belongs to the day it begins on.
"""
Span = tuple[dt.datetime, dt.datetime]

COUNTRIES = {"tw": "TW", "hk": "HK", "mo": "MO", "sg": "SG"}


class UnpublishedYear(ValueError):
    """The holidays of this year are not published yet; they are refused rather than guessed."""

    def __init__(self, year: int) -> None:
        super().__init__(_("The public holidays of %(year)s are not published yet.") % {"year": year})
        self.year = year


@lru_cache(maxsize=8192)
def statutory(country: str, day: dt.date) -> bool | None:
    """Say whether the law makes a day a workday (True), a holiday (False), or leaves it to the week (None).

    Mainland China (`cn`) publishes each year's holidays and make-up workdays the autumn before.
    """
    if country == "cn":
        try:
            is_holiday, name = chinese_calendar.get_holiday_detail(day)
        except NotImplementedError as error:
            raise UnpublishedYear(day.year) from error
        if name is None:
            return None
        return not is_holiday
    if country in COUNTRIES and day in _of_country(country):
        return False
    return None


@lru_cache(maxsize=8)
def _of_country(country: str) -> HolidayBase:
    import holidays  # late: the calendars of all countries take a seventh of a second to load

    return holidays.country_holidays(COUNTRIES[country])


@dataclass(frozen=True)
class Calendar:
    """A business calendar as a value: the week's windows, statutory holidays, and dated exceptions.

    `week` has seven entries from Monday. A make-up workday on a day that the week leaves free has the windows of
    the week's first working day.
    """

    zone: ZoneInfo
    week: tuple[tuple[Window, ...], ...]
    country: str = ""
    exceptions: Mapping[dt.date, tuple[Window, ...]] = field(default_factory=dict)
    version: int = 0
    _spans: dict[dt.date, tuple[Span, ...]] = field(default_factory=dict, compare=False, repr=False)

    @property
    def round_the_clock(self) -> bool:
        """Say whether every second counts."""
        return not self.country and not self.exceptions and all(windows == ((0, DAY),) for windows in self.week)

    def windows_on(self, day: dt.date) -> tuple[Window, ...]:
        """Return the working windows of a day; empty on a day off."""
        if day in self.exceptions:
            return self.exceptions[day]
        windows = self.week[day.weekday()]
        if self.country:
            by_law = statutory(self.country, day)
            if by_law is False:
                return ()
            if by_law is True and not windows:
                return next((each for each in self.week if each), ())
        return windows

    def is_workday(self, day: dt.date) -> bool:
        """Say whether anything is worked on a day."""
        return bool(self.windows_on(day))

    def spans_on(self, day: dt.date) -> tuple[Span, ...]:
        """Return the working windows of a day as moments in UTC; no moment is worked twice.

        Where yesterday's last window runs into today's first, today's begins when yesterday's is over.
        """
        if day not in self._spans:
            before = day - dt.timedelta(days=1)
            night = self.windows_on(before)[-1:] if self._over_midnight(before) else ()
            dawn = max((self._moment(before, closes) for _opens, closes in night), default=None)
            spans = [(self._moment(day, a), self._moment(day, b)) for a, b in self.windows_on(day)]
            if dawn is not None:
                spans = [(max(opens, dawn), closes) for opens, closes in spans if closes > dawn]
            self._spans[day] = tuple(span for span in spans if span[0] < span[1])
        return self._spans[day]

    def _over_midnight(self, day: dt.date) -> bool:
        """Say whether a day may have a window that runs over midnight; a year not published is not asked for it."""
        if not any(windows[-1][1] > DAY for windows in (*self.week, *self.exceptions.values()) if windows):
            return False
        windows = self.windows_on(day)
        return bool(windows) and windows[-1][1] > DAY

    def _moment(self, day: dt.date, seconds: int) -> dt.datetime:
        day, seconds = day + dt.timedelta(days=seconds // DAY), seconds % DAY
        local = dt.datetime.combine(day, dt.time(seconds // 3600, seconds // 60 % 60, seconds % 60), self.zone)
        return local.astimezone(dt.UTC)

    def _spans_from(self, start: dt.datetime) -> Iterator[Span]:
        day = self._first_day(start)
        for _count in range(366 * 12):
            yield from self.spans_on(day)
            day += dt.timedelta(days=1)
        raise ValueError(_("This calendar has no working time."))

    def _first_day(self, start: dt.datetime) -> dt.date:
        """Return the first day whose windows may reach the moment: yesterday, where a window ran over midnight."""
        day = start.astimezone(self.zone).date()
        before = day - dt.timedelta(days=1)
        return before if self._over_midnight(before) else day

    def add(self, start: dt.datetime, duration: dt.timedelta) -> dt.datetime:
        """Return the moment by which `duration` of working time has passed since `start`.

        Exact to the second of elapsed time, also where the clock is put forward or back. Aware in, aware out.
        """
        begin = start.astimezone(dt.UTC)
        if self.round_the_clock or duration <= dt.timedelta(0):
            return begin + duration
        left = duration
        for opens, closes in self._spans_from(begin):
            first = max(opens, begin)
            if first >= closes:
                continue
            if left <= closes - first:
                return first + left
            left -= closes - first
        raise AssertionError("unreachable")

    def between(self, start: dt.datetime, end: dt.datetime) -> dt.timedelta:
        """Return the working time between two moments; zero when they are the wrong way round."""
        begin, finish = start.astimezone(dt.UTC), end.astimezone(dt.UTC)
        if finish <= begin:
            return dt.timedelta(0)
        if self.round_the_clock:
            return finish - begin
        total = dt.timedelta(0)
        day, last = self._first_day(begin), finish.astimezone(self.zone).date()
        while day <= last:
            for opens, closes in self.spans_on(day):
                total += max(dt.timedelta(0), min(closes, finish) - max(opens, begin))
            day += dt.timedelta(days=1)
        return total

    def first_moment(self, start: dt.datetime) -> dt.datetime:
        """Return the moment itself when it is worked, else the beginning of the next working window."""
        begin = start.astimezone(dt.UTC)
        if self.round_the_clock:
            return begin
        return next(max(opens, begin) for opens, closes in self._spans_from(begin) if closes > begin)

    def seconds_of_days(self, start: dt.datetime, count: int) -> int:
        """Return the working seconds from a moment to the same time of day `count` working days later.

        What begins outside working time begins with the next window, so a day is never a mere rest of one.
        """
        begin = self.first_moment(start)
        return int(self.between(begin, self.add_days(begin, count)).total_seconds())

    def add_days(self, start: dt.datetime, count: int) -> dt.datetime:
        """Return the same time of day `count` working days later; a day off is not counted."""
        local = start.astimezone(self.zone)
        day, left = local.date(), count
        while left > 0:
            day += dt.timedelta(days=1)
            if self.is_workday(day):
                left -= 1
        return dt.datetime.combine(day, local.time(), self.zone).astimezone(dt.UTC)


ALWAYS = Calendar(ZoneInfo("UTC"), week=(((0, DAY),),) * 7)
"""Round the clock."""


def parse_windows(texts: list[list[str]]) -> tuple[Window, ...]:
    """Read windows such as [["09:00", "12:00"], ["13:30", "18:00"]]; ValueError says what is wrong.

    The last window of a day may end before it begins: ["22:00", "06:00"] runs over midnight.
    """
    windows: list[Window] = []
    for pair in texts:
        if not isinstance(pair, list) or len(pair) != 2:
            raise ValueError(_("A window has a beginning and an end, such as 09:00–12:00."))
        begin, end = (_seconds(text) for text in pair)
        if end < begin and pair is texts[-1]:
            end += DAY
        if end <= begin:
            raise ValueError(_("The window %(a)s–%(b)s ends before it begins.") % {"a": pair[0], "b": pair[1]})
        if windows and end > DAY and end - DAY > windows[0][0]:
            raise ValueError(_("The window %(a)s–%(b)s is longer than a day.") % {"a": pair[0], "b": pair[1]})
        if windows and begin < windows[-1][1]:
            raise ValueError(_("The window %(a)s–%(b)s overlaps the one before.") % {"a": pair[0], "b": pair[1]})
        windows.append((begin, end))
    return tuple(windows)


def _seconds(text: str) -> int:
    try:
        hours, minutes = (int(part) for part in str(text).split(":"))
    except ValueError as error:
        raise ValueError(_("“%(text)s” is not a time like 09:00.") % {"text": text}) from error
    if not (0 <= hours <= 24 and 0 <= minutes < 60) or hours * 60 + minutes > 24 * 60:
        raise ValueError(_("“%(text)s” is not a time like 09:00.") % {"text": text})
    return hours * 3600 + minutes * 60
