"""Item 6: a step: requests under way are resolved through the API and through the page."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlencode

from bench.figures.run import FLOOR, USERNAME, Run
from bench.lib.client import Request, csrf, json_request, sign_in
from bench.lib.client import measure as timed
from bench.lib.figure import Figure
from bench.lib.server import serving

SOLVED = {"cause": "worn", "fix": "replaced"}


def measure(run: Run) -> list[Figure]:
    """Resolve one request after the other, through both ways, at 1 and at 8 connections."""
    from opscharter.demo.accounts import PASSWORD

    api, page = Figure("6", "resolve through the API"), Figure("6", "resolve through the page")
    ready = iter(_under_way(run, run.many * 4))

    def through_api(most: int) -> Iterator[Request]:
        for _turn, pk in zip(range(most), ready):
            yield json_request(f"/api/v1/service/requests/{pk}/moves/resolve/", SOLVED, run.token)

    def through_page(most: int, cookie: str) -> Iterator[Request]:
        body = urlencode({**SOLVED, "csrfmiddlewaretoken": csrf(cookie)}).encode()
        headers = (("Content-Type", "application/x-www-form-urlencoded"),)
        for _turn, pk in zip(range(most), ready):
            yield Request(f"/service/requests/{pk}/moves/resolve/", "POST", body, headers, (302,))

    with run.served() as product:
        cookie = sign_in(product.port, USERNAME, PASSWORD)
        for figure, source, signed in ((api, through_api, ""), (page, lambda n: through_page(n, cookie), cookie)):
            one, eight = (
                timed(product.port, source(run.many), connections=count, seconds=600, warm=1, cookie=signed)
                for count in (1, 8)
            )
            figure.take(one, eight)
    _beside(run, [api, page])
    return [api, page]


def _beside(run: Run, figures: list[Figure]) -> None:
    pk = run.tickets_seen[0]
    with serving(run.place, application=FLOOR, path="/") as floor:
        asked = iter(lambda: json_request(f"/move/{pk}/", {}, ""), None)
        one, eight = (timed(floor.port, asked, connections=count, seconds=run.seconds / 2) for count in (1, 8))  # type: tuple[Timing, Timing]
    for figure in figures:
        figure.beside(one, eight)


def _under_way(run: Run, wanted: int) -> list[int]:
    """Make requests of the team that have been taken on and assessed; returns their ids."""
    from opscharter.customers.models import Customer
    from opscharter.service.tickets.models import ServiceRequest

    customer = Customer.objects.filter(team_id=run.team).order_by("pk").first()
    found = []
    for number in range(wanted):
        request = ServiceRequest(
            title=f"Bench {number}", description="To be resolved.", urgency=3, impact=3, customer=customer,
            team_id=run.team,
        ).save_as(run.actor)  # fmt: skip
        request.move("assess", run.actor, category="bench", severity="low", scope_note="one", impact=3, urgency=3)
        found.append(request.pk)
    return found
