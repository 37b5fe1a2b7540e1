"""Item 4: the search, within the engineer's scope."""

from __future__ import annotations

from urllib.parse import urlencode

from bench.figures.run import Run
from bench.lib.client import Request
from bench.lib.figure import Figure


def measure(run: Run) -> list[Figure]:
    """Time a word in Chinese, one in English and numbers, in the palette and in the list's own search."""
    from opscharter.service.tickets.models import Incident

    numbers = list(Incident.objects.filter(pk__in=run.tickets_seen[:50]).values_list("number", flat=True))
    asked = [
        ("two Chinese characters", ["網絡"], "網絡"),
        ("two rare Chinese characters", ["印機"], "印機"),
        ("an English word", ["firewall"], "firewall"),
        ("a record number", numbers, numbers[0].lower()),
    ]
    found = []
    with run.both() as (product, cookie, floor):
        for name, words, word in asked:
            below = [Request(f"/search/?{urlencode({'q': word})}")]
            for what, path in (("search", "/find/"), ("list search", "/service/incidents/")):
                paths = [f"{path}?{urlencode({'q': each})}" for each in words]
                figure = run.counted(Figure("4", f"{what}: {name}"), paths[0])
                requests = [Request(each) for each in paths]
                found.append(run.timed(figure, product, requests, floor, below if what == "search" else [], cookie))
    return found
