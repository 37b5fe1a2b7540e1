"""Months, quarters and years by the office's clock."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone, translation
from hypothesis import given
from hypothesis import strategies as st

from opscharter.kernel import moment
from opscharter.kernel.indicators.periods import Period
from tests.kernel.library import office


@pytest.mark.parametrize(
    ("text", "start", "end", "label"),
    [
        ("2026-10", office(2026, 10, 1), office(2026, 11, 1), "October 2026"),
        ("2026-12", office(2026, 12, 1), office(2027, 1, 1), "December 2026"),
        ("2026-Q4", office(2026, 10, 1), office(2027, 1, 1), "2026 Q4"),
        ("2026-Q1", office(2026, 1, 1), office(2026, 4, 1), "2026 Q1"),
        ("2026", office(2026, 1, 1), office(2027, 1, 1), "2026"),
    ],
)
def test_a_period_is_read_and_written(text: str, start: dt.datetime, end: dt.datetime, label: str) -> None:
    period = Period.parse(text)
    assert (str(period), period.start, period.end) == (text, start, end)
    with translation.override("en"):
        assert period.label == label


@pytest.mark.parametrize("text", ["", "2026-13", "2026-00", "2026-Q5", "26-10", "2026-10-01", "October"])
def test_what_is_no_period_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        Period.parse(text)


def test_a_period_is_the_offices_whoever_looks() -> None:
    with timezone.override("America/New_York"):
        assert Period.parse("2026-10").start == office(2026, 10, 1)
        with moment.at(dt.datetime(2026, 9, 30, 16, 0, tzinfo=dt.UTC)):
            assert str(Period.this_month()) == "2026-10"


def test_a_period_closes_with_its_last_moment() -> None:
    october = Period.parse("2026-10")
    with moment.at(office(2026, 10, 31, 23, 59, 59)):
        assert not october.closed
    with moment.at(office(2026, 11, 1)):
        assert october.closed


def test_months_of_a_quarter() -> None:
    assert [str(month) for month in Period.parse("2026-Q1").each_month()] == ["2026-01", "2026-02", "2026-03"]


@given(st.dates(dt.date(1990, 1, 1), dt.date(2090, 1, 1)), st.integers(-200, 200))
def test_shifting_there_and_back_is_no_shift_and_neighbours_touch(day: dt.date, months: int) -> None:
    month = Period.month_of(day)
    assert month.shift(months).shift(-months) == month
    assert month.end == month.shift(1).start
    assert month.start.date() <= day < month.end.date()
    assert Period.parse(str(month)) == month
