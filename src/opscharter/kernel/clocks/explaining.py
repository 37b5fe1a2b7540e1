"""Explaining a deadline outside any ticket: the events of a case happen to a course, and everything is told."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from opscharter.kernel.calendars.engine import Calendar, UnpublishedYear
from opscharter.kernel.clocks import course as courses
from opscharter.kernel.clocks.case import Case, CaseError, Event
from opscharter.kernel.clocks.course import PAUSED, RUNNING, STOPPED, Course, Stretch
from opscharter.kernel.clocks.reasons import CALENDAR_CHANGED, told


@dataclass(frozen=True)
class Told:
    """A warning, the breach or an escalation: which level, and when somebody is told."""

    level: int
    at: dt.datetime
    round: int


@dataclass(frozen=True)
class Step:
    """The deadline as it stood after an event."""

    at: dt.datetime
    do: str
    state: str
    due_at: dt.datetime | None


@dataclass
class Explanation:
    """How a deadline came about. `rounds` are several only where the clock recurs."""

    zone: dt.tzinfo
    until: dt.datetime
    priority: str
    rounds: list[Course] = field(default_factory=list)
    warnings: list[Told] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    reopened: int = 0

    @property
    def course(self) -> Course:
        """Return the clock, or its last round."""
        return self.rounds[-1]

    def local(self, moment: dt.datetime | None) -> dt.datetime | None:
        """Return a moment by the clock of the case's zone."""
        return moment.astimezone(self.zone) if moment else None

    def wall(self, moment: dt.datetime | None, form: str = "D Y-m-d H:i") -> str:
        """Return a moment in words by the clock of the case's zone; seconds only where they are not zero."""
        local = self.local(moment)
        return date_format(local, f"{form}:s" if local.second else form) if local else ""

    def seconds(self, course: Course, stretch: Stretch) -> int:
        """Return what a stretch has counted so far."""
        if not stretch.counted:
            return 0
        if stretch.seconds is not None:
            return stretch.seconds
        return int(course.terms.calendar.between(stretch.start, self.until).total_seconds())

    def as_dict(self) -> dict[str, Any]:
        """Return the explanation as plain JSON; moments carry the offset of the case's zone."""
        rounds = [self._round(number, each) for number, each in enumerate(self.rounds, start=1)]
        return {
            **{name: value for name, value in rounds[-1].items() if name not in ("round",)},
            "as_of": self._text(self.until),
            "priority": self.priority,
            "reopened": self.reopened,
            "warnings": [{"level": w.level, "at": self._text(w.at), "round": w.round} for w in self.warnings],
            "steps": [
                {"at": self._text(s.at), "do": s.do, "state": s.state, "due": self._text(s.due_at)} for s in self.steps
            ],
            "rounds": rounds if len(rounds) > 1 else [],
        }

    def _text(self, moment: dt.datetime | None) -> str | None:
        local = self.local(moment)
        return local.isoformat() if local else None

    def _round(self, number: int, course: Course) -> dict[str, Any]:
        passed = course.passed(self.until)
        return {
            "round": number,
            "state": course.state,
            "due": self._text(course.due_at),
            "met": course.met,
            "breached_at": self._text(course.breached_at),
            "target_seconds": course.target,
            "elapsed_seconds": passed,
            "remaining_seconds": max(0, course.target - passed),
            "policy": course.terms.policy,
            "intervals": [
                {
                    "from": self._text(each.start), "to": self._text(each.end), "counts": each.counted,
                    "reason": each.reason, "seconds": self.seconds(course, each), "policy": each.policy,
                    "calendar_version": each.calendar_version,
                }
                for each in course.stretches
            ],
        }  # fmt: skip


def explain(case: Case) -> Explanation:
    """Let everything happen and return how the deadline came about; CaseError where an event cannot happen."""
    return _Telling(case).tell()


