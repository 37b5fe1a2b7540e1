"""Holidays are published a year at a time; the demo company is founded whatever day it is."""

from __future__ import annotations

import datetime as dt
import random
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from opscharter.demo.company import Company
from opscharter.demo.found import LEAD, latest_end
from opscharter.demo.life import World
from opscharter.kernel.calendars import engine
from opscharter.kernel.calendars.engine import Calendar, UnpublishedYear


def moment_of(year: int, month: int, day: int) -> dt.datetime:
    return timezone.make_aware(dt.datetime(year, month, day, 15, 0))


@pytest.fixture(autouse=True)
def _published_until_2026(monkeypatch: pytest.MonkeyPatch) -> None:
    def statutory(country: str, day: dt.date) -> bool | None:
        if day.year > 2026:
            raise UnpublishedYear(day.year)
        return None

    monkeypatch.setattr(engine, "statutory", statutory)
    monkeypatch.setattr("opscharter.demo.found.statutory", statutory)


def test_the_story_ends_now_while_its_deadlines_stay_within_published_years() -> None:
    assert latest_end(moment_of(2026, 11, 25)) == moment_of(2026, 11, 25)


@pytest.mark.parametrize("now", [moment_of(2026, 12, 20), moment_of(2027, 3, 1), moment_of(2028, 2, 1)])
def test_otherwise_it_ends_so_early_that_they_do(now: dt.datetime) -> None:
    end = latest_end(now)
    assert end < now
    assert timezone.localdate(end + LEAD) == dt.date(2026, 12, 31)


def test_work_that_would_last_into_an_unpublished_year_ends_after_the_story() -> None:
    office = Calendar(ZoneInfo("Asia/Shanghai"), (((9 * 3600, 18 * 3600),),) * 5 + ((), ()), "cn")
    world = World(Company(), random.Random(1), office, moment_of(2026, 12, 1))
    assert world.later(moment_of(2026, 11, 24), 60, urgent=False) == moment_of(2026, 11, 24) + dt.timedelta(hours=1)
    assert world.later(moment_of(2026, 11, 24), 60 * 9 * 60, urgent=False) > world.until
