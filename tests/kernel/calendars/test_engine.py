"""Working time, to the second: windows, holidays, make-up workdays, clock changes."""

from __future__ import annotations

import csv
import datetime as dt
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from opscharter.kernel.access.actor import system_actor
from opscharter.kernel.calendars.engine import ALWAYS, Calendar, UnpublishedYear, parse_windows
from opscharter.kernel.calendars.models import OFFICE_WEEK, BusinessCalendar, CalendarDay, calendar_of

SHANGHAI = ZoneInfo("Asia/Shanghai")
OFFICE = Calendar(SHANGHAI, tuple(parse_windows(day) for day in OFFICE_WEEK), "cn")
DAYS = Path(__file__).resolve().parents[4] / "shared/data/calendar/china_days_2018_2026.csv"
HOUR = dt.timedelta(hours=1)


def at(year, month, day, hour=0, minute=0, zone=SHANGHAI):
    return dt.datetime(year, month, day, hour, minute, tzinfo=zone)


@pytest.mark.parametrize(
    ("opened", "hours", "due"),
    [
        (at(2025, 9, 30, 17, 20), 8, at(2025, 10, 9, 17, 50)),
        (at(2025, 10, 10, 17, 0), 4, at(2025, 10, 11, 12, 0)),
        (at(2025, 9, 28, 10, 0), 2, at(2025, 9, 28, 12, 0)),
        (at(2025, 10, 18, 10, 0), 2, at(2025, 10, 20, 11, 0)),
    ],
    ids=["over the national holiday", "into a Saturday that is worked", "on a Sunday that is worked", "from a day off"],
)
def test_working_hours_are_added_over_holidays_and_make_up_workdays(opened, hours, due):
    assert OFFICE.add(opened, hours * HOUR) == due
    assert OFFICE.between(opened, due) == hours * HOUR


def test_round_the_clock_counts_elapsed_time_where_the_clock_is_put_back():
    berlin = ZoneInfo("Europe/Berlin")
    assert ALWAYS.add(at(2025, 10, 25, 12, zone=berlin), 48 * HOUR) == at(2025, 10, 27, 11, zone=berlin)
    assert ALWAYS.between(at(2025, 10, 1), at(2025, 10, 11)).total_seconds() == 864_000


def test_a_window_over_the_hour_that_is_put_forward_is_an_hour_shorter():
    berlin = Calendar(ZoneInfo("Europe/Berlin"), (((0, 86_400),),) * 7, "", {dt.date(2025, 1, 1): ()})
    assert berlin.between(at(2025, 3, 30, zone=berlin.zone), at(2025, 3, 31, zone=berlin.zone)) == 23 * HOUR


def test_working_days_are_not_24_working_hours():
    assert OFFICE.add_days(at(2025, 9, 30, 17, 20), 3) == at(2025, 10, 11, 17, 20)


def test_a_year_whose_holidays_are_not_published_is_refused_not_guessed():
    with pytest.raises(UnpublishedYear, match="2099"):
        OFFICE.is_workday(dt.date(2099, 5, 1))


def test_other_regions_have_their_own_holidays():
    taiwan = Calendar(ZoneInfo("Asia/Taipei"), OFFICE.week, "tw")
    assert not taiwan.is_workday(dt.date(2025, 10, 10))
    assert OFFICE.is_workday(dt.date(2025, 10, 10))


@pytest.mark.parametrize(
    "windows", [[["12:00", "09:00"], ["13:00", "14:00"]], [["09:00", "09:00"]], [["09:00", "12:00"], ["11:00", "13:00"]], [["9", "12:00"]], [["09:00"]], ["x"], [["09:00", "25:00"]]]
)  # fmt: skip
def test_windows_that_overlap_run_backwards_or_are_no_times_are_refused(windows):
    with pytest.raises(ValueError, match=r"\S"):
        parse_windows(windows)


