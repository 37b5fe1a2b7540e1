"""Jobs: work queued in the same transaction as the change that asks for it, done later, tried again when it fails."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from contextlib import nullcontext
from functools import wraps
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

FIRST_WAIT = dt.timedelta(seconds=15)
STALLED_AFTER = dt.timedelta(minutes=15)
DONE_KEPT = dt.timedelta(days=7)

_retries: dict[str, int] = {}


def job(
    retries: int = 5, priority: int = 0, in_transaction: bool = True
) -> Callable[[Callable[..., Any]], Task[..., Any]]:
    """Declare a function a job. Its arguments must be plain (ids, texts); it runs in one transaction.

    A job that waits for the outside world is declared with `in_transaction=False` and keeps its own short ones:
    on SQLite a transaction that lasts keeps everybody else from writing.

    `enqueue(...)` belongs to the caller's transaction, so a rolled-back change leaves no job behind. A job that
    raises is tried again after 15 s, 30 s, 1 min …; after `retries` repeats it lies among the dead letters.
    A worker may die in a job's midst: the job is then done again, so it must bear being done twice.
    """

    def declare(function: Callable[..., Any]) -> Task[..., Any]:
        @wraps(function)
        def run(*args: Any, **kwargs: Any) -> Any:
            with transaction.atomic() if in_transaction else nullcontext():
                return function(*args, **kwargs)

        declared: Task[..., Any] = task(priority=priority)(run)
        _retries[declared.module_path] = retries
        return declared

    return declare


def after_failure(result: DBTaskResult[Any, Any]) -> None:
    """Put a failed job back for another try, unless it has had all of them."""
    attempts = len(result.worker_ids)
    if attempts > _retries.get(result.task_path, 0):
        return
    wait = FIRST_WAIT * 2 ** (attempts - 1)
    DBTaskResult.objects.filter(pk=result.pk, status=TaskResultStatus.FAILED).update(
        status=TaskResultStatus.READY, run_after=timezone.now() + wait, finished_at=None
    )


def reclaim_stalled() -> int:
    """Give jobs back whose worker died in their midst; returns how many.

    A job that took a worker with it at every try is left among the dead letters.
    """
    now = timezone.now()
    stalled = DBTaskResult.objects.filter(status=TaskResultStatus.RUNNING, started_at__lt=now - STALLED_AFTER)
    given_back = 0
    for pk, task_path, worker_ids in stalled.values_list("pk", "task_path", "worker_ids"):
        if len(worker_ids) > _retries.get(task_path, 0):
            lost = {"exception_class_path": "worker lost", "traceback": "The worker died while it did this job."}
            stalled.filter(pk=pk).update(status=TaskResultStatus.FAILED, finished_at=now, **lost)
        else:
            given_back += stalled.filter(pk=pk).update(status=TaskResultStatus.READY, run_after=now)
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
