"""Jobs: work queued in the same transaction as the change that asks for it, done later, tried again when it fails."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable
from contextlib import nullcontext, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from functools import wraps
from traceback import format_exception
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django_tasks import task
from django_tasks.base import Task, TaskResultStatus
from django_tasks_db.models import DBTaskResult

from opscharter.kernel.access.actor import Actor
from opscharter.kernel.audit.trail import write_entry
from opscharter.kernel.errors import NotPermitted, Reason, Refused
from opscharter.kernel.jobs.models import WorkerBeat

BEAT = 10.0
"""Seconds between a worker's words that it lives."""
DEAD_AFTER = dt.timedelta(seconds=60)
FIRST_WAIT = dt.timedelta(seconds=15)
STALLED_AFTER = dt.timedelta(minutes=15)
DONE_KEPT = dt.timedelta(days=7)

_retries: dict[str, int] = {}
log = logging.getLogger(__name__)


def job(
    retries: int = 5, priority: int = 0, in_transaction: bool = True
) -> Callable[[Callable[..., Any]], Task[..., Any]]:
    """Declare a function a job. Its arguments must be plain (ids, texts); it runs in one transaction.

    A job that waits for the outside world is declared with `in_transaction=False` and keeps its own short ones:
    on SQLite a transaction that lasts keeps everybody else from writing.

    `enqueue(...)` belongs to the caller's transaction, so a rolled-back change leaves no job behind. A job that
    raises is tried again after 15 s, 30 s, 1 min …; after `retries` repeats it lies among the dead letters.
    A worker may die in a job's midst: the job is then done again. What it did in its transaction was undone; a job
    without one must bear being done twice.
    """

    def declare(function: Callable[..., Any]) -> Task[..., Any]:
        @wraps(function)
        def run(*args: Any, **kwargs: Any) -> Any:
            claim = _claim.get()
            mine = _claim.set(None)  # a job called by this one is a part of it
            try:
                with transaction.atomic() if in_transaction else nullcontext():
                    value = function(*args, **kwargs)
                    if in_transaction and claim is not None:
                        claim.settle(value)
                    return value
            finally:
                _claim.reset(mine)

        declared: Task[..., Any] = task(priority=priority)(run)
        _retries[declared.module_path] = retries
        return declared

    return declare


@dataclass
class Claim:
    """One worker's hold on a job, told from later ones by when it began; `done` once the job is marked as done."""

    pk: Any
    started_at: dt.datetime | None
    done: bool = False

    def change(self, **changes: Any) -> None:
        """Change the job's row; raises ClaimLost when the job was given to another worker meanwhile."""
        held = DBTaskResult.objects.filter(
            pk=self.pk, status=TaskResultStatus.RUNNING, started_at=self.started_at
        )  # fmt: skip
        if not held.update(**changes):
            raise ClaimLost

    def settle(self, value: Any) -> None:
        """Mark the job as done."""
        nothing = {"exception_class_path": "", "traceback": ""}
        self.change(
            status=TaskResultStatus.SUCCESSFUL, finished_at=timezone.now(), return_value=value, **nothing
        )  # fmt: skip
        self.done = True


class ClaimLost(Exception):
    """The job was given to another worker, because this one was not heard of for so long."""


_claim: ContextVar[Claim | None] = ContextVar("claim", default=None)


def perform(result: DBTaskResult[Any, Any]) -> None:
    """Do a job that was claimed, and note how it ended.

    A job in one transaction is marked as done in that very transaction: whenever its worker dies, either both its
    effects and the mark are there or neither is. A worker that has lost its claim leaves no effects behind.
    """
    claim = Claim(result.pk, result.started_at)
    before = _claim.set(claim)
    try:
        value = result.task.call(*result.args_kwargs["args"], **result.args_kwargs["kwargs"])
        if not claim.done:
            claim.settle(value)
    except ClaimLost:
        log.warning("job %s (%s) was given to another worker meanwhile", result.pk, result.task_path)
    except Exception as error:
        with suppress(ClaimLost):
            _after_failure(result, claim, error)
    finally:
        _claim.reset(before)


