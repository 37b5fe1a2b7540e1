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
from opscharter.kernel.calendars.models import BusinessCalendar, calendar_of
from opscharter.kernel.clocks import course as courses
from opscharter.kernel.clocks.course import LEVELS, Course, Stretch, Terms
from opscharter.kernel.clocks.models import REASON_LENGTH, Clock, ClockInterval
from opscharter.kernel.clocks.reasons import CALENDAR_CHANGED

__all__ = ["KINDS", "LEVELS", "LedgerEntry", "Promised", "declare_kind", "ledger_of"]

LIVE = (Clock.State.RUNNING, Clock.State.PAUSED)
KINDS: dict[str, str | Promise] = {}
INTERNAL: set[str] = set()
"""Kinds that are the company's own business: a customer does not see their clocks."""


def declare_kind(code: str, label: str | Promise, *, internal: bool = False) -> str:
    """Name a kind of clock for people; returns the code."""
    KINDS[code] = label
    if internal:
        INTERNAL.add(code)
    return code


@dataclass(frozen=True)
class Promised:
    """What is promised: working seconds, or working days, by a calendar (none: round the clock), under a policy."""

    seconds: int
    calendar: BusinessCalendar | None = None
    policy: str = ""
    working_days: int = 0

    @property
    def terms(self) -> Terms:
        """Return the same for the arithmetic."""
        return Terms(self.seconds, calendar_of(self.calendar), self.policy[:120], self.working_days)


COPIED = ("state", "due_at", "next_warning_at", "warned", "breached_at", "stopped_at", "elapsed_seconds",
          "started_at", "counts_from")  # fmt: skip
"""What a stored clock and its course keep under the same name."""


def course_of(clock: Clock) -> Course:
    """Return the course of a stored clock, with its intervals."""
    terms = Terms(clock.target_seconds, calendar_of(clock.calendar), clock.policy, clock.working_days)
    stretches = [
        Stretch(
            row.start, row.counted, row.reason, row.policy, row.calendar_version, row.end, row.seconds, row.pk
        )
        for row in sorted(clock.intervals.all(), key=lambda row: (row.start, row.pk))
    ]  # fmt: skip
    copied = {name: getattr(clock, name) for name in COPIED}
    return Course(terms, target=clock.target_seconds, carried=clock.carried_seconds, stretches=stretches, **copied)


def take_over(clock: Clock, course: Course) -> None:
    """Give a clock the stand that its course has reached; nothing is stored."""
    for name in COPIED:
        setattr(clock, name, getattr(course, name))
    clock.target_seconds, clock.carried_seconds = course.target, course.carried
    clock.policy, clock.working_days = course.terms.policy, course.terms.working_days
    clock.calendar_version = clock.calendar.version if clock.calendar else 0


def interval_of(clock: Clock, stretch: Stretch) -> ClockInterval:
    """Return a stretch as a row of its clock, unsaved."""
    return ClockInterval(
        clock_id=clock.pk, start=stretch.start, end=stretch.end, counted=stretch.counted,
        reason=stretch.reason[:REASON_LENGTH], seconds=stretch.seconds, policy=stretch.policy,
        calendar_version=stretch.calendar_version,
    )  # fmt: skip


def _store(clock: Clock, course: Course) -> Clock:
    """Store what happened to a clock: its new stand, the interval that ended, and those that began."""
    take_over(clock, course)
    clock.save()
    for stretch in course.stretches:
        if stretch.key is None:
            row = interval_of(clock, stretch)
            row.save(force_insert=True)
            stretch.key = row.pk
        elif stretch.end is not None:
            ClockInterval.objects.filter(pk=stretch.key, end__isnull=True).update(
                end=stretch.end, seconds=stretch.seconds
            )
    return clock


def _clocks(record: Any, kinds: Iterable[str] | None, states: Sequence[str] = LIVE) -> list[Clock]:
    found = Clock.objects.filter(record_type=record._meta.label_lower, record_id=record.pk, state__in=states)
    if kinds is not None:
        found = found.filter(kind__in=list(kinds))
    rows = found.select_related("calendar").prefetch_related("intervals").select_for_update(of=("self",))
    return list(rows.order_by("id"))


def elapsed(clock: Clock, at: dt.datetime | None = None) -> int:
    """Return the working seconds passed under the present policy, what was carried over included."""
    return course_of(clock).passed(at or moment.now())


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
        calendar=promised.calendar,
    )
    return _store(clock, courses.begin(begun, promised.terms, reason))


@transaction.atomic
def pause(record: Any, reason: str, kinds: Iterable[str] | None = None) -> None:
    """Stop counting, with the reason; nothing is due and nobody warned meanwhile."""
    for clock in _clocks(record, kinds, [Clock.State.RUNNING]):
        course = course_of(clock)
        course.pause(moment.now(), reason)
        _store(clock, course)


