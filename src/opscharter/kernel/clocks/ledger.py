"""The only writer of clocks: starting, pausing, resuming, stopping, and deriving when each is due."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.functional import Promise

from opscharter.kernel import moment
from opscharter.kernel.calendars.engine import Calendar
from opscharter.kernel.calendars.models import BusinessCalendar, calendar_of
from opscharter.kernel.clocks.models import Clock, ClockInterval

LEVELS = (50, 75, 90, 100)
"""Shares of the target (percent) at which somebody is told, each once; 100 is the breach."""

LIVE = (Clock.State.RUNNING, Clock.State.PAUSED)
KINDS: dict[str, str | Promise] = {}


def declare_kind(code: str, label: str | Promise) -> str:
    """Name a kind of clock for people; returns the code."""
    KINDS[code] = label
    return code


@dataclass(frozen=True)
class Promised:
    """What is promised: working seconds by a calendar (none: round the clock), under a policy's name."""

    seconds: int
    calendar: BusinessCalendar | None = None
    policy: str = ""


def _clocks(record: Any, kinds: Iterable[str] | None, states: Sequence[str] = LIVE) -> list[Clock]:
    found = Clock.objects.filter(record_type=record._meta.label_lower, record_id=record.pk, state__in=states)
    if kinds is not None:
        found = found.filter(kind__in=list(kinds))
    return list(found.select_related("calendar").select_for_update(of=("self",)).order_by("id"))


def _open_interval(clock: Clock) -> ClockInterval:
    return clock.intervals.get(end__isnull=True)


def _begin(clock: Clock, at: dt.datetime, counted: bool, reason: str) -> None:
    ClockInterval.objects.create(
        clock=clock,
        start=at,
        counted=counted,
        reason=reason[:120],
        policy=clock.policy,
        calendar_version=clock.calendar_version,
    )


def _end(clock: Clock, at: dt.datetime) -> None:
    """End the open interval, and freeze what it counted."""
    interval = _open_interval(clock)
    interval.end = at
    worked = calendar_of(clock.calendar).between(interval.start, at) if interval.counted else dt.timedelta(0)
    interval.seconds = int(worked.total_seconds())
    interval.save(update_fields=["end", "seconds"])


def elapsed(clock: Clock, at: dt.datetime | None = None) -> int:
    """Return the working seconds passed under the present policy, what was carried over included."""
    total = clock.carried_seconds
    for interval in clock.intervals.all():
        if not interval.counted or interval.start < clock.counts_from:
            continue
        if interval.end is not None and interval.seconds is not None:
            total += interval.seconds
        else:
            total += int(calendar_of(clock.calendar).between(interval.start, at or moment.now()).total_seconds())
    return total


def _derive(clock: Clock) -> None:
    """Set when the clock is due and when somebody is to be told next; nothing while it is paused."""
    clock.due_at = clock.next_warning_at = None
    if clock.state != Clock.State.RUNNING:
        return
    interval = _open_interval(clock)
    passed = elapsed(clock, interval.start)
    calendar = calendar_of(clock.calendar)
    clock.due_at = _reached(clock, calendar, interval.start, passed, clock.target_seconds)
    for level in LEVELS:
        if level > clock.warned:
            share = clock.target_seconds * level // 100
            clock.next_warning_at = _reached(clock, calendar, interval.start, passed, share)
            break


def _reached(clock: Clock, calendar: Calendar, start: dt.datetime, passed: int, wanted: int) -> dt.datetime:
    """Return when so many seconds were, or will be, passed."""
    if wanted >= passed:
        return calendar.add(start, dt.timedelta(seconds=wanted - passed))
    left = wanted
    for interval in clock.intervals.order_by("start", "id"):
        if not interval.counted:
            continue
        worked = int(calendar.between(interval.start, interval.end or start).total_seconds())
        if left <= worked:
            return calendar.add(interval.start, dt.timedelta(seconds=left))
        left -= worked
    return start


def _save(clock: Clock) -> None:
    clock.calendar_version = clock.calendar.version if clock.calendar else 0
    clock.save()


