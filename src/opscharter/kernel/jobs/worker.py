"""The worker: takes jobs from the queue, starts what is due, seals the audit trail. Any number may run."""

from __future__ import annotations

import time
from typing import Any

from django.utils.crypto import get_random_string
from django_tasks.base import TaskResultStatus
from django_tasks_db.management.commands.db_worker import Worker as QueueWorker
from django_tasks_db.models import DBTaskResult

from opscharter.kernel.audit.sealing import seal
from opscharter.kernel.jobs.queue import after_failure, forget_done, reclaim_stalled
from opscharter.kernel.jobs.schedule import enqueue_due

ROUND = 20.0
"""Seconds between looks at the schedules."""


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
        """Do one job; when it failed, decide whether it is tried again.

        The schedules are looked at between jobs too: a queue that is never empty must not hold them up.
        """
        super().run_task(db_task_result)
        db_task_result.refresh_from_db()
        if db_task_result.status == TaskResultStatus.FAILED:
            after_failure(db_task_result)
        self._look_round()

    def run(self) -> None:
        """Work until told to stop; in between look at the schedules."""
        self._look_round()
        if self.batch:
            super().run()
            return
        self.batch = True
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
