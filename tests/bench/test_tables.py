"""The benchmarks that take long draw their tables from what they found; here from little."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from bench.cluster import __main__ as cluster
from bench.cluster.load import Book
from bench.cluster.reckoning import Reckoning
from bench.lib.client import Connection, Request
from bench.peers import __main__ as peers
from bench.peers.peer import KINDS, Ask, Peer, Server
from bench.peers.tickets import Questions, Ticket, questions
from opscharter.kernel.moment import now


class Other(Peer):
    """A system that is not there."""

    name = "Other"

    def install(self) -> str:
        return "1.0"

    def load(self, tickets: Sequence[Ticket]) -> None:
        """Keep none of them."""

    def serve(self) -> None:
        """Never come up."""

    def asks(self, questions: Questions) -> Mapping[str, Ask]:
        return {}

    def last_words(self) -> str:
        return "it fell over"


def asked(folder: Path, name: str, milliseconds: float) -> peers.Asked:
    """Return a system that answered everything in the same time."""
    peer = Other(folder, Server("postgres://postgres@127.0.0.1:5432/x"))
    peer.name = name
    found = peers.Asked(peer, "1.0", Connection(peer.port))
    found.times = {kind: [milliseconds] * 30 for kind in KINDS}
    return found


def test_the_comparison_tells_how_far_ours_is_ahead_of_the_fastest_and_who_is_left_out(tmp_path):
    systems = [asked(tmp_path, name, time) for name, time in (("Ours", 10), ("Quick", 35), ("Slow", 90))]
    systems[2].wrong["create"] = "500"
    text = peers.tell(systems[0], systems[1:], ["Redmine is left out: no network"], "peers").text()
    assert "3.50×" in text
    assert "Redmine is left out: no network" in text
    assert "Slow, create: 500" in text


def test_a_system_that_does_not_answer_is_told_with_its_last_words(tmp_path):
    system = asked(tmp_path, "Gone", 1)
    system.peer.asks = lambda questions: {kind: lambda turn: Request("/") for kind in KINDS}
    peers.compare([system], questions([Ticket("網絡", "", 3, now(), None)] * 40, 5), 5)
    assert set(system.wrong) == set(KINDS)
    assert "it fell over" in system.wrong["list"]


@pytest.mark.parametrize(
    ("spoiled", "code"),
    [({}, 0), ({"lost": ["job 7"]}, 1), ({"doubled": ["job 7"]}, 1), ({"records": ["2 tickets"]}, 1)],
)
def test_the_cluster_ends_with_1_when_anything_was_lost_or_doubled(capsys, spoiled, code):
    book = Book(Counter({"list": 3}), [(1.0, "list"), (2.0, "list")])
    found = Reckoning(jobs=Counter({"of the product": 2}), audit="whole", **spoiled)
    assert cluster.tell(book, found, [("two nodes", 0.0, 2.0)], 1.0, 100) == code
    assert "jobs LOST" in capsys.readouterr().out
