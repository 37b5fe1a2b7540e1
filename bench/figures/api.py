"""Item 3: the API's list of 50 and a single ticket."""

from __future__ import annotations

from bench.figures.run import Run
from bench.lib.client import Request
from bench.lib.figure import Figure


def measure(run: Run) -> list[Figure]:
    """Time both beside the floor's JSON."""
    base, head = "/api/v1/service/incidents/", (("Authorization", f"Bearer {run.token}"),)
    pages = [
        ("API list of 50", [f"{base}?page_size=50"], [f"/api/list/?team={run.team}"]),
        (
            "API detail",
            [f"{base}{pk}/" for pk in run.tickets_seen],
            [f"/api/detail/{pk}/" for pk in run.tickets_seen],
        ),
    ]
    found = []
    with run.both() as (product, _cookie, floor):
        for name, paths, floors in pages:
            figure = run.counted(Figure("3", name), paths[0], **dict(head))
            asked = [Request(path, headers=head) for path in paths]
            found.append(run.timed(figure, product, asked, floor, [Request(path) for path in floors]))
    return found
