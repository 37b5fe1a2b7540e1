"""Processor time of a request by kind, on SQLite and on PostgreSQL: the constants of docs/operations/sizing.md.

    python -m bench.sizing [--requests 100]

Processor time, unlike time on the clock, is the same on a machine that is busy with other things; the kernel counts it
in hundredths of a second, so a hundred requests are told to a tenth of a millisecond.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from urllib.parse import urlencode

from postgres import Cluster, private_folder

from bench.cluster.company import found
from bench.lib.client import Connection, Request, json_request
from bench.lib.memory import children, resident
from bench.lib.places import Place
from bench.lib.server import serving
from bench.lib.table import Table, circumstances

TICK = 1000 / os.sysconf("SC_CLK_TCK")
INCIDENTS = "/api/v1/service/incidents/"
WARM = 10


def spent(pid: int) -> float:
    """Return the processor time of a process and its children so far, in milliseconds."""
    total = 0.0
    for each in children(pid):
        try:
            fields = Path(f"/proc/{each}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        total += (int(fields[11]) + int(fields[12])) * TICK
    return total


def kinds(port: int, cookie: str, token: str, customer: int, made: list[int]) -> dict[str, Callable[[int], Request]]:
    """Return the requests of an ordinary day, each by the number of the turn; `made` are the tickets created."""
    line = Connection(port, cookie)
    bearer = (("Authorization", f"Bearer {token}"),)
    ticket = json.loads(line.ask(Request(INCIDENTS, headers=bearer)).body)["results"][0]["id"]
    page = line.ask(Request(f"/service/incidents/{ticket}/"))
    line.close()
    mine = re.search(rb'data-live="([^"]+)"', page.body)
    beat = urlencode({"pass": mine[1].decode() if mine else "", "doing": "views"}).encode()
    form = (("Content-Type", "application/x-www-form-urlencoded"),)

    def create(turn: int) -> Request:
        body = {"title": f"Sizing {turn}", "description": "…", "urgency": 3, "customer": customer}
        return json_request(INCIDENTS, body, token, expect=(201,))

    def move(turn: int) -> Request:
        return json_request(f"{INCIDENTS}{made.pop()}/moves/accept/", {}, token)

    return {
        "list page": lambda turn: Request("/service/incidents/"),
        "ticket page": lambda turn: Request(f"/service/incidents/{ticket}/"),
        "search": lambda turn: Request("/find/?q=%E7%B6%B2%E7%B5%A1"),
        "word that a page is open": lambda turn: Request("/live/", "POST", beat, form),
        "create by the API": create,
        "step by the API": move,
    }


def measure(place: Place, database: int, count: int) -> list[tuple[str, float, float, float]]:
    """Return by kind the milliseconds of processor time of web, database and worker; `database` is a process or 0."""
    told = subprocess.run(
        [sys.executable, "-m", "bench.sizing", "--found"],
        env=place.environment(), check=True, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    token, cookie, customer = told.stdout.splitlines()[-1].split()
    drain(place, database)  # what the founding has queued
    idle = drain(place, database)
    rows, made = [], list[int]()
    with serving(place) as served:
        web = served.processes["web"].pid
        line = Connection(served.port, cookie)
        for kind, ask in kinds(served.port, cookie, token, int(customer), made).items():
            for turn in range(WARM + count):
                if turn == WARM:
                    before = spent(web), spent(database) if database else 0.0
                request = ask(turn)
                answer = line.ask(request)
                if answer.status not in request.expect:
                    raise RuntimeError(f"{kind}: {answer.status} {answer.body[:200]!r}")
                if answer.status == 201:
                    made.append(int(json.loads(answer.body)["id"]))
            after = spent(web), spent(database) if database else 0.0
            rows.append((kind, (after[0] - before[0]) / count, (after[1] - before[1]) / count, 0.0))
        rows.append(("memory of a web process, MB", resident(web), 0.0, 0.0))
        line.close()
    busy, each = drain(place, database), WARM + count
    rows.append(("jobs of a ticket created and taken on", 0.0, (busy[1] - idle[1]) / each, (busy[0] - idle[0]) / each))
    return rows


def drain(place: Place, database: int) -> tuple[float, float]:
    """Let a worker do what is queued; returns the milliseconds of the worker and of the database."""
    before, begun = spent(database) if database else 0.0, os.times()
    subprocess.run([sys.executable, "-m", "django", "worker", "--drain"], env=place.environment(), check=True)
    ended = os.times()
    took = ended.children_user - begun.children_user + ended.children_system - begun.children_system
    return took * 1000, (spent(database) if database else 0.0) - before


def tell(title: str, rows: Iterable[tuple[str, float, float, float]]) -> None:
    """Print a table."""
    table = Table(title, ["ms of processor time", "web", "database", "worker"])
    for kind, *figures in rows:
        table.add(kind, *figures)
    table.notes += circumstances("as delivered")
    print(f"\n{table.text()}", flush=True)


def main() -> None:
    """Measure on both databases."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=100)
    parser.add_argument("--found", action="store_true", help="only found the company here (used by the program itself)")
    options = parser.parse_args()
    if options.found:
        import django

        django.setup()
        token, cookies, customer = found()
        print(token, cookies[0], customer)
        return
    with tempfile.TemporaryDirectory(prefix="opscharter-sizing-") as folder:
        sqlite = Place("sqlite", Path(folder), f"sqlite:///{folder}/opscharter.sqlite3")
        tell("SQLite", measure(sqlite, 0, options.requests))
    with tempfile.TemporaryDirectory(prefix="opscharter-sizing-") as folder, private_folder() as data:
        cluster = Cluster(data)
        cluster.make()
        try:
            cluster.start("-c max_connections=60")
            cluster.call("createdb", "-h", "127.0.0.1", "-p", str(cluster.port), "-U", "postgres", "opscharter")
            pid = int(Path(f"{cluster.data}/postmaster.pid").read_text().splitlines()[0])
            place = Place("postgresql", Path(folder), cluster.url)
            tell("PostgreSQL", measure(place, pid, options.requests))
        finally:
            cluster.stop()


if __name__ == "__main__":
    main()
