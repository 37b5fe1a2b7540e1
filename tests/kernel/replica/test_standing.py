"""When a replica may answer: how far behind it is by one's own clock, and what a request has written."""

from __future__ import annotations

import logging

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError, transaction

from opscharter.config.environment import replica_database
from opscharter.kernel import replica
from opscharter.kernel.replica import ALIAS, LOOK_EVERY, TRY_AGAIN, Course, Router, Standing, pin, primary
from opscharter.kernel.users.models import User

LAG = 5.0


class Pair:
    """A primary and its replica with positions to set, and a clock to move."""

    def __init__(self) -> None:
        self.now, self.written, self.replayed = 100.0, 1000, 1000
        self.gone = self.no_replica = False
        self.asked = 0
        self.standing = Standing(LAG, self.ask, lambda: self.now)

    def ask(self, alias: str, position: str) -> int | None:
        self.asked += 1
        if alias != ALIAS:
            return self.written
        if self.gone:
            raise OperationalError("connection refused\n")
        return None if self.no_replica else self.replayed

    def later(self, seconds: float, position: int = 0) -> bool:
        """Let time pass in steps of a look, and say whether the replica then serves."""
        until = self.now + seconds
        while self.now < until:
            self.now = min(until, self.now + LOOK_EVERY)
            serves = self.standing.serves(position)
        return serves


@pytest.fixture
def pair(monkeypatch: pytest.MonkeyPatch) -> Pair:
    class Connections(dict):
        def __getitem__(self, alias: str) -> Connections:
            return self

        def close(self) -> None:
            pass

    monkeypatch.setattr(replica, "connections", Connections())
    return Pair()


def test_a_replica_that_has_replayed_everything_serves_however_long_nothing_is_written(pair):
    assert pair.standing.serves()
    pair.now += 3600
    assert pair.standing.serves()


def test_a_replica_that_stands_still_serves_until_it_is_too_far_behind_and_again_when_it_has_caught_up(pair, caplog):
    assert pair.standing.serves()
    pair.written = 2000
    assert pair.later(LAG - 1)
    with caplog.at_level(logging.WARNING):
        assert not pair.later(4)
        assert not pair.later(4)
        pair.replayed = 2000
        assert pair.later(LOOK_EVERY)
    assert [record.message for record in caplog.records] == [
        "the replica is more than 5 s behind; pages are read from the primary",
        "pages are read from the replica again",
    ]


def test_a_replica_at_the_edge_of_the_bound_does_not_come_and_go(pair):
    assert pair.standing.serves()
    pair.written = 2000
    assert not pair.later(LAG + 2)

    def follow(seconds: int) -> bool:
        pair.written += 1000
        pair.replayed = max(pair.replayed, pair.written - 1000 * seconds)
        return pair.later(1)

    assert not any(follow(4) for _second in range(12))
    assert [follow(1) for _second in range(4)][-1]
    assert all(follow(4) for _second in range(12)), "one that serves may fall so far behind"


def test_a_replica_that_follows_a_busy_primary_at_a_distance_serves(pair):
    assert pair.standing.serves()
    for _step in range(100):
        pair.written, pair.replayed = pair.written + 100, pair.written - 200
        assert pair.later(LOOK_EVERY)


def test_a_write_under_way_after_a_quiet_hour_is_waited_for_and_not_complained_of(pair, caplog):
    assert pair.standing.serves()
    pair.now += 3600
    pair.written = 2000
    with caplog.at_level(logging.WARNING):
        assert not pair.standing.serves()
        pair.replayed = 2000
        assert pair.later(LOOK_EVERY)
    assert caplog.records == []


def test_whoever_has_written_waits_for_the_replica_and_is_let_back_without_waiting_for_the_next_look(pair):
    assert pair.standing.serves()
    pair.written = 2000
    assert not pair.standing.serves(2000)
    assert pair.standing.serves(1000), "others go on reading it"
    pair.replayed = 2000
    assert pair.standing.serves(2000)


def test_the_positions_are_asked_for_now_and_then_only(pair):
    for _request in range(50):
        pair.standing.serves()
    assert pair.asked == 2


def test_a_replica_that_is_gone_is_told_of_once_and_tried_again_after_a_while(pair, caplog):
    pair.gone = True
    with caplog.at_level(logging.WARNING):
        assert not pair.later(TRY_AGAIN * 4)
    assert [record.message for record in caplog.records] == [
        "the replica does not answer; pages are read from the primary: connection refused"
    ]
    assert pair.asked < 2 * 2 * 4 + 2
    pair.gone = False
    assert pair.later(TRY_AGAIN + LOOK_EVERY)


def test_a_server_that_replays_nothing_is_not_taken_for_a_replica(pair, caplog):
    pair.no_replica = True
    assert not pair.standing.serves()
    assert "is no replica" in caplog.text


@pytest.fixture
def course():
    before = replica._course.set(Course(reading=True))
    yield replica._course.get()
    replica._course.reset(before)


@pytest.mark.django_db(transaction=True)
def test_a_page_reads_the_replica_until_it_writes(course):
    router = Router()
    assert router.db_for_read(User) == ALIAS
    with transaction.atomic():
        assert router.db_for_read(User) == "default"
    assert router.db_for_read(User) == ALIAS
    assert router.db_for_write(User) == "default"
    assert router.db_for_read(User) == "default"
    assert course.wrote


def test_what_is_written_apart_keeps_a_page_neither_from_the_replica_nor_in_mind(course):
    router = Router()
    with primary():
        assert router.db_for_read(User) == "default"
        router.db_for_write(User)
    assert router.db_for_read(User) == ALIAS
    assert not course.wrote


def test_a_pinned_page_and_a_job_read_the_primary(course):
    pin()
    assert Router().db_for_read(User) == "default"
    course.reading = True
    with primary():  # as outside any request
        assert Router().db_for_read(User) == "default"


def test_only_the_primary_is_migrated():
    assert Router().allow_migrate("default", "kernel")
    assert not Router().allow_migrate(ALIAS, "kernel")


def test_a_replica_needs_postgresql():
    with pytest.raises(ImproperlyConfigured, match="needs PostgreSQL"):
        replica_database("postgres://host/x", {"ENGINE": "django.db.backends.sqlite3"})
