"""A job belongs to the change that asks for it, is tried again when it fails, and is never lost without a trace."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from contextlib import suppress

import pytest
import time_machine
from django.db import transaction
from django.utils import timezone, translation
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from opscharter.kernel.access.actor import NOBODY, Actor
from opscharter.kernel.audit.models import AuditEntry
from opscharter.kernel.errors import NotPermitted, Refused
from opscharter.kernel.jobs.models import ScheduleState, WorkerBeat
from opscharter.kernel.jobs.queue import (
    be_alive,
    dead_letters,
    forget_done,
    give_up,
    leave,
    perform,
    reclaim_stalled,
    try_again,
)  # fmt: skip
from tests.kernel.jobs import chores

Drain = Callable[[], list[str]]
START = dt.datetime(2026, 10, 1, 1, 30, tzinfo=dt.UTC)


class Undone(Exception):
    """Thrown to roll a change back."""


def the_job() -> DBTaskResult:
    """Return the only job in the queue's table."""
    return DBTaskResult.objects.get()


def dead_letter(drain: Drain) -> DBTaskResult:
    """Let a job fail for good."""
    chores.stumble_once.enqueue()
    drain()
    return dead_letters().get()


def test_a_job_is_done_with_its_arguments(drain: Drain) -> None:
    chores.note.enqueue("one")
    chores.note.enqueue(word="two")
    assert drain() == ["one", "two"]
    assert set(DBTaskResult.objects.values_list("status", "return_value")) == {
        (TaskResultStatus.SUCCESSFUL, "one"),
        (TaskResultStatus.SUCCESSFUL, "two"),
    }


def test_a_change_that_is_rolled_back_leaves_no_job(drain: Drain) -> None:
    with suppress(Undone), transaction.atomic():
        chores.note.enqueue("never")
        assert DBTaskResult.objects.exists()
        raise Undone
    assert drain() == []
    assert not DBTaskResult.objects.exists()


def test_what_is_urgent_comes_first(drain: Drain) -> None:
    chores.note.enqueue("second")
    chores.note_first.enqueue("first")
    assert drain() == ["first", "second"]


def test_what_a_failed_job_wrote_is_undone(drain: Drain) -> None:
    chores.stumble.enqueue()
    assert drain() == ["stumbled"]
    assert not ScheduleState.objects.filter(code="left behind").exists()


def test_a_failed_job_is_tried_again_after_15_and_30_seconds_then_lies_dead(drain: Drain) -> None:
    with time_machine.travel(START, tick=False) as clock:
        chores.stumble.enqueue()
        for wait, tries in ((0, 1), (14, 1), (1, 2), (29, 2), (1, 3), (86_400, 3)):
            clock.shift(wait)
            assert drain() == ["stumbled"] * tries
    letter = dead_letters().get()
    assert letter.pk == the_job().pk
    assert letter.exception_class_path == "builtins.RuntimeError"
    assert "no luck" in letter.traceback
    assert len(letter.worker_ids) == 3


def test_a_job_that_succeeds_at_last_is_no_dead_letter(drain: Drain) -> None:
    with time_machine.travel(START, tick=False) as clock:
        chores.third_time_lucky.enqueue()
        for _day in range(4):
            drain()
            clock.shift(86_400)
    assert chores.DONE == ["tried"] * 3
    assert not dead_letters().exists()
    assert the_job().status == TaskResultStatus.SUCCESSFUL


def test_a_waiting_job_does_not_hold_up_the_next(drain: Drain) -> None:
    chores.stumble.enqueue()
    chores.note.enqueue("next")
    assert drain() == ["stumbled", "next"]


def test_a_dead_letter_is_tried_again_with_all_its_tries_and_that_is_audited(drain: Drain, system: Actor) -> None:
    with time_machine.travel(START, tick=False) as clock:
        chores.stumble.enqueue()
        for _hour in range(4):
            drain()
            clock.shift(3600)
        try_again(str(dead_letters().get().pk), system)
        assert not dead_letters().exists()
        for _hour in range(4):
            drain()
            clock.shift(3600)
    assert chores.DONE == ["stumbled"] * 6
    entry = AuditEntry.objects.get(action="job:retry")
    assert entry.changes["job"] == [None, "tests.kernel.jobs.chores.stumble"]
    assert entry.changes["id"] == [None, str(the_job().pk)]


def test_a_dead_letter_is_given_up_with_a_reason_and_that_is_audited(drain: Drain, system: Actor) -> None:
    letter = dead_letter(drain)
    give_up(str(letter.pk), system, "The printer was sold.")
    assert not dead_letters().exists()
    assert the_job().return_value == {"given_up": "The printer was sold."}
    assert AuditEntry.objects.get(action="job:give-up").note == "The printer was sold."


