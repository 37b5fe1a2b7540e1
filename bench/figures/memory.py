"""Item 13: memory of web and worker idle and after work, and a cold start to the first page."""

from __future__ import annotations

from bench.figures.run import USERNAME, Run
from bench.lib.client import Request, sign_in
from bench.lib.client import measure as timed
from bench.lib.figure import Figure


def measure(run: Run) -> list[Figure]:
    """Start web and worker, look, ask for pages for a while, look again."""
    import time

    from opscharter.demo.accounts import PASSWORD

    with run.served(worker=True) as product:
        figures = [Figure("13", "cold start to first page", value=product.started, unit="s")]
        cookie = sign_in(product.port, USERNAME, PASSWORD)
        timed(product.port, [Request("/")], warm=1, seconds=1, cookie=cookie)
        time.sleep(min(10.0, run.seconds * 2))
        figures.append(_told("memory idle", product.memory()))
        pages = [
            Request(path)
            for path in ("/", "/service/incidents/", *(f"/service/incidents/{pk}/" for pk in run.tickets_seen[:50]))
        ]
        for _round in range(2):
            timed(product.port, iter(pages * 20), connections=8, seconds=run.seconds, cookie=cookie)
        figures.append(_told("memory after the run", product.memory()))
    return figures


def _told(name: str, held: dict[str, float]) -> Figure:
    parts = ", ".join(f"{process} {megabytes:.0f} MB" for process, megabytes in held.items())
    return Figure("13", f"{name}, web + worker", value=sum(held.values()), unit="MB", notes=[parts])
