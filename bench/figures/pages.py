"""Items 1, 2 and 7: the list of tickets, a ticket with a long timeline, the cockpit."""

from __future__ import annotations

import datetime as dt
from urllib.parse import urlencode

from bench.figures.run import Run
from bench.lib.client import Request
from bench.lib.figure import Figure

THREE = {"state": "CLOSED", "priority": 3, "channel": "phone"}


def measure(run: Run) -> list[Figure]:
    """Time each page beside the floor's."""
    from django.utils import timezone

    base = "/service/incidents/"
    narrow = f"{base}?{urlencode(THREE)}"
    long = run.long_tickets or run.tickets_seen
    since = (timezone.now() - dt.timedelta(days=28)).date().isoformat()
    pages = [
        ("1", "ticket list, 50 rows", [base], [f"/list/?team={run.team}"]),
        ("1", "ticket list, three filters", [narrow], [f"/list/?{urlencode({'team': run.team, **THREE})}"]),
        ("1", "ticket list, open ones", [f"{base}?state=open"], [f"/list/?team={run.team}&state=ASSIGNED"]),
        ("1", "ticket list, a page further on", _further(run, base), [f"/list/?team={run.team}"]),
        ("2", "ticket page, 60 entries", [f"{base}{pk}/" for pk in long], [f"/detail/{pk}/" for pk in long]),
        ("2", "ticket page: the cards it then asks for", [f"{base}{pk}/cards/" for pk in long], []),
        ("7", "cockpit", ["/"], [f"/cockpit/?since={since}"]),
    ]
    found = []
    with run.both() as (product, cookie, floor):
        for item, name, paths, floors in pages:
            figure = run.counted(Figure(item, name), paths[0])
            asked, below = [Request(path) for path in paths], [Request(path) for path in floors]
            found.append(run.timed(figure, product, asked, floor, below, cookie))
    return found


def _further(run: Run, base: str) -> list[str]:
    """Return the address of the page after 20 pages."""
    from django.http import QueryDict

    from opscharter.kernel.resources.lists import ListQuery
    from opscharter.service.tickets.resources import incidents

    place = ""
    for _page in range(20):
        page = ListQuery(incidents, run.actor, QueryDict(urlencode({"after": place}))).page()
        if not page.after:
            break
        place = page.after
    return [f"{base}?{urlencode({'after': place})}"]
