"""Clocks against the acceptance cases of the service chapter, and against any order of pauses."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from opscharter.kernel import moment
from opscharter.kernel.access.actor import system_actor
from opscharter.kernel.calendars.models import BusinessCalendar, CalendarDay
from opscharter.kernel.clocks import ledger
from opscharter.kernel.clocks.ledger import Promised
from opscharter.kernel.clocks.models import Clock, ClockInterval

HOUR = 3600
SHANGHAI = ZoneInfo("Asia/Shanghai")


def at(month, day, hour, minute=0):
    return dt.datetime(2025, month, day, hour, minute, tzinfo=SHANGHAI)


class Thing:
    """Something with clocks: the ledger asks for no more than a label and an id."""

    class _meta:
        label_lower = "test.thing"

    pk = 1


THING = Thing()


@pytest.fixture
def office(db):
    return BusinessCalendar(name="Office", holidays="cn").save_as(system_actor())


def the_clock(kind="resolve"):
    return Clock.objects.select_related("calendar").filter(kind=kind).latest("round")


def start(when, hours, calendar, kind="resolve"):
    with moment.at(when):
        return ledger.start(THING, kind, Promised(int(hours * HOUR), calendar, "test"))


def test_waiting_moves_the_deadline_and_nothing_is_due_or_warned_meanwhile(office):
    """Case 2: 8 wh from Mon 13 Oct 09:00; waiting Mon 11:00–Tue 15:00 → due Wed 12:00."""
    start(at(10, 13, 9), 8, office)
    with moment.at(at(10, 13, 11)):
        ledger.pause(THING, "waiting for the customer")
    with moment.at(at(10, 14, 14)):
        assert the_clock().due_at is None
        assert ledger.take_warnings() == []
    with moment.at(at(10, 14, 15)):
        ledger.resume(THING, "answered")
    assert the_clock().due_at == at(10, 15, 12)
    assert the_clock().breached_at is None


def test_waiting_over_the_national_holiday_costs_only_what_was_worked(office):
    """Case 2: 4 wh opened 30 Sep 15:00, paused 16:00–9 Oct 10:00 → due 14:30."""
    start(at(9, 30, 15), 4, office)
    with moment.at(at(9, 30, 16)):
        ledger.pause(THING, "vendor")
    with moment.at(at(10, 9, 10)):
        ledger.resume(THING, "vendor came")
    assert the_clock().due_at == at(10, 9, 14, 30)


def test_a_new_priority_counts_from_the_change_or_back_from_the_beginning(office):
    """Case 3: P3 24 wh from Mon 09:00 (due Thu 10:30); at 15:00 P1 4 h round the clock."""
    start(at(10, 13, 9), 24, office)
    assert the_clock().due_at == at(10, 16, 10, 30)
    with moment.at(at(10, 13, 15)):
        ledger.retarget(THING, "resolve", Promised(4 * HOUR), retroactive=False, reason="P1")
        assert the_clock().due_at == at(10, 13, 19)


def test_counted_back_the_clock_was_breached_already_and_says_so_once(office):
    start(at(10, 13, 9), 24, office)
    with moment.at(at(10, 13, 15)):
        ledger.retarget(THING, "resolve", Promised(4 * HOUR), retroactive=True, reason="P1")
        assert the_clock().due_at == at(10, 13, 13)
        crossed = ledger.take_warnings()
        assert [level for _clock, level in crossed] == [100], "one notice, no replayed warnings"
        assert ledger.take_warnings() == []
        assert the_clock().breached_at == at(10, 13, 13)
        ledger.retarget(THING, "resolve", Promised(24 * HOUR, office), retroactive=True, reason="back to P3")
    assert the_clock().breached_at == at(10, 13, 13), "the breach remains"


def test_a_paused_clock_stays_paused_through_a_new_priority(office):
    start(at(10, 13, 9), 24, office)
    with moment.at(at(10, 13, 10)):
        ledger.pause(THING, "customer")
        ledger.retarget(THING, "resolve", Promised(4 * HOUR), retroactive=False, reason="P1")
    assert (the_clock().state, the_clock().due_at) == (Clock.State.PAUSED, None)


def test_a_reopened_clock_counts_on_and_keeps_the_pause_typed_resolved(office):
    """Case 4: 16 wh from Mon 09:00, resolved Tue 10:00, reopened Thu 14:30 → due Fri 14:30."""
    start(at(10, 13, 9), 16, office)
    with moment.at(at(10, 14, 10)):
        (stopped,) = ledger.stop(THING, ["resolve"])
        assert (stopped.elapsed_seconds, stopped.met) == (int(8.5 * HOUR), True)
    with moment.at(at(10, 16, 14, 30)):
        ledger.reopen(THING, ["resolve"])
    assert the_clock().due_at == at(10, 17, 14, 30)
    assert [i.reason for i in ClockInterval.objects.order_by("start", "pk")] == ["started", "resolved", "reopened"]


def test_a_day_declared_closed_moves_running_clocks(office):
    """Case 6: 8 wh from Mon 13 Oct 16:00; Tuesday declared closed on Monday 20:00 → due Wed 16:30."""
    clock = start(at(10, 13, 16), 8, office)
    with moment.at(at(10, 13, 20)):
        CalendarDay(calendar=office, day=dt.date(2025, 10, 14), reason="typhoon").save_as(system_actor())
        assert [each.pk for each in ledger.recalculate_stale()] == [clock.pk]
        assert ledger.recalculate_stale() == []
    assert the_clock().due_at == at(10, 15, 16, 30)


def test_a_finished_clock_keeps_its_result_whatever_changes_later(office):
    """Case 7: solved in 2.5 h under a 4 h target stays met after any recalculation."""
    start(at(10, 13, 9), 4, office)
    with moment.at(at(10, 13, 11, 30)):
        ledger.stop(THING, ["resolve"])
    CalendarDay(calendar=office, day=dt.date(2025, 10, 13), reason="mistake").save_as(system_actor())
    ledger.recalculate_stale()
    ledger.retarget(THING, "resolve", Promised(2 * HOUR, office), retroactive=True, reason="new contract")
    assert (the_clock().met, the_clock().elapsed_seconds) == (True, int(2.5 * HOUR))


def test_a_recurring_clock_begins_a_new_round_each_time_and_remembers_the_late_ones(db):
    start(at(10, 13, 9), 0.5, None, kind="update")
    with moment.at(at(10, 13, 9, 20)):
        assert [clock.met for clock in ledger.restart(THING, "update", "told")] == [True]
    with moment.at(at(10, 13, 10)):
        assert [clock.met for clock in ledger.restart(THING, "update", "told")] == [False]
    assert (the_clock("update").round, the_clock("update").due_at) == (3, at(10, 13, 10, 30))


def test_warnings_come_at_50_75_and_90_percent_and_at_the_breach_each_once(db):
    start(at(10, 13, 9), 10, None)
    told = []
    for hours in (4, 5, 5, 7.5, 9, 9.9, 10, 10.1, 12):
        with moment.at(at(10, 13, 9) + dt.timedelta(hours=hours)):
            told += [level for _clock, level in ledger.take_warnings()]
    assert told == [50, 75, 90, 100]


def test_starting_twice_is_starting_once(db):
    assert start(at(10, 13, 9), 1, None) == start(at(10, 13, 10), 2, None)
    assert Clock.objects.count() == 1


class AnyOrderOfPauses(TestCase):
    """However often one waits, what counted plus what is left is the target."""

    @settings(deadline=None)
    @given(st.lists(st.integers(60, 20_000), min_size=1, max_size=8))
    def test_pauses_conserve_the_promised_time(self, gaps):
        Clock.objects.all().delete()
        now = at(10, 13, 9)
        with moment.at(now):
            ledger.start(THING, "resolve", Promised(200 * HOUR))
        worked = 0
        for number, gap in enumerate(gaps):
            now += dt.timedelta(seconds=gap)
            with moment.at(now):
                if number % 2 == 0:
                    worked += gap
                    ledger.pause(THING, "waiting")
                else:
                    ledger.resume(THING, "goes on")
        with moment.at(now):
            if len(gaps) % 2:
                ledger.resume(THING, "goes on")
        assert the_clock().due_at == now + dt.timedelta(seconds=200 * HOUR - worked)