class _Telling:
    """One case being told."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.calendars = dict(case.calendars)
        self.priority = case.priority
        opened = case.events[0].at
        self.opened = opened
        self.until = case.until or case.events[-1].at
        self.told = Explanation(case.zone, self.until, case.priority)

    def tell(self) -> Explanation:
        case, told_now = self.case, self.told
        if self.until < case.events[-1].at:
            raise CaseError("until", _("This is earlier than the last event."))
        place = "calendar"
        try:
            first = case.events[0]
            terms = case.terms(self.priority, self.opened, "policy.priority")
            told_now.rounds.append(courses.begin(first.at, terms, "started"))
            self._note(first)
            for before, event in pairwise(case.events):
                place = event.place
                self._watch(before.at, event.at)
                getattr(self, f"_{event.do}")(event)
                self._note(event)
            self._watch(case.events[-1].at, self.until)
        except UnpublishedYear as error:
            raise CaseError(place, str(error)) from error
        told_now.course._note_breach(self.until)
        told_now.priority = self.priority
        return told_now

    @property
    def course(self) -> Course:
        return self.told.course

    def _note(self, event: Event) -> None:
        self.told.steps.append(Step(event.at, event.do, self.course.state, self.course.due_at))

    def _watch(self, begin: dt.datetime, end: dt.datetime) -> None:
        number = len(self.told.rounds)
        self.told.warnings += [Told(level, at, number) for level, at in self.course.warnings_between(begin, end)]

    def _need(self, event: Event, *states: str) -> None:
        if self.course.state not in states:
            said = {"deed": event.do, "state": self.course.state}
            raise CaseError(f"{event.place}.do", _("“%(deed)s” cannot happen while the clock is %(state)s.") % said)

    def _reason(self, event: Event, code: str) -> str:
        more = str(event.said.get("reason", "")).strip()
        return f"{code} · {more}" if more else code

    def _wait(self, event: Event) -> None:
        """Stand still for those the policy names; other waiting is the company's own time and only told."""
        self._need(event, RUNNING)
        whom = event.said["for"]
        if whom in self.case.pauses:
            self.course.pause(event.at, self._reason(event, f"waiting: {whom}"))

    def _resume(self, event: Event) -> None:
        self._need(event, PAUSED, RUNNING)
        self.course.resume(event.at, self._reason(event, "work goes on"))

    def _priority(self, event: Event) -> None:
        self._need(event, RUNNING, PAUSED)
        self.priority = event.said["to"]
        terms = self.case.terms(self.priority, self.opened, f"{event.place}.to")
        target = self._present(terms.calendar)
        retroactive = event.said.get("retroactive", self.case.retroactive)
        reason = self._reason(event, f"priority {self.priority}")
        self.course.retarget(event.at, replace(terms, calendar=target), retroactive=retroactive, reason=reason)

    def _present(self, calendar: Calendar) -> Calendar:
        """Return a calendar of the case as it is by now, edits included."""
        name = next(name for name, original in self.case.calendars.items() if original is calendar)
        return self.calendars[name]

    def _resolve(self, event: Event) -> None:
        self._need(event, RUNNING, PAUSED)
        self.course.stop(event.at)

    def _reopen(self, event: Event) -> None:
        self._need(event, STOPPED)
        self.told.reopened += 1
        self.course.reopen(event.at, self._reason(event, "reopened"))

    def _told(self, event: Event) -> None:
        """End the round of a recurring clock and begin the next; one that stood still stands still on."""
        if not self.case.recurring:
            raise CaseError(f"{event.place}.do", _("Only a recurring clock is told: set policy.recurring to true."))
        self._need(event, RUNNING, PAUSED)
        before = self.course
        waiting = before.open.reason if before.state == PAUSED else ""
        before.stop(event.at)
        self.told.rounds.append(courses.begin(event.at, before.terms, self._reason(event, "customer told")))
        if waiting:
            self.course.pause(event.at, waiting)

    def _calendar(self, event: Event) -> None:
        """Edit a calendar: the running clock goes on by it, a clock that is over keeps its result."""
        name = event.said.get("calendar", self.case.main)
        old = self.calendars[name]
        days = {**old.exceptions, **event.said["days"]}
        edited = Calendar(old.zone, old.week, old.country, days, old.version + 1)
        self.calendars[name] = edited
        if self.course.state in (RUNNING, PAUSED) and self.course.terms.calendar is old:
            self.course.recalendar(event.at, edited, self._reason(event, CALENDAR_CHANGED))

    def _cancel(self, event: Event) -> None:
        self._need(event, RUNNING, PAUSED)
        self.course.cancel(event.at)


def table(explanation: Explanation) -> list[tuple[str, str, str, str, str]]:
    """Return the lines of the human table: from, to, what it counted, why, and under which policy."""
    lines = []
    for course in explanation.rounds:
        for each in course.stretches:
            counted = clock_text(explanation.seconds(course, each)) if each.counted else "–"
            policy = f"{each.policy} (v{each.calendar_version})" if each.calendar_version else each.policy
            lines.append(
                (_wall(explanation, each.start), _wall(explanation, each.end), counted, told(each.reason), policy)
            )
    return lines


def _wall(explanation: Explanation, moment: dt.datetime | None) -> str:
    return explanation.wall(moment) or "…"


def clock_text(seconds: int) -> str:
    """Return seconds as 12:05, or 12:05:30 where they are not whole minutes."""
    text = f"{seconds // 3600}:{seconds // 60 % 60:02}"
    return f"{text}:{seconds % 60:02}" if seconds % 60 else text
