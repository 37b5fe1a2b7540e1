"""The same tickets in OpsCharter and in other systems, asked side by side in one run, taking turns.

    python -m bench.peers [--tickets 10000] [--turns 30] [--only redmine]

One connection, signed in as somebody with permission, medians after a warm-up. A peer that cannot be installed is named
and left out. Everything lies in a temporary folder (or `--keep FOLDER`) and in databases that are dropped afterwards.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from bench.lib.client import Connection, Request
from bench.lib.places import Place, place
from bench.lib.table import Table, circumstances, times
from bench.peers.helpdesk import DjangoHelpdesk
from bench.peers.ours import OpsCharter
from bench.peers.peer import KINDS, Peer, Server
from bench.peers.redmine import Redmine
from bench.peers.tickets import Questions, questions, read_all
from bench.peers.tracker import RequestTracker

PEERS: tuple[type[Peer], ...] = (Redmine, RequestTracker, DjangoHelpdesk)
WARM, TURNS_AT_ONCE = 5, 5
GOALS = {"list": 5.0, "search": 5.0, "detail": 3.0, "create": 1.0}
"""So many times faster than the fastest peer ours is to be."""


@dataclass
class Asked:
    """One system that serves, and the milliseconds of its answers by kind."""

    peer: Peer
    version: str
    line: Connection
    times: dict[str, list[float]] = field(default_factory=lambda: {kind: [] for kind in KINDS})
    wrong: dict[str, str] = field(default_factory=dict)

    def ask(self, request: Request) -> float:
        """Return how long an answer took, in milliseconds; RuntimeError when it was no good answer."""
        begun = time.perf_counter()
        answer = self.line.ask(request)
        took = (time.perf_counter() - begun) * 1000
        if answer.status not in request.expect:
            raise RuntimeError(f"{answer.status} {answer.headers[:60]!r} {answer.body[:120]!r}")
        return took

    def median(self, kind: str) -> float:
        """Return the median; not a number where this kind did not work."""
        return statistics.median(self.times[kind]) if self.times[kind] and kind not in self.wrong else float("nan")


def prepare(peer: Peer, tickets: Sequence) -> Asked | str:  # type: ignore[type-arg]
    """Install, load and serve a peer; returns it, or why it is left out."""
    try:
        begun = time.monotonic()
        version = peer.install()
        print(f"{peer.name} {version} installed after {time.monotonic() - begun:.0f} s", flush=True)
        begun = time.monotonic()
        peer.load(tickets)
        print(f"  loaded in {time.monotonic() - begun:.0f} s", flush=True)
        peer.serve()
    except Exception as error:  # whatever it is: the others are compared without it
        return f"{peer.name} is left out: {type(error).__name__}: {str(error).strip()[:300]}"
    return Asked(peer, version, Connection(peer.port, peer.cookie))


def compare(systems: Sequence[Asked], asked: Questions, turns: int) -> None:
    """Ask every system the same, a few requests in a row, in turns."""
    for kind in KINDS:
        asks = {id(system): system.peer.asks(asked)[kind] for system in systems}
        for begin in range(-WARM, turns, TURNS_AT_ONCE):
            for system in systems:
                if kind in system.wrong:
                    continue
                try:
                    for turn in range(begin, min(begin + TURNS_AT_ONCE, turns)):
                        took = system.ask(asks[id(system)](turn + WARM))
                        if turn >= 0:
                            system.times[kind].append(took)
                except (OSError, RuntimeError) as error:
                    system.wrong[kind] = f"{str(error)[:160]} {system.peer.last_words()}"


def tell(ours: Asked, others: Sequence[Asked], left_out: Sequence[str], heading: str) -> Table:
    """Return the table: milliseconds of each, and how far ours is ahead of the fastest of the others."""
    names = [f"{each.peer.name} {each.version}" for each in (ours, *others)]
    table = Table(heading, ["median ms (p95)", *names, "fastest peer ÷ ours", "goal"])
    for kind in KINDS:
        figures = []
        for each in (ours, *others):
            late = sorted(each.times[kind])[int(len(each.times[kind]) * 0.95)] if each.times[kind] else float("nan")
            figures.append("–" if kind in each.wrong else f"{each.median(kind):.1f} ({late:.1f})")
        there = [each.median(kind) for each in others if each.median(kind) == each.median(kind)]
        table.add(kind, *figures, times(min(there, default=None), ours.median(kind)), f"{GOALS[kind]:g}×")
    table.notes += [*left_out, *circumstances("as delivered")]
    for each in (ours, *others):
        table.notes += [f"{each.peer.name}, {kind}: {why}" for kind, why in each.wrong.items()]
    table.notes.append(
        "search: every system's own for one word; list: 50 rows, newest first (django-helpdesk: its data call); "
        "create: by the API, ours with number, clocks, guards, audit and jobs queued"
    )
    return table


def run(here: Place, scratch: Path, options: argparse.Namespace) -> int:
    """Found ours, give its tickets to the others, compare, print."""
    from django.db import connection

    server = Server(here.url)
    with ExitStack() as ends:
        ours = OpsCharter(here, server)
        ends.callback(ours.end)
        version = ours.install()
        print(f"OpsCharter loads {options.tickets:,} tickets …", flush=True)
        print(f"  {ours.fill(options.tickets):,.0f} tickets/s", flush=True)
        ours.ids, tickets = read_all()
        asked = questions(tickets, options.turns)
        connection.close()
        others, left_out = [], []
        for kind in PEERS:
            if options.only and options.only not in kind.name.lower():
                continue
            peer = kind(scratch, server)
            ends.callback(peer.end)
            found = prepare(peer, tickets)
            if isinstance(found, str):
                print(found, flush=True)
                left_out.append(found)
            else:
                others.append(found)
        ours.serve()
        connection.close()
        mine = Asked(ours, version, Connection(ours.port, ours.cookie))
        compare([mine, *others], asked, options.turns)
        heading = f"peers: {len(tickets):,} tickets, searching for {asked.word}, {options.turns} requests each"
        print(f"\n{tell(mine, others, left_out, heading).text()}", flush=True)
    return int(bool(mine.wrong))


def main() -> int:
    """Make the place and the scratch folder, and run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tickets", type=int, default=10_000)
    parser.add_argument("--turns", type=int, default=30, help="requests of each kind, after a warm-up")
    parser.add_argument("--only", default="", help="part of a peer's name, in small letters")
    parser.add_argument("--keep", default="", help="folder to install into, kept afterwards")
    options = parser.parse_args()
    with ExitStack() as ends:
        here = ends.enter_context(place("postgresql", "peers"))
        scratch = options.keep or ends.enter_context(tempfile.TemporaryDirectory(prefix="opscharter-peers-"))
        here.enter()
        return run(here, Path(scratch).resolve(), options)


if __name__ == "__main__":
    sys.exit(main())
