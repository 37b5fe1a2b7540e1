"""The worker does what is ready, keeps the schedules and seals, and stops without breaking off a job."""

from __future__ import annotations

import datetime as dt
import signal
import threading
from collections.abc import Callable, Iterator

import pytest
from django.core.management import call_command
from django.db import connection
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from opscharter.kernel.access.actor import Actor
from opscharter.kernel.audit.models import AuditBlock
from opscharter.kernel.jobs import schedule, worker
from opscharter.kernel.jobs.models import ScheduleState
from opscharter.kernel.jobs.schedule import Schedule
from opscharter.kernel.jobs.worker import Worker
from opscharter.kernel.moment import now
from tests.kernel.jobs import chores
from tests.kernel.library import make_paper

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGQUIT)


@pytest.fixture
def signals() -> Iterator[None]:
    """Put the handlers of signals back after the test."""
    before = {number: signal.getsignal(number) for number in SIGNALS}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def due_at_once(code: str) -> Schedule:
    """Return a schedule that is due."""
    ScheduleState.objects.create(code=code, next_run=now() - dt.timedelta(minutes=1))
    return Schedule(code, chores.note_first, every=dt.timedelta(hours=1))


def test_the_command_drains_the_queue(db: None, done: list[str], signals: None) -> None:
    for word in ("one", "two"):
        chores.note.enqueue(word)
    call_command("worker", drain=True)
    assert done == ["one", "two"]


def test_a_look_round_starts_what_is_due_and_seals_the_trail(drain: Callable[[], list[str]], system: Actor) -> None:
    schedule.install([due_at_once("chores.due")])
    make_paper(system)
    drain()
    assert [result.task_path for result in DBTaskResult.objects.all()] == ["tests.kernel.jobs.chores.note_first"]
    assert AuditBlock.objects.exists()


def test_a_queue_that_is_never_empty_does_not_hold_up_the_schedules(
    drain: Callable[[], list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "ROUND", 0.0)
    turns: list[int] = []
    monkeypatch.setattr(worker, "enqueue_due", lambda: turns.append(len(chores.DONE)))
    for word in ("one", "two", "three"):
        chores.note.enqueue(word)
    drain()
    assert turns == [0, 1, 2, 3]


def test_told_to_stop_the_worker_finishes_its_job_and_takes_no_other(db: None, done: list[str], signals: None) -> None:
    chores.be_stopped.enqueue()
    chores.note.enqueue("never")
    call_command("worker", drain=False)
    assert done == ["finished"]
    assert {result.task_path.rpartition(".")[2]: result.status for result in DBTaskResult.objects.all()} == {
        "be_stopped": TaskResultStatus.SUCCESSFUL,
        "note": TaskResultStatus.READY,
    }


def test_told_to_stop_while_idle_the_worker_ends_at_once(db: None, signals: None) -> None:
    timer = threading.Timer(0.3, signal.raise_signal, [signal.SIGTERM])
    timer.start()
    call_command("worker", drain=False)
    timer.join()


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_several_workers_do_each_job_once(done: list[str]) -> None:
    words = [f"job {number}" for number in range(40)]
    for word in words:
        chores.note.enqueue(word)
    barrier, failures = threading.Barrier(4), []

    def work() -> None:
        barrier.wait()
        try:
            Worker(drain=True, interval=0).run()
        except Exception as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failures == []
    assert sorted(done) == sorted(words)
    assert len({result.worker_ids[0] for result in DBTaskResult.objects.all()}) > 1
    assert all(len(result.worker_ids) == 1 for result in DBTaskResult.objects.all())