def why_paused(record: Any) -> str:
    """Return the reason for which a record's clocks stand still; empty when they run."""
    paused = _clocks(record, None, [Clock.State.PAUSED])
    return course_of(paused[0]).open.reason if paused else ""


@transaction.atomic
def resume(record: Any, reason: str, kinds: Iterable[str] | None = None) -> None:
    """Count on from where the clock was paused."""
    for clock in _clocks(record, kinds, [Clock.State.PAUSED]):
        course = course_of(clock)
        course.resume(moment.now(), reason)
        _store(clock, course)


@transaction.atomic
def stop(record: Any, kinds: Iterable[str], reason: str = "stopped", at: dt.datetime | None = None) -> list[Clock]:
    """End clocks and freeze their results."""
    stopped = []
    for clock in _clocks(record, kinds):
        course = course_of(clock)
        course.stop(at or moment.now())
        stopped.append(_store(clock, course))
    return stopped


@transaction.atomic
def cancel(record: Any, kinds: Iterable[str] | None = None) -> None:
    """Call clocks off: nothing was promised after all."""
    for clock in _clocks(record, kinds):
        course = course_of(clock)
        course.cancel(moment.now())
        _store(clock, course)


@transaction.atomic
def reopen(record: Any, kinds: Iterable[str], reason: str = "reopened") -> None:
    """Count on with stopped clocks; the time between is kept as an interval typed “resolved” that does not count."""
    for clock in _clocks(record, kinds, [Clock.State.STOPPED]):
        course = course_of(clock)
        course.reopen(moment.now(), reason)
        _store(clock, course)


@transaction.atomic
def retarget(record: Any, kind: str, promised: Promised, *, retroactive: bool, reason: str) -> None:
    """Put a clock under another promise from now on (priority or contract changed).

    Retroactive: the time passed so far counts by the new calendar, so the clock may turn out breached already.
    Otherwise the new target counts from now. A paused clock stays paused; a breach stays.
    """
    for clock in _clocks(record, [kind]):
        course = course_of(clock)
        course.retarget(moment.now(), promised.terms, retroactive=retroactive, reason=reason)
        clock.calendar = promised.calendar
        _store(clock, course)


@transaction.atomic
def correct(record: Any, kind: str, promised: Promised, reason: str) -> list[Clock]:
    """Put right what a running clock promises, counted from where it counts; returns the clocks that promised another.

    What has counted so far stays, and so does a breach; a clock that is over keeps its result.
    """
    corrected = []
    for clock in _clocks(record, [kind]):
        same = (clock.working_days, clock.calendar_id) == (
            promised.working_days,
            getattr(promised.calendar, "pk", None),
        )
        if same and (promised.working_days or clock.target_seconds == promised.seconds):
            continue
        course = course_of(clock)
        course.correct(moment.now(), promised.terms, reason)
        clock.calendar = promised.calendar
        corrected.append(_store(clock, course))
    return corrected


@transaction.atomic
def restart(record: Any, kind: str, reason: str) -> list[Clock]:
    """End the round of a recurring clock and begin the next, under the same promise; returns the ended round.

    Where the ended round stood still, the next one stands still too, for the same reason.
    """
    live = _clocks(record, [kind])
    waiting = {clock.pk: course_of(clock).open.reason for clock in live if clock.state == Clock.State.PAUSED}
    ended = stop(record, [kind], reason)
    for clock in ended:
        promised = Promised(clock.target_seconds, clock.calendar, clock.policy, clock.working_days)
        start(record, kind, promised, reason)
        if clock.pk in waiting:
            pause(record, waiting[clock.pk], [kind])
    return ended


@transaction.atomic
def recalculate(calendar: BusinessCalendar) -> list[Clock]:
    """Derive running clocks anew after their calendar changed; finished clocks keep their results."""
    stale = Clock.objects.filter(calendar=calendar, state__in=LIVE).exclude(calendar_version=calendar.version)
    changed = []
    rows = stale.select_related("calendar").prefetch_related("intervals").select_for_update(of=("self",))
    for clock in rows.order_by("id"):
        course = course_of(clock)
        if course.recalendar(moment.now(), calendar_of(calendar), CALENDAR_CHANGED):
            changed.append(clock)
        _store(clock, course)
    return changed


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
    rows = rows.prefetch_related("intervals").select_for_update(of=("self",), skip_locked=True)
    crossed = []
    for clock in rows.order_by("next_warning_at")[:limit]:
        course = course_of(clock)
        if level := course.warn(now):
            crossed.append((clock, level))
        _store(clock, course)
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


def ledger_of(record: Any, *, for_customer: bool = False) -> list[LedgerEntry]:
    """Return the clocks of a record, the latest round of each kind, with their intervals; two queries."""
    found = Clock.objects.filter(record_type=record._meta.label_lower, record_id=record.pk)
    if for_customer:
        found = found.exclude(kind__in=INTERNAL)
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
