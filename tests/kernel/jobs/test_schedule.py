"""What comes round is started when it is due, once, however many workers there are."""

from __future__ import annotations

import datetime as dt
import threading

import pytest
from django.db import connection
from django_tasks_db.models import DBTaskResult

from opscharter.kernel.jobs.models import ScheduleState
from opscharter.kernel.jobs.schedule import Schedule, enqueue_due, install
from tests.kernel.jobs.chores import note_first, stumble_once
from tests.kernel.library import office

HOURLY = Schedule("chores.hourly", stumble_once, every=dt.timedelta(hours=1))
DAILY = Schedule("chores.daily", stumble_once, at=dt.time(6, 0))


@pytest.mark.parametrize(
    ("after", "due"),
    [
        (office(2026, 10, 1, 5, 59), office(2026, 10, 1, 6)),
        (office(2026, 10, 1, 6), office(2026, 10, 2, 6)),
        (office(2026, 10, 1, 23, 59), office(2026, 10, 2, 6)),
        (office(2026, 12, 31, 6, 0, 1), office(2027, 1, 1, 6)),
        (dt.datetime(2026, 9, 30, 21, 0, tzinfo=dt.UTC), office(2026, 10, 1, 6)),
    ],
)
def test_a_daily_job_is_due_by_the_offices_clock(after: dt.datetime, due: dt.datetime) -> None:
    assert DAILY.after(after) == due


def test_a_schedule_comes_round_in_one_way() -> None:
    for ways in ({}, {"every": dt.timedelta(hours=1), "at": dt.time(6)}):
        with pytest.raises(ValueError, match="either"):
            Schedule("chores.odd", stumble_once, **ways)


def test_a_code_is_given_once() -> None:
    with pytest.raises(ValueError, match="share"):
        install([HOURLY, HOURLY])


def test_jobs_are_started_when_they_are_due_and_not_before(db: None) -> None:
    install([HOURLY, DAILY])
    started = {
        time: enqueue_due(office(2026, 10, 1, *time))
        for time in ((4, 30), (5, 0), (5, 29), (5, 30), (5, 31), (6, 0), (6, 30), (6, 31))
    }
    assert {time: codes for time, codes in started.items() if codes} == {
        (5, 30): ["chores.hourly"],
        (6, 0): ["chores.daily"],
        (6, 30): ["chores.hourly"],
    }
    assert DBTaskResult.objects.count() == 3
    state = ScheduleState.objects.get(code="chores.daily")
    assert (state.last_run, state.next_run) == (office(2026, 10, 1, 6), office(2026, 10, 2, 6))


def test_what_was_missed_while_no_worker_ran_is_made_up_once(db: None) -> None:
    install([HOURLY])
    enqueue_due(office(2026, 10, 1, 8))
    assert enqueue_due(office(2026, 10, 9, 8)) == ["chores.hourly"]
    assert enqueue_due(office(2026, 10, 9, 8, 59)) == []


def test_a_schedule_that_is_dropped_is_started_no_more(db: None) -> None:
    install([HOURLY])
    enqueue_due(office(2026, 10, 1, 8))
    install([])
    assert enqueue_due(office(2026, 10, 2, 8)) == []


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_several_workers_start_a_due_job_once() -> None:
    install([Schedule(f"chores.{number}", note_first, every=dt.timedelta(hours=1)) for number in range(5)])
    enqueue_due(office(2026, 10, 1, 8))
    started: list[str] = []
    barrier = threading.Barrier(6)

    def look() -> None:
        barrier.wait()
        try:
            started.extend(enqueue_due(office(2026, 10, 1, 9)))
        finally:
            connection.close()

    threads = [threading.Thread(target=look) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(started) == [f"chores.{number}" for number in range(5)]
    assert DBTaskResult.objects.count() == 5


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_workers_that_meet_a_new_schedule_at_once_agree_on_it() -> None:
    install([HOURLY])
    barrier, failures = threading.Barrier(6), []

    def look() -> None:
        barrier.wait()
        try:
            enqueue_due(office(2026, 10, 1, 8))
        except Exception as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=look) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert failures == []
    assert ScheduleState.objects.get().next_run == office(2026, 10, 1, 9)