def _after_failure(result: DBTaskResult[Any, Any], claim: Claim, error: BaseException) -> None:
    """Put a failed job back for another try, or among the dead letters when it has had all of them."""
    now, attempts = timezone.now(), len(result.worker_ids)
    said = {
        "exception_class_path": f"{type(error).__module__}.{type(error).__qualname__}",
        "traceback": "".join(format_exception(error)), "return_value": None,
    }  # fmt: skip
    if attempts > _retries.get(result.task_path, 0):
        claim.change(status=TaskResultStatus.FAILED, finished_at=now, **said)
    else:
        wait = FIRST_WAIT * 2 ** (attempts - 1)
        claim.change(status=TaskResultStatus.READY, run_after=now + wait, finished_at=None, **said)


def be_alive(worker_id: str) -> None:
    """Note that a worker lives, and forget those long gone."""
    now = timezone.now()
    if not WorkerBeat.objects.filter(pk=worker_id).update(seen_at=now):
        WorkerBeat.objects.filter(seen_at__lt=now - dt.timedelta(days=1)).delete()
        WorkerBeat.objects.get_or_create(worker_id=worker_id, defaults={"seen_at": now})


def leave(worker_id: str) -> None:
    """Forget a worker that stops, and give back at once what it was made to break off."""
    running = DBTaskResult.objects.filter(status=TaskResultStatus.RUNNING)
    for pk, started_at, worker_ids in running.values_list("pk", "started_at", "worker_ids"):
        if worker_ids[-1] == worker_id:
            with suppress(ClaimLost):
                Claim(pk, started_at).change(status=TaskResultStatus.READY, run_after=timezone.now())
    WorkerBeat.objects.filter(pk=worker_id).delete()


def reclaim_stalled() -> int:
    """Give jobs back whose worker died in their midst; returns how many.

    A worker is dead when it was not heard of for a minute, however long its job takes; of a worker that never said
    that it lives (`--drain`) a job is taken after a quarter of an hour. A job that took a worker with it at every try
    is left among the dead letters.
    """
    now = timezone.now()
    running = DBTaskResult.objects.filter(status=TaskResultStatus.RUNNING)
    beats = dict(WorkerBeat.objects.values_list("worker_id", "seen_at"))
    given_back = 0
    for pk, task_path, worker_ids, started_at in running.values_list("pk", "task_path", "worker_ids", "started_at"):
        seen_at = beats.get(worker_ids[-1])
        last = seen_at or started_at
        if last is None or last >= now - (DEAD_AFTER if seen_at else STALLED_AFTER):
            continue
        with suppress(ClaimLost):
            if len(worker_ids) > _retries.get(task_path, 0):
                lost = {"exception_class_path": "worker lost", "traceback": "The worker died while it did this job."}
                Claim(pk, started_at).change(status=TaskResultStatus.FAILED, finished_at=now, **lost)
            else:
                Claim(pk, started_at).change(status=TaskResultStatus.READY, run_after=now)
                given_back += 1
    return given_back


def forget_done() -> int:
    """Delete the rows of jobs done a week ago; returns how many. Dead letters stay until somebody decides."""
    done = DBTaskResult.objects.filter(status=TaskResultStatus.SUCCESSFUL, finished_at__lt=timezone.now() - DONE_KEPT)
    return done.delete()[0]


def dead_letters() -> QuerySet[DBTaskResult[Any, Any]]:
    """Return the jobs that failed for good, newest first."""
    return DBTaskResult.objects.filter(status=TaskResultStatus.FAILED).order_by("-finished_at")


def try_again(pk: str, actor: Actor) -> None:
    """Put a dead letter back into the queue, audited."""
    _decide(pk, actor, "job:retry", status=TaskResultStatus.READY, run_after=timezone.now(), worker_ids=[])


def give_up(pk: str, actor: Actor, reason: str) -> None:
    """Close a dead letter without doing it, audited with the reason; raises Refused without one."""
    if not reason.strip():
        raise Refused([Reason(_("This step needs a reason."), field="reason")])
    _decide(
        pk, actor, "job:give-up", note=reason, status=TaskResultStatus.SUCCESSFUL, return_value={"given_up": reason}
    )


def _decide(pk: str, actor: Actor, action: str, note: str = "", **changes: Any) -> None:
    if not actor.may("kernel.job", "edit"):
        raise NotPermitted("edit", "kernel.job")
    with transaction.atomic():
        letter = dead_letters().select_for_update().filter(pk=pk).first()
        if letter is None:
            return
        write_entry(actor, action, note=note, changes={"job": [None, letter.task_path], "id": [None, str(letter.pk)]})
        DBTaskResult.objects.filter(pk=letter.pk).update(**changes)
