"""Clocks of imported records are the rows that the ledger would have written step by step."""

import datetime as dt

import pytest
from django.db import IntegrityError
from django.forms import model_to_dict

from opscharter.kernel import moment
from opscharter.kernel.clocks import course as courses
from opscharter.kernel.clocks import ledger
from opscharter.kernel.clocks.histories import ClockHistory, start_many, store_many
from opscharter.kernel.clocks.ledger import Promised
from opscharter.kernel.clocks.models import Clock
from tests.kernel.clocks.test_ledger import HOUR, THING, at, office

__all__ = ["office"]


class Other(type(THING)):
    """A second thing with clocks."""

    pk = 2


def row(clock):
    facts = model_to_dict(clock, exclude=["id", "record_id"])
    parts = [model_to_dict(each, exclude=["id", "clock"]) for each in clock.intervals.order_by("start", "pk")]
    return facts, parts


def test_a_history_with_a_pause_is_stored_as_the_ledger_stores_it(office):
    promised = Promised(8 * HOUR, office, "test")
    with moment.at(at(10, 13, 9)):
        ledger.start(THING, "resolve", promised)
    with moment.at(at(10, 13, 11)):
        ledger.pause(THING, "waiting: customer")
    with moment.at(at(10, 14, 15)):
        ledger.resume(THING, "work goes on")
    with moment.at(at(10, 15, 15)):
        ledger.stop(THING, ["resolve"], "resolved")
    course = courses.begin(at(10, 13, 9), promised.terms, "started")
    course.pause(at(10, 13, 11), "waiting: customer")
    course.resume(at(10, 14, 15), "work goes on")
    course.stop(at(10, 15, 15))
    store_many([ClockHistory(Other(), "resolve", promised, course)])
    by_hand, imported = (Clock.objects.get(record_id=pk) for pk in (1, 2))
    assert row(imported) == row(by_hand)
    assert imported.breached_at is not None
    assert len(row(imported)[1]) == 3


def test_an_imported_clock_that_still_runs_goes_on_in_the_ledger(office):
    promised = Promised(8 * HOUR, office, "test")
    store_many([ClockHistory(THING, "resolve", promised, courses.begin(at(10, 13, 9), promised.terms, "started"))])
    with moment.at(at(10, 13, 11)):
        (clock,) = ledger.stop(THING, ["resolve"])
    assert clock.elapsed_seconds == 2 * HOUR


def test_a_clock_is_not_imported_twice(office):
    promised = Promised(HOUR, None, "test")
    history = ClockHistory(THING, "respond", promised, courses.begin(dt.datetime.now(dt.UTC), promised.terms, "x"))
    store_many([history])
    with pytest.raises(IntegrityError):
        store_many([history])


def test_clocks_started_together_are_those_started_one_by_one(office, django_assert_num_queries):
    promises = {kind: Promised(hours * HOUR, office, "test") for kind, hours in (("respond", 1), ("resolve", 8))}
    with moment.at(at(10, 13, 9)):
        for kind, promised in promises.items():
            ledger.start(THING, kind, promised)
    with django_assert_num_queries(5):  # a savepoint around three statements
        start_many(Other(), promises, at(10, 13, 9))
    for kind in promises:
        by_hand, together = (Clock.objects.get(record_id=pk, kind=kind) for pk in (1, 2))
        assert row(together) == row(by_hand)


def test_a_kind_that_runs_already_goes_on_and_one_that_is_over_begins_another_round(office):
    promises = {"respond": Promised(HOUR, office, "test"), "resolve": Promised(8 * HOUR, office, "test")}
    start_many(THING, promises, at(10, 13, 9))
    with moment.at(at(10, 13, 10)):
        ledger.stop(THING, ["respond"])
    start_many(THING, promises, at(10, 14, 9))
    found = Clock.objects.order_by("kind", "round").values_list("kind", "round", "state")
    assert list(found) == [("resolve", 1, "running"), ("respond", 1, "stopped"), ("respond", 2, "running")]
