"""The loading itself: batches of stories through `records.bulk`, by as many processes as there are cores."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
import time
from dataclasses import dataclass

from bench.lib.places import Place

BATCH = 500
PEOPLE_PER_CUSTOMER = 400
"""Every so many tickets there is another customer, up to MOST_CUSTOMERS."""
MOST_CUSTOMERS = 2_000


@dataclass
class Loaded:
    """What was loaded, and how long it took."""

    tickets: int
    rows: int
    seconds: float
    sealing: float

    @property
    def per_second(self) -> float:
        """Return tickets a second, the sealing of the audit trail included."""
        return self.tickets / (self.seconds + self.sealing)


def load(place: Place, tickets: int, processes: int = 0) -> Loaded:
    """Load so many tickets with their history beside what is there, seal the audit trail, and analyse the tables.

    SQLite has one writer, so one process loads there. RuntimeError when one of the processes fails.
    """
    from django.db import connection
    from django.utils import timezone

    until = timezone.now().replace(microsecond=0)
    before = _rows()
    begun = time.perf_counter()
    _customers(tickets)
    connection.close()
    count = 1 if place.kind == "sqlite" else processes or os.cpu_count() or 1
    arguments = [sys.executable, "-m", "bench.load.part", until.isoformat(), str(tickets), str(count)]
    parts = [subprocess.Popen([*arguments, str(part)], env=place.environment()) for part in range(count)]
    if sum(abs(part.wait()) for part in parts):
        raise RuntimeError("a part of the loading failed")
    loaded = time.perf_counter()
    _seal()
    with connection.cursor() as cursor:
        connection.commit() if not connection.get_autocommit() else None
        cursor.execute("VACUUM ANALYZE" if place.kind == "postgresql" else "ANALYZE")
    return Loaded(tickets, _rows() - before, loaded - begun, time.perf_counter() - loaded)


def _seal() -> None:
    from opscharter.kernel.audit.sealing import seal

    seal()


def _rows() -> int:
    """Return how many rows there are of all that is loaded."""
    from opscharter.kernel.audit.models import AuditEntry
    from opscharter.kernel.clocks.models import Clock, ClockInterval
    from opscharter.kernel.search.models import SearchDocument
    from opscharter.kernel.timeline.models import TimelineEntry
    from opscharter.service.tickets.models import Incident

    models = (Incident, TimelineEntry, Clock, ClockInterval, SearchDocument, AuditEntry)
    return sum(model.objects.count() for model in models)


def _customers(tickets: int) -> None:
    """Bring as many customers as go with so many tickets."""
    from opscharter.customers.models import Customer
    from opscharter.demo import names
    from opscharter.kernel.access.actor import system_actor
    from opscharter.kernel.records import bulk

    wanted = min(MOST_CUSTOMERS, tickets // PEOPLE_PER_CUSTOMER) - Customer.objects.count()
    teams = list(Customer.objects.exclude(team=None).values_list("team_id", flat=True).distinct().order_by("team_id"))
    families = names.FAMILY
    rows = [
        Customer(
            name=f"{families[n % len(families)]}{families[n // len(families)]}實業{n:04}有限公司",
            short_name=f"實業{n:04}", team_id=teams[n % len(teams)],
        )
        for n in range(max(0, wanted))
    ]  # fmt: skip
    bulk.create_many(rows, system_actor("import"))


def take_in(numbers: range, total: int, until: dt.datetime) -> None:
    """Take the tickets of these numbers in, batch by batch: each whole or not at all."""
    from django.db import transaction

    from bench.load.stories import SOURCE, World, tell
    from opscharter.kernel.access.actor import system_actor
    from opscharter.kernel.clocks.histories import store_many
    from opscharter.kernel.records import bulk
    from opscharter.kernel.timeline.entries import append_many

    world, actor = World(total, until), system_actor("import")
    for start in range(0, len(numbers), BATCH):
        stories = [tell(world, number) for number in numbers[start : start + BATCH]]
        with transaction.atomic():
            bulk.create_many([story.incident for story in stories], actor, note=SOURCE)
            for story in stories:
                for entry in story.entries:
                    entry.record_id = story.incident.pk
            append_many([entry for story in stories for entry in story.entries])
            store_many([clock for story in stories for clock in story.clocks])
