"""The worker: takes jobs from the queue, starts what is due, seals the audit trail. Any number may run."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import DatabaseError, close_old_connections, connection
from django.utils.crypto import get_random_string
from django_tasks_db.management.commands.db_worker import Worker as QueueWorker
from django_tasks_db.models import DBTaskResult

from opscharter.kernel.audit.sealing import seal
from opscharter.kernel.jobs.queue import BEAT, be_alive, forget_done, leave, perform, reclaim_stalled
from opscharter.kernel.jobs.schedule import enqueue_due

ROUND = 20.0
"""Seconds between looks at the schedules."""
log = logging.getLogger(__name__)


@contextmanager
def beating(worker_id: str) -> Iterator[None]:
    """Say now and then that a worker lives, also while it is at a long job."""
    be_alive(worker_id)
    stopped = threading.Event()
    heart = threading.Thread(target=_beat, args=(worker_id, stopped), name="heart", daemon=True)
    heart.start()
    try:
        yield
    finally:
        stopped.set()
        heart.join(BEAT)
        leave(worker_id)


def _beat(worker_id: str, stopped: threading.Event) -> None:
    while not stopped.wait(BEAT):
        try:
            close_old_connections()
            be_alive(worker_id)
        except DatabaseError as error:
            log.warning("the worker could not say that it lives: %s", error)
            connection.close()
    connection.close()


class Worker(QueueWorker):
    """A queue worker that also tries failed jobs again and keeps the schedules."""

    def __init__(self, *, drain: bool = False, interval: float = 0.5) -> None:
        super().__init__(
            queue_names=["*"],
            interval=interval,
            batch=drain,
            backend_name="default",
            startup_delay=False,
            max_tasks=None,
            worker_id=get_random_string(32),
            excluded_queue_names=[],
        )
        self._next_round = 0.0

    def run_task(self, db_task_result: DBTaskResult[Any, Any]) -> None:
        """Do one job.

        The schedules are looked at between jobs too: a queue that is never empty must not hold them up.
        """
        self.running_task = True
        try:
            perform(db_task_result)
        finally:
            self.running_task = False
        self._look_round()

    def run(self) -> None:
        """Work until told to stop; in between look at the schedules."""
        self._look_round()
        if self.batch:
            super().run()
            return
        self.batch = True
        with beating(self.worker_id):
            while self.running:
                self._look_round()
                super().run()
                if self.running:
                    time.sleep(self.interval)

    def _look_round(self) -> None:
        if time.monotonic() < self._next_round:
            return
        self._next_round = time.monotonic() + ROUND
        reclaim_stalled()
        forget_done()
        enqueue_due()
        seal()
