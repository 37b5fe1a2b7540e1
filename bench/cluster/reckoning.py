"""What the database holds afterwards, against what was asked for."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from bench.cluster.load import Book

JOB, TABLE = "bench.cluster.jobs.leave_mark", "bench_effect"
"""The countable job, and the table in which it leaves its effects."""


@dataclass
class Reckoning:
    """What was lost, doubled or left over; every list is empty after a good run."""

    jobs: Counter[str] = field(default_factory=Counter)
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    records: list[str] = field(default_factory=list)
    audit: str = ""
    taken_over: int = 0
    """Jobs that needed more than one worker."""


def left_to_do() -> int:
    """Return how many jobs wait or run; those of schedules that come round do not count."""
    from django.utils import timezone
    from django_tasks.base import TaskResultStatus
    from django_tasks_db.models import DBTaskResult

    ready = DBTaskResult.objects.ready().filter(enqueued_at__lt=timezone.now())
    tried = DBTaskResult.objects.filter(status=TaskResultStatus.READY, started_at__isnull=False)
    return (ready | tried).distinct().count() + DBTaskResult.objects.filter(status=TaskResultStatus.RUNNING).count()


def reckon(book: Book, enqueued: int, before: set[str]) -> Reckoning:
    """Count jobs, their effects, what was created and which steps were taken; `before` are the ids of older jobs."""
    from django.db import connection
    from django_tasks.base import TaskResultStatus
    from django_tasks_db.models import DBTaskResult

    from opscharter.kernel.audit.checking import verify_now

    found = Reckoning()
    for pk, path, status, workers in DBTaskResult.objects.values_list("pk", "task_path", "status", "worker_ids"):
        if str(pk) in before:
            continue
        found.jobs["of the benchmark" if path == JOB else "of the product"] += 1
        found.taken_over += len(workers) > 1
        if status != TaskResultStatus.SUCCESSFUL:
            found.lost.append(f"{path} is {status}")
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT number, count(*) FROM {TABLE} GROUP BY number")
        marks = dict(cursor.fetchall())
    found.lost += [f"no effect of job {number}" for number in range(enqueued) if number not in marks]
    found.doubled += [f"{count} effects of job {number}" for number, count in marks.items() if count > 1]
    found.records += _records(book)
    verified = verify_now()
    found.audit = "whole" if not verified.findings else f"FOUND {verified.findings}"
    return found


def _records(book: Book) -> list[str]:
    """Return what is wrong with what was created and moved: once each, neither more nor less."""
    from django.db.models import Count

    from opscharter.kernel.audit.models import AuditEntry
    from opscharter.service.tickets.models import Incident

    there = Counter(Incident.objects.filter(title__startswith="Cluster ").values_list("title", flat=True))
    wrong = [f"{count} tickets “{title}”" for title, count in there.items() if count > 1]
    wrong += [f"ticket {pk} was answered and is not there" for pk, title in book.created if title not in there]
    steps = AuditEntry.objects.filter(record_type="service.incident", action__endswith="accept")
    taken = dict(steps.values_list("record_id").annotate(n=Count("pk")))
    wrong += [f"{taken.get(pk, 0)} steps taken on ticket {pk}" for pk in book.moved if taken.get(pk) != 1]
    return wrong
