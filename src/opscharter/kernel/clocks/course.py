"""The course of one clock as pure arithmetic: what the ledger stores and what `opscharter clock` explains.

Nothing here knows a database. The ledger reads a course, lets something happen to it, and stores it again; the
explanation of a deadline outside any ticket lets the same things happen to a course of its own.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field

from opscharter.kernel.calendars.engine import Calendar

WARNINGS = (50, 75, 90)
BREACH = 100
ESCALATIONS = (125, 150, 200)
LEVELS = (*WARNINGS, BREACH, *ESCALATIONS)
"""Shares of the target (percent) at which somebody is told, each once; 100 is the breach."""

RUNNING, PAUSED, STOPPED, CANCELLED = "running", "paused", "stopped", "cancelled"
RESOLVED = "resolved"
"""The reason of the stretch between a solution and the reopening."""


@dataclass(frozen=True)
class Terms:
    """What is promised, and by which calendar it is counted.

    Either `seconds`, or so many `working_days`: then the target is what the calendar works from the first working
    moment until the same time of day so many working days later.
    """

    seconds: int
    calendar: Calendar
    policy: str = ""
    working_days: int = 0

    def target_from(self, start: dt.datetime) -> int:
        """Return the working seconds promised to something that begins at a moment."""
        return self.calendar.seconds_of_days(start, self.working_days) if self.working_days else self.seconds


@dataclass
class Stretch:
    """A part of a clock's life that counts or does not, with the reason; `seconds` is fixed when it ends."""

    start: dt.datetime
    counted: bool
    reason: str
    policy: str = ""
    calendar_version: int = 0
    end: dt.datetime | None = None
    seconds: int | None = None
    key: int | None = None
    """The stored row, if there is one."""


