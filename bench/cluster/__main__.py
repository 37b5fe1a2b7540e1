"""Two web nodes, two workers, one PostgreSQL with a replica, nginx: one of each is killed in the midst of the load.

    python -m bench.cluster [--seconds 15]

Prints requests failed, jobs lost, jobs doubled and the throughput before and after, and ends with 1 where anything was
lost, doubled or not seen by who wrote it. Everything that it starts is private to it and gone afterwards.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from bench.cluster.company import found
from bench.cluster.load import Book, Load
from bench.cluster.reckoning import Reckoning, left_to_do, reckon
from bench.cluster.site import WORKERS, Site, open_up, servers
from bench.lib.places import Place  # first: it makes the tools importable
from bench.lib.table import Table, circumstances

READERS, CREATORS, JOBS_A_SECOND = 4, 3, 6
DRAIN_WITHIN = 300.0


@dataclass
class Enqueuer:
    """Queues countable jobs at a steady pace, each in a transaction of its own."""

    count: int = 0
    stopped: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        """Queue until told to stop."""
        from django.db import connection

        from bench.cluster.jobs import leave_mark

        while not self.stopped.wait(1 / JOBS_A_SECOND):
            leave_mark.enqueue(self.count)
            self.count += 1
        connection.close()


def all_at_work() -> bool:
    """Say whether every worker is in the midst of a job at this moment."""
    from django_tasks.base import TaskResultStatus
    from django_tasks_db.models import DBTaskResult

    return DBTaskResult.objects.filter(status=TaskResultStatus.RUNNING).count() >= WORKERS


def wait_for(what: Callable[[], bool], seconds: float, every: float = 0.25) -> float | None:
    """Wait until something holds; returns after how many seconds, None when it did not come."""
    begun = time.monotonic()
    while time.monotonic() - begun < seconds:
        if what():
            return time.monotonic() - begun
        time.sleep(every)
    return None


def drive(site: Site, load: Load, enqueuer: Enqueuer, seconds: float) -> list[tuple[str, float, float]]:
    """Let the load run and the installation suffer; returns each phase with its begin and end."""
    phases: list[tuple[str, float, float]] = []

    def phase(name: str) -> None:
        begun = time.monotonic()
        time.sleep(seconds)
        phases.append((name, begun, time.monotonic()))
        print(f"  {name}: {sum(begun <= at for at, _kind in load.book.done)} answered", flush=True)

    queueing = threading.Thread(target=enqueuer.run)
    queueing.start()
    load.begin(READERS, CREATORS)
    try:
        time.sleep(min(5.0, seconds))
        phase("two nodes, two workers")
        wait_for(all_at_work, 30, every=0.002)
        site.kill("worker 0")
        site.kill("web 1")
        phase("one web node and one worker killed")
        site.start("web 1")
        site.start("worker 0")
        phase("both started again")
        begun = time.monotonic()
        for name in ("web 0", "worker 1"):
            site.stop(name)
            site.start(name)
        phases.append(("the others stopped in good order and started", begun, time.monotonic()))
        phase("two nodes, two workers again")
    finally:
        load.end()
        enqueuer.stopped.set()
        queueing.join()
    return phases


def tell(
    book: Book, found: Reckoning, phases: list[tuple[str, float, float]], drained: float | None, from_replica: int
) -> int:
    """Print the table; returns the exit code."""
    table = Table("cluster: 2 web nodes, 2 workers, PostgreSQL with a replica, nginx", ["", "requests/s"])
    for name, begun, ended in phases:
        table.add(name, sum(begun <= at < ended for at, _kind in book.done) / (ended - begun))
    told = Table("what became of it", ["", "number"])
    for kind, count in sorted(book.counts.items()):
        told.add(f"answered: {kind}" if " by " not in kind else kind, count)
    told.add("transactions on the replica", from_replica)
    told.add("requests FAILED", len(book.failed))
    told.add("own writes not seen", book.unseen)
    told.add("tickets or steps lost or doubled", len(found.records))
    for kind, count in sorted(found.jobs.items()):
        told.add(f"jobs {kind}", count)
    told.add("jobs taken over from a dead or stopped worker", found.taken_over)
    told.add("jobs LOST", len(found.lost))
    told.add("jobs DOUBLED", len(found.doubled))
    told.add("seconds until the queue was empty after the load", drained)
    told.add("audit trail", found.audit)
    told.notes += circumstances("as delivered")
    told.notes += [*book.failed[:8], *found.lost[:8], *found.doubled[:8], *found.records[:8]]
    print(f"\n{table.text()}\n\n{told.text()}", flush=True)
    bad = book.failed or book.unseen or found.records or found.lost or found.doubled or drained is None
    return int(bool(bad) or found.audit != "whole")


def run(site: Site, seconds: float) -> int:
    """Found, open up, drive, reckon."""
    import psycopg
    from django.db import connection
    from django_tasks_db.models import DBTaskResult

    from bench.cluster.jobs import make_table

    token, cookies, customer = found()
    make_table()
    print("founded; starting nodes, workers and nginx", flush=True)
    open_up(site)
    if wait_for(lambda: not left_to_do(), DRAIN_WITHIN) is None:
        print("the founding's own jobs were not done in time; the run goes on", flush=True)
    before = {str(pk) for pk in DBTaskResult.objects.values_list("pk", flat=True)}

    def reads() -> int:
        with psycopg.connect(site.replica.url, autocommit=True) as replica:
            row = replica.execute("SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()")
            return int((row.fetchone() or (0,))[0])

    read_before = reads()
    load, enqueuer = Load(site.port, token, cookies, customer), Enqueuer()
    phases = drive(site, load, enqueuer, seconds)
    drained = wait_for(lambda: not left_to_do(), DRAIN_WITHIN)
    from_replica = reads() - read_before
    reckoning = reckon(load.book, enqueuer.count, before)
    connection.close()
    return tell(load.book, reckoning, phases, drained, from_replica)


def main() -> int:
    """Set up everything in a temporary folder and run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=15.0, help="how long each phase lasts")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="opscharter-cluster-") as folder, servers(Path(folder)) as site:
        place: Place = site.place
        place.enter()
        return run(site, options.seconds)


if __name__ == "__main__":
    sys.exit(main())