@transaction.atomic
def start(record: Any, kind: str, promised: Promised, reason: str = "started", at: dt.datetime | None = None) -> Clock:
    """Start a clock of a record; a kind that runs already is left as it is."""
    begun = at or moment.now()
    rounds = Clock.objects.filter(record_type=record._meta.label_lower, record_id=record.pk, kind=kind)
    last = rounds.select_related("calendar").order_by("-round").first()
    if last is not None and last.state in LIVE:
        return last
    clock = Clock(
        record_type=record._meta.label_lower,
        record_id=record.pk,
        kind=kind,
        round=last.round + 1 if last else 1,
        target_seconds=promised.seconds,
        calendar=promised.calendar,
        policy=promised.policy[:120],
        started_at=begun,
        counts_from=begun,
    )
    _save(clock)
    _begin(clock, begun, True, reason)
    _derive(clock)
    _save(clock)
    return clock


@transaction.atomic
def pause(record: Any, reason: str, kinds: Iterable[str] | None = None) -> None:
    """Stop counting, with the reason; nothing is due and nobody warned meanwhile."""
    for clock in _clocks(record, kinds, [Clock.State.RUNNING]):
        _switch(clock, moment.now(), Clock.State.PAUSED, counted=False, reason=reason)


@transaction.atomic
def resume(record: Any, reason: str, kinds: Iterable[str] | None = None) -> None:
    """Count on from where the clock was paused."""
    for clock in _clocks(record, kinds, [Clock.State.PAUSED]):
        _switch(clock, moment.now(), Clock.State.RUNNING, counted=True, reason=reason)


def _switch(clock: Clock, at: dt.datetime, state: str, *, counted: bool, reason: str) -> None:
    _note_breach(clock, at)
    _end(clock, at)
    clock.state = state
    _begin(clock, at, counted, reason)
    _derive(clock)
    _save(clock)


def _note_breach(clock: Clock, at: dt.datetime) -> None:
    if clock.breached_at is None and clock.due_at is not None and clock.due_at < at:
        clock.breached_at = clock.due_at


@transaction.atomic
def stop(record: Any, kinds: Iterable[str], reason: str = "stopped", at: dt.datetime | None = None) -> list[Clock]:
    """End clocks and freeze their results."""
    ended = at or moment.now()
    stopped = _clocks(record, kinds)
    for clock in stopped:
        _note_breach(clock, ended)
        _end(clock, ended)
        clock.state, clock.stopped_at = Clock.State.STOPPED, ended
        clock.elapsed_seconds = elapsed(clock, ended)
        clock.next_warning_at = None
        _save(clock)
    return stopped


@transaction.atomic
def cancel(record: Any, kinds: Iterable[str] | None = None) -> None:
    """Call clocks off: nothing was promised after all."""
    for clock in _clocks(record, kinds):
        _end(clock, moment.now())
        clock.state, clock.due_at, clock.next_warning_at = Clock.State.CANCELLED, None, None
        clock.stopped_at = moment.now()
        _save(clock)


@transaction.atomic
def reopen(record: Any, kinds: Iterable[str], reason: str = "reopened") -> None:
    """Count on with stopped clocks; the time between is kept as an interval typed “resolved” that does not count."""
    now = moment.now()
    for clock in _clocks(record, kinds, [Clock.State.STOPPED]):
        if clock.stopped_at is not None:
            ClockInterval.objects.create(
                clock=clock,
                start=clock.stopped_at,
                end=now,
                counted=False,
                reason="resolved",
                seconds=0,
                policy=clock.policy,
                calendar_version=clock.calendar_version,
            )
        clock.state, clock.stopped_at, clock.elapsed_seconds = Clock.State.RUNNING, None, None
        _begin(clock, now, True, reason)
        _derive(clock)
        _save(clock)


@transaction.atomic
def retarget(record: Any, kind: str, promised: Promised, *, retroactive: bool, reason: str) -> None:
    """Put a clock under another promise from now on (priority or contract changed).

    Retroactive: the time passed so far counts by the new calendar, so the clock may turn out breached already.
    Otherwise the new target counts from now. A paused clock stays paused; a breach stays.
    """
    now = moment.now()
    for clock in _clocks(record, [kind]):
        _note_breach(clock, now)
        _end(clock, now)
        calendar = calendar_of(promised.calendar)
        passed = dt.timedelta(0)
        if retroactive:
            for interval in clock.intervals.filter(counted=True):
                passed += calendar.between(interval.start, interval.end or now)
        clock.carried_seconds, clock.counts_from = int(passed.total_seconds()), now
        clock.target_seconds, clock.calendar, clock.policy = promised.seconds, promised.calendar, promised.policy[:120]
        clock.calendar_version = promised.calendar.version if promised.calendar else 0
        _begin(clock, now, clock.state == Clock.State.RUNNING, reason)
        _derive(clock)
        _save(clock)