@pytest.mark.parametrize("reason", ["", "  \n"])
def test_nothing_is_given_up_without_a_reason(drain: Drain, system: Actor, reason: str) -> None:
    letter = dead_letter(drain)
    with translation.override("en"), pytest.raises(Refused, match="needs a reason"):
        give_up(str(letter.pk), system, reason)
    assert dead_letters().exists()


def test_who_is_not_granted_jobs_decides_nothing(drain: Drain) -> None:
    letter = dead_letter(drain)
    for decide in (lambda: try_again(str(letter.pk), NOBODY), lambda: give_up(str(letter.pk), NOBODY, "why not")):
        with pytest.raises(NotPermitted):
            decide()
    assert dead_letters().exists()
    assert not AuditEntry.objects.filter(action__startswith="job:").exists()


def test_two_who_decide_at_once_are_told_in_the_trail_once(drain: Drain, system: Actor) -> None:
    letter = dead_letter(drain)
    give_up(str(letter.pk), system, "Sold.")
    try_again(str(letter.pk), system)
    assert the_job().status == TaskResultStatus.SUCCESSFUL
    assert AuditEntry.objects.filter(action__startswith="job:").count() == 1


def running_since(minutes: int, tries: int = 1) -> None:
    """Queue a job that some worker took so many minutes ago and never finished."""
    chores.stumble.enqueue()
    DBTaskResult.objects.update(
        status=TaskResultStatus.RUNNING,
        started_at=timezone.now() - dt.timedelta(minutes=minutes),
        worker_ids=["worker"] * tries,
    )


def test_a_job_whose_worker_died_is_given_back(db: None) -> None:
    running_since(minutes=16)
    assert reclaim_stalled() == 1
    assert the_job().status == TaskResultStatus.READY
    assert the_job() in DBTaskResult.objects.ready()


def test_a_job_in_progress_is_left_alone(db: None) -> None:
    running_since(minutes=14)
    assert reclaim_stalled() == 0
    assert the_job().status == TaskResultStatus.RUNNING


@pytest.mark.parametrize(("silent", "given_back"), [(50, 0), (70, 1)])
def test_a_worker_that_was_not_heard_of_for_a_minute_is_dead_and_one_at_a_long_job_is_not(
    db: None, silent: int, given_back: int
) -> None:
    running_since(minutes=2 if given_back else 200)
    WorkerBeat.objects.create(worker_id="worker", seen_at=timezone.now() - dt.timedelta(seconds=silent))
    assert reclaim_stalled() == given_back


def claimed() -> DBTaskResult:
    """Return the only job, taken by this worker as the queue does it."""
    job = the_job()
    job.claim("worker")
    return job


def test_a_job_is_marked_as_done_in_its_own_transaction(
    db: None, done: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    chores.note.enqueue("one")
    seen = []
    leave_transaction = transaction.Atomic.__exit__

    def look_and_leave(self, *error):
        seen.append(the_job().status)
        return leave_transaction(self, *error)

    job = claimed()
    with monkeypatch.context() as patch:
        patch.setattr(transaction.Atomic, "__exit__", look_and_leave)
        perform(job)
    assert done == ["one"]
    assert seen[0] == TaskResultStatus.SUCCESSFUL


def test_a_worker_that_lost_its_job_to_another_leaves_nothing_behind_and_does_not_touch_the_other(
    db: None, done: list[str]
) -> None:
    chores.leave_something.enqueue()
    taken = claimed()
    the_job().claim("another")  # meanwhile, because the first was taken for dead
    perform(taken)
    assert done == ["left"]
    assert not ScheduleState.objects.filter(code="left behind").exists()
    assert the_job().status == TaskResultStatus.RUNNING
    assert the_job().worker_ids == ["worker", "another"]


def test_a_job_called_by_another_one_is_a_part_of_it(db: None, done: list[str]) -> None:
    chores.note_both.enqueue()
    perform(claimed())
    assert done == ["first", "second"]
    assert the_job().return_value == "both"


def test_a_worker_that_is_made_to_break_off_gives_its_job_back_at_once(db: None) -> None:
    chores.stumble.enqueue()
    claimed()
    be_alive("worker")
    leave("worker")
    assert the_job().status == TaskResultStatus.READY
    assert not WorkerBeat.objects.exists()


def test_a_job_that_kills_every_worker_becomes_a_dead_letter(db: None) -> None:
    running_since(minutes=16, tries=3)
    assert reclaim_stalled() == 0
    assert dead_letters().get().exception_class_path == "worker lost"


def test_jobs_done_are_forgotten_after_a_week_but_dead_letters_stay(drain: Drain) -> None:
    with time_machine.travel(START, tick=False) as clock:
        chores.note.enqueue("one")
        chores.stumble_once.enqueue()
        drain()
        clock.shift(dt.timedelta(days=7))
        assert forget_done() == 0
        clock.shift(1)
        assert forget_done() == 1
    assert [letter.task_path for letter in dead_letters()] == ["tests.kernel.jobs.chores.stumble_once"]
