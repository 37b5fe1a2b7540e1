"""Item 5: tickets made through the API, with guards, number, clocks, audit, assignment and notice."""

from __future__ import annotations

from itertools import count

from bench.figures.run import Run
from bench.lib.client import json_request
from bench.lib.client import measure as timed
from bench.lib.figure import Figure

WORKERS = 2


def measure(run: Run) -> list[Figure]:
    """Create for a while at 1 and at 8 connections, with two web processes and one that works the jobs."""
    from bench.figures.run import FLOOR
    from bench.lib.server import serving
    from opscharter.customers.models import Customer
    from opscharter.organization.models import Employee

    customer = Customer.objects.filter(team_id=run.team).order_by("pk").values_list("pk", flat=True).first()
    assignee = (
        Employee.objects.current().filter(department_id=run.team, user__isnull=False).exclude(user=run.user).first()
    )
    content = {"description": "Created by the benchmark.", "urgency": 2, "customer": customer, "team": run.team}
    if assignee is not None:
        content["assignee"] = assignee.pk
    serial = count(1)

    def asked() -> object:
        return json_request("/api/v1/service/incidents/", content | {"title": f"Bench {next(serial)}"}, run.token)

    def bare() -> object:
        return json_request("/create/", {"title": f"Bench {next(serial)}", "urgency": 2, "customer": customer}, "")

    figure = Figure("5", "create through the API, 2 web processes")
    with run.served(WORKERS, worker=True) as product:
        one, eight = (
            timed(product.port, iter(asked, None), connections=number, seconds=run.seconds) for number in (1, 8)
        )
        figure.take(one, eight)
    with serving(run.place, workers=WORKERS, application=FLOOR, path="/") as floor:
        one, eight = (
            timed(floor.port, iter(bare, None), connections=number, seconds=run.seconds / 2) for number in (1, 8)
        )
        figure.beside(one, eight)
    return [figure]
