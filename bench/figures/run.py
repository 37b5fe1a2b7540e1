"""What the sections of one stage share: the loaded company, the servers, who asks, and what is asked for."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import cached_property
from itertools import cycle
from typing import Any

from django.db import connection

from bench.lib.client import Request, measure, sign_in
from bench.lib.figure import Figure
from bench.lib.places import Place
from bench.lib.server import Served, serving
from bench.load.founding import found_once
from bench.load.loader import load
from bench.load.stories import LABEL, LONG_EVERY, SOURCE

FLOOR = "bench.floor.asgi:application"
USERNAME = "engineer"
RARE = 15


class Run:
    """One stage: `tickets` loaded in `place`."""

    def __init__(self, place: Place, tickets: int, quick: bool) -> None:
        self.place, self.tickets = place, tickets
        self.seconds = 2.0 if quick else 8.0
        """How long one thing is asked for at each number of connections."""
        self.many = 50 if quick else 400
        """How many records are made where a section writes."""

    def prepare(self) -> Iterator[Figure]:
        """Found the company and load the tickets, where they are not there; yields the figure of the loading."""
        from opscharter.service.tickets.models import Incident

        found_once()
        if Incident.objects.filter(imported_from=SOURCE).exists():
            return
        loaded = load(self.place, self.tickets)
        told = f"{loaded.rows:,} rows, {loaded.rows / (loaded.seconds + loaded.sealing):,.0f} rows/s"
        told += f", {loaded.sealing:.0f} s of it for sealing the audit trail"
        yield Figure("", "loading with history", value=loaded.per_second, unit="tickets/s", notes=[told])

    @cached_property
    def user(self) -> Any:
        """Return the account that asks: an engineer, who sees the own department."""
        from opscharter.kernel.users.models import User

        return User.objects.get(username=USERNAME)

    @cached_property
    def actor(self) -> Any:
        """Return the same as an actor."""
        from opscharter.kernel.access.actor import actor_for

        return actor_for(self.user)

    @cached_property
    def team(self) -> int:
        """Return the engineer's department."""
        from opscharter.organization.models import Employee

        return Employee.objects.get(user=self.user).department_id

    @cached_property
    def token(self) -> str:
        """Return a key to the API for the engineer."""
        from opscharter.kernel.api.tokens import issue

        return issue(self.actor, "bench", days=2)[1]

    @cached_property
    def tickets_seen(self) -> list[int]:
        """Return the ids of 200 closed tickets of the team, from all over the years."""
        from opscharter.service.tickets.models import Incident

        rows = Incident.objects.filter(team_id=self.team, state="CLOSED", imported_from=SOURCE)
        ids = list(rows.order_by("pk").values_list("pk", flat=True)[:200_000])
        return ids[:: max(1, len(ids) // 200)][:200]

    @cached_property
    def long_tickets(self) -> list[int]:
        """Return the ids of tickets of the team with a timeline of 60 entries."""
        from opscharter.kernel.timeline.models import TimelineEntry
        from opscharter.service.tickets.models import Incident

        numbers = [f"INC{n:08}" for n in range(0, self.tickets, LONG_EVERY)][-20_000:]
        rows = Incident.objects.filter(team_id=self.team, state="CLOSED", number__in=numbers).order_by("-pk")
        found = list(rows.values_list("pk", flat=True)[:40])
        entries = TimelineEntry.objects.filter(record_type=LABEL)
        return [pk for pk in found if entries.filter(record_id=pk).count() >= 58]

    @contextmanager
    def served(self, workers: int = 1, worker: bool = False) -> Iterator[Served]:
        """Serve the product."""
        connection.close()
        with serving(self.place, workers=workers, worker=worker) as server:
            yield server

    @contextmanager
    def both(self) -> Iterator[tuple[Served, str, Served]]:
        """Serve the product and the floor; yields the one, the engineer's cookie for it, and the other."""
        from opscharter.demo.accounts import PASSWORD

        with self.served() as product, serving(self.place, application=FLOOR, path="/") as floor:
            yield product, sign_in(product.port, USERNAME, PASSWORD), floor

    def timed(
        self,
        figure: Figure,
        product: Served,
        requests: Iterable[Request],
        floor: Served | None = None,
        floors: Iterable[Request] = (),
        cookie: str = "",
    ) -> Figure:
        """Time pages (each asked for in turn) of the product and of the floor beside it, at 1 and 8 connections."""
        asked = list(requests)
        one, eight = (
            measure(product.port, cycle(asked), connections=count, seconds=self.seconds, cookie=cookie)
            for count in (1, 8)
        )
        figure.take(one, eight)
        below = list(floors)
        if floor is not None and below:
            one, eight = (
                measure(floor.port, cycle(below), connections=count, seconds=self.seconds / 2) for count in (1, 8)
            )
            figure.beside(one, eight)
        return figure

    def counted(self, figure: Figure, path: str, **headers: str) -> Figure:
        """Count the queries of a page, and the processor time it takes inside this very process (no server)."""
        from django.test import Client
        from django.test.utils import CaptureQueriesContext

        client = Client(SERVER_NAME="localhost", headers=headers)
        if not headers:
            client.force_login(self.user, backend="django.contrib.auth.backends.ModelBackend")
        client.get(path)
        with CaptureQueriesContext(connection) as captured:
            client.get(path)
        figure.queries = len(captured)
        figure.cpu = processor_time(lambda: client.get(path))
        return figure


def processor_time(work: Callable[[], object], times: int = 20) -> float:
    """Return the milliseconds of this process's processor that a piece of work takes, on average."""
    begun = time.process_time()
    for _time in range(times):
        work()
    return (time.process_time() - begun) * 1000 / times