@pytest.mark.django_db
def test_an_exceptional_day_counts_at_once_and_impossible_calendars_are_refused_by_field():
    record = BusinessCalendar(name="Office", holidays="cn").save_as(system_actor())
    opened = at(2025, 10, 13, 16)
    assert calendar_of(record).add(opened, 8 * HOUR) == at(2025, 10, 14, 16, 30)
    CalendarDay(calendar=record, day=dt.date(2025, 10, 14), reason="typhoon").save_as(system_actor())
    record.refresh_from_db()
    assert calendar_of(record).add(opened, 8 * HOUR) == at(2025, 10, 15, 16, 30)
    for field, value in {"time_zone": "Mars/Base", "week": [[]] * 7}.items():
        with pytest.raises(ValidationError) as refused:
            BusinessCalendar(**{"name": field, field: value}).save_as(system_actor())
        assert field in refused.value.message_dict


@pytest.mark.skipif(not DAYS.is_file(), reason="the published days (../shared/data/calendar) are not here")
def test_every_published_day_is_a_workday_or_not_as_published():
    differing, read = [], 0
    with DAYS.open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            read += 1
            day = dt.date.fromisoformat(row["date"])
            if OFFICE.is_workday(day) != (row["is_workday"].strip().lower() in {"1", "true", "yes"}):
                differing.append(row["date"])
    assert read > 3000
    assert not differing, differing[:5]


@pytest.mark.skipif(not DAYS.is_file(), reason="the published days (../shared/data/calendar) are not here")
def test_the_years_2018_to_2026_have_as_many_workdays_as_published():
    counts = [
        sum(OFFICE.is_workday(dt.date(year, 1, 1) + dt.timedelta(days=n)) for n in range(366 if year % 4 == 0 else 365))
        for year in range(2018, 2027)
    ]
    assert counts == [250, 250, 249, 250, 249, 249, 251, 248, 248]


NIGHT = Calendar(SHANGHAI, (parse_windows([["22:00", "06:00"]]),) * 5 + ((), ()))


def test_a_window_over_midnight_belongs_to_the_day_it_begins_on():
    assert NIGHT.add(at(2025, 10, 13, 23), 4 * HOUR) == at(2025, 10, 14, 3)
    assert NIGHT.add(at(2025, 10, 14, 5), 2 * HOUR) == at(2025, 10, 14, 23)
    assert NIGHT.add(at(2025, 10, 18, 1), 6 * HOUR) == at(2025, 10, 20, 23), "Friday's night ends on Saturday 06:00"
    assert NIGHT.between(at(2025, 10, 13), at(2025, 10, 20)) == 40 * HOUR


def test_a_night_that_runs_into_the_next_mornings_window_is_counted_once():
    long = Calendar(SHANGHAI, (parse_windows([["05:00", "08:00"], ["20:00", "05:00"]]),) * 7)
    both = Calendar(SHANGHAI, long.week, "", {dt.date(2025, 10, 14): parse_windows([["00:00", "09:00"]])})
    assert both.between(at(2025, 10, 13, 20), at(2025, 10, 14, 12)) == 13 * HOUR


def test_a_working_day_that_begins_on_a_day_off_is_a_whole_one():
    assert OFFICE.seconds_of_days(at(2025, 10, 18, 10), 1) == 7.5 * 3600
    assert OFFICE.add(at(2025, 10, 18, 10), dt.timedelta(seconds=7.5 * 3600)) == at(2025, 10, 20, 18)
    assert OFFICE.seconds_of_days(at(2025, 10, 13, 16), 2) == 15 * 3600


MOMENTS = st.datetimes(dt.datetime(2024, 1, 1), dt.datetime(2025, 12, 1), timezones=st.just(dt.UTC)).map(
    lambda moment: moment.replace(microsecond=0)
)
SPANS = st.integers(0, 80 * 3600).map(lambda seconds: dt.timedelta(seconds=seconds))


@given(MOMENTS, SPANS)
def test_what_was_added_is_what_lies_between(moment, span):
    assert OFFICE.between(moment, OFFICE.add(moment, span)) == span


@given(MOMENTS, SPANS, SPANS)
def test_adding_in_two_steps_is_adding_at_once(moment, first, second):
    assert OFFICE.add(OFFICE.add(moment, first), second) == OFFICE.add(moment, first + second) or not second


@given(MOMENTS, SPANS, SPANS)
def test_more_work_is_never_due_earlier(moment, first, second):
    assert OFFICE.add(moment, max(first, second)) >= OFFICE.add(moment, min(first, second))


@given(MOMENTS, SPANS)
def test_nights_add_up_too(moment, span):
    assert NIGHT.between(moment, NIGHT.add(moment, span)) == span