@transaction.atomic
def restart(record: Any, kind: str, reason: str) -> list[Clock]:
    """End the round of a recurring clock and begin the next, under the same promise; returns the ended round."""
    ended = stop(record, [kind], reason)
    for clock in ended:
        start(record, kind, Promised(clock.target_seconds, clock.calendar, clock.policy), reason)
    return ended


@transaction.atomic
def recalculate(calendar: BusinessCalendar) -> list[Clock]:
    """Derive running clocks anew after their calendar changed; finished clocks keep their results."""
    stale = Clock.objects.filter(calendar=calendar, state__in=LIVE).exclude(calendar_version=calendar.version)
    changed = []
    for clock in stale.select_related("calendar").order_by("id"):
        before = clock.due_at
        _derive(clock)
        _save(clock)
        if clock.due_at != before:
            changed.append(clock)
    return changed


def preview(calendar: Calendar, clocks: Iterable[Clock]) -> list[tuple[Clock, dt.datetime | None, dt.datetime]]:
    """Return which running clocks another calendar would move, with the deadline before and after; writes nothing."""
    moved = []
    for clock in clocks:
        if clock.state != Clock.State.RUNNING:
            continue
        interval = _open_interval(clock)
        passed = elapsed(clock, interval.start)
        due = _reached(clock, calendar, interval.start, passed, clock.target_seconds)
        if due != clock.due_at:
            moved.append((clock, clock.due_at, due))
    return moved


def recalculate_stale() -> list[Clock]:
    """Derive every running clock anew whose calendar has changed since; for the scheduled job."""
    stale = Clock.objects.filter(state__in=LIVE, calendar__isnull=False).exclude(
        calendar_version=F("calendar__version")
    )
    calendars = BusinessCalendar.objects.filter(pk__in=stale.values("calendar_id"))
    return [clock for calendar in calendars for clock in recalculate(calendar)]


@transaction.atomic
def take_warnings(limit: int = 500) -> list[tuple[Clock, int]]:
    """Return clocks that have crossed a level since they were last looked at, each with the highest level, once."""
    now = moment.now()
    rows = Clock.objects.filter(state=Clock.State.RUNNING, next_warning_at__lte=now).select_related("calendar")
    crossed = []
    for clock in rows.select_for_update(of=("self",), skip_locked=True).order_by("next_warning_at")[:limit]:
        passed = elapsed(clock, now)
        overdue = clock.due_at is not None and clock.due_at < now
        reached = [each for each in LEVELS if overdue or (each < 100 and passed * 100 >= clock.target_seconds * each)]
        level = max([*reached, 0])
        _note_breach(clock, now)
        if level > clock.warned:
            clock.warned = level
            crossed.append((clock, level))
        _derive(clock)
        _save(clock)
    return crossed


@dataclass(frozen=True)
class LedgerEntry:
    """A clock as people read it: what it promises, how much has passed, and every interval with its reason."""

    clock: Clock
    label: str | Promise
    elapsed: int
    share: int
    intervals: list[ClockInterval]

    @property
    def tone(self) -> str:
        """Return the colour: green met or far off, amber close to the limit, red breached."""
        if self.clock.breached_at is not None or self.share > 100:
            return "r"
        return "a" if self.clock.state != Clock.State.STOPPED and self.share >= 75 else "g"


def ledger_of(record: Any) -> list[LedgerEntry]:
    """Return the clocks of a record, the latest round of each kind, with their intervals; two queries."""
    found = Clock.objects.filter(record_type=record._meta.label_lower, record_id=record.pk)
    clocks = found.select_related("calendar").prefetch_related("intervals").order_by("kind", "-round")
    latest: dict[str, Clock] = {}
    for clock in clocks:
        latest.setdefault(clock.kind, clock)
    entries = []
    order = {kind: place for place, kind in enumerate(KINDS)}
    for clock in sorted(latest.values(), key=lambda each: order.get(each.kind, len(order))):
        passed = clock.elapsed_seconds if clock.elapsed_seconds is not None else elapsed(clock)
        share = round(passed * 100 / clock.target_seconds) if clock.target_seconds else 100
        intervals = sorted(clock.intervals.all(), key=lambda each: (each.start, each.pk))
        entries.append(LedgerEntry(clock, KINDS.get(clock.kind, clock.kind), passed, share, intervals))
    return entries