@dataclass
class Course:
    """One clock from its start to its end.

    `carried` is what had passed, by the present calendar, when the present terms began at `counts_from`.
    `due_at` is empty while it is paused. A breach, once noted, stays.
    """

    terms: Terms
    started_at: dt.datetime
    counts_from: dt.datetime
    target: int
    state: str = RUNNING
    carried: int = 0
    stretches: list[Stretch] = field(default_factory=list)
    due_at: dt.datetime | None = None
    next_warning_at: dt.datetime | None = None
    warned: int = 0
    breached_at: dt.datetime | None = None
    stopped_at: dt.datetime | None = None
    elapsed_seconds: int | None = None

    @property
    def open(self) -> Stretch:
        """Return the stretch that has not ended; LookupError on a clock that is over."""
        for stretch in reversed(self.stretches):
            if stretch.end is None:
                return stretch
        raise LookupError("the clock is over")

    @property
    def met(self) -> bool | None:
        """Say whether the promise was kept; None while it is not decided."""
        if self.breached_at is not None:
            return False
        return True if self.state == STOPPED else None

    def passed(self, at: dt.datetime) -> int:
        """Return the working seconds passed under the present terms, what was carried over included."""
        if self.elapsed_seconds is not None:
            return self.elapsed_seconds
        return self.carried + sum(
            self._worked(each, at) for each in self.stretches if each.counted and each.start >= self.counts_from
        )

    def _worked(self, stretch: Stretch, at: dt.datetime) -> int:
        if stretch.end is not None and stretch.seconds is not None:
            return stretch.seconds
        return int(self.terms.calendar.between(stretch.start, stretch.end or at).total_seconds())

    def _begin(self, at: dt.datetime, reason: str) -> None:
        terms = self.terms
        self.stretches.append(
            Stretch(at, self.state == RUNNING, reason, policy=terms.policy, calendar_version=terms.calendar.version)
        )

    def _end(self, at: dt.datetime) -> None:
        """End the open stretch, and fix what it counted."""
        stretch = self.open
        at = max(at, stretch.start)
        stretch.seconds = self._worked(stretch, at) if stretch.counted else 0
        stretch.end = at

    def _note_breach(self, at: dt.datetime) -> None:
        if self.breached_at is None and self.due_at is not None and self.due_at < at:
            self.breached_at = self.due_at

    def derive(self) -> None:
        """Set when the clock is due and when somebody is to be told next; nothing while it is paused."""
        self.due_at = self.next_warning_at = None
        if self.state != RUNNING:
            return
        passed = self.passed(self.open.start)
        self.due_at = self._reached(passed, self.target)
        if self.breached_at is not None and self.warned < BREACH:
            self.next_warning_at = self.breached_at
            return
        level = next((level for level in LEVELS if level > self.warned), None)
        if level is not None:
            self.next_warning_at = self._reached(passed, -(-self.target * level // 100))

    def _reached(self, passed: int, wanted: int) -> dt.datetime:
        """Return when so many seconds were, or will be, passed; `passed` is how many before the open stretch."""
        calendar, begin = self.terms.calendar, self.open.start
        if wanted >= passed:
            return calendar.add(begin, dt.timedelta(seconds=wanted - passed))
        origin = self.started_at if self.carried else self.counts_from
        left = wanted
        for stretch in self.stretches:
            if not stretch.counted or stretch.start < origin:
                continue
            worked = int(calendar.between(stretch.start, stretch.end or begin).total_seconds())
            if left <= worked:
                return calendar.add(stretch.start, dt.timedelta(seconds=left))
            left -= worked
        return begin

    def pause(self, at: dt.datetime, reason: str) -> None:
        """Stop counting; nothing is due meanwhile."""
        if self.state == RUNNING:
            self._switch(at, PAUSED, reason)

    def resume(self, at: dt.datetime, reason: str) -> None:
        """Count on from where it was paused."""
        if self.state == PAUSED:
            self._switch(at, RUNNING, reason)

    def _switch(self, at: dt.datetime, state: str, reason: str) -> None:
        self._note_breach(at)
        self._end(at)
        self.state = state
        self._begin(at, reason)
        self.derive()

    def stop(self, at: dt.datetime) -> None:
        """End the clock and fix its result."""
        if self.state not in (RUNNING, PAUSED):
            return
        self._note_breach(at)
        self._end(at)
        self.elapsed_seconds = self.passed(at)
        self.state, self.stopped_at, self.next_warning_at = STOPPED, at, None

    def cancel(self, at: dt.datetime) -> None:
        """Call the clock off: nothing was promised after all."""
        if self.state not in (RUNNING, PAUSED):
            return
        self._end(at)
        self.state, self.stopped_at, self.due_at, self.next_warning_at = CANCELLED, at, None, None

    def reopen(self, at: dt.datetime, reason: str) -> None:
        """Count on with a stopped clock; the time between is a stretch typed “resolved” that does not count."""
        if self.state != STOPPED or self.stopped_at is None:
            return
        between = Stretch(self.stopped_at, False, RESOLVED, self.terms.policy, self.terms.calendar.version, at, 0)
        self.stretches.append(between)
        self.state, self.stopped_at, self.elapsed_seconds = RUNNING, None, None
        self._begin(at, reason)
        self.derive()

    def retarget(self, at: dt.datetime, terms: Terms, *, retroactive: bool, reason: str) -> None:
        """Put the clock under other terms from now on.

        Retroactive: what has passed since the start counts by the new calendar, so the clock may turn out breached
        already. Otherwise the new target counts from now. A paused clock stays paused; a breach stays.
        """
        if self.state not in (RUNNING, PAUSED):
            return
        self._note_breach(at)
        self._end(at)
        self.terms = terms
        self.carried = 0
        if retroactive:
            between = terms.calendar.between
            self.carried = sum(
                int(between(each.start, each.end or at).total_seconds()) for each in self.stretches if each.counted
            )
        self.counts_from = at
        self.target = terms.target_from(self.started_at if retroactive else at)
        self._begin(at, reason)
        self.derive()
        self._note_breach(at)
        self.derive()

    def correct(self, at: dt.datetime, terms: Terms, reason: str) -> None:
        """Put right what was promised from the beginning of the present terms: they count from where they counted.

        What stretches that are over have counted stays. A paused clock stays paused; a breach stays.
        """
        if self.state not in (RUNNING, PAUSED):
            return
        self._note_breach(at)
        self._end(at)
        self.terms = terms
        self.target = terms.target_from(self.started_at if self.carried else self.counts_from)
        self._begin(at, reason)
        self.derive()
        self._note_breach(at)
        self.derive()

    def recalendar(self, at: dt.datetime, calendar: Calendar, reason: str) -> bool:
        """Reckon on by a calendar that was edited; says whether the deadline moved.

        What stretches that are over have counted stays. The open one is counted by the calendar as it is now; where
        that moves the deadline it is ended, so that the ledger tells since when another calendar holds.
        """
        before, terms = self.due_at, self.terms
        self._note_breach(at)
        self.terms = Terms(terms.seconds, calendar, terms.policy, terms.working_days)
        if terms.working_days:
            self.target = self.terms.target_from(self.started_at if self.carried else self.counts_from)
        self.derive()
        moved = self.due_at != before
        if moved and at > self.open.start:
            self._end(at)
            self._begin(at, reason)
            self.derive()
        return moved

    def warn(self, now: dt.datetime) -> int:
        """Return the level crossed since somebody was last told, and count it as told; 0 when there is none.

        Only the highest counts: nobody is sent the 50 % of a clock that is at 90 %, nor warnings after the breach.
        """
        if self.state != RUNNING or self.next_warning_at is None or self.next_warning_at > now:
            return 0
        self._note_breach(now)
        passed = self.passed(now)
        overdue = self.breached_at is not None
        reached = [level for level in LEVELS if passed * 100 >= self.target * level and (overdue or level < BREACH)]
        level = max([*reached, BREACH if overdue else 0])
        told = BREACH if self.warned < BREACH <= level else level
        crossed, self.warned = level > self.warned, max(level, self.warned)
        self.derive()
        return told if crossed else 0

    def warnings_between(self, begin: dt.datetime, end: dt.datetime) -> Iterator[tuple[int, dt.datetime]]:
        """Yield every level crossed until `end` with the time it is told, as a watch that looks from `begin` on.

        At the very moment it is due a clock is not breached yet.
        """
        while self.state == RUNNING and self.next_warning_at is not None:
            at = max(self.next_warning_at, begin)
            breach = self.due_at is not None and at == self.due_at
            if at > end or (breach and at == end):
                return
            level = self.warn(at + dt.timedelta(seconds=1) if breach else at)
            if not level:
                return
            yield level, at


def begin(at: dt.datetime, terms: Terms, reason: str) -> Course:
    """Return the course of a clock that starts now."""
    course = Course(terms, at, at, terms.target_from(at))
    course._begin(at, reason)
    course.derive()
    return course
