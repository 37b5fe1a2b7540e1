"""The chores done, and a worker that stops when nothing is left."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from django_tasks_db.management.commands import db_worker

from opscharter.kernel.jobs import schedule
from opscharter.kernel.jobs.worker import Worker
from tests.kernel.jobs import chores


@pytest.fixture(autouse=True)
def _no_schedules(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave out the schedules of the chapters, that only the chores of the test are done."""
    monkeypatch.setattr(schedule, "_installed", [])


@pytest.fixture(autouse=True)
def _one_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the worker from renewing the connection, which holds the transaction of the test."""
    monkeypatch.setattr(db_worker, "close_old_connections", lambda: None)


@pytest.fixture
def done() -> Iterator[list[str]]:
    """Return what the chores of this test did."""
    chores.DONE.clear()
    yield chores.DONE
    chores.DONE.clear()


@pytest.fixture
def drain(db: None, done: list[str]) -> Callable[[], list[str]]:
    """Return a way to do all jobs that are ready; it returns what has been done so far."""

    def run() -> list[str]:
        Worker(drain=True, interval=0).run()
        return list(done)

    return run
