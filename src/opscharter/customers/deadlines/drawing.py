"""A clock's course as a picture: what counted, what did not, when somebody was told, and when it is due."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field

from opscharter.kernel.clocks.course import Course
from opscharter.kernel.clocks.explaining import Explanation

Place = Callable[[dt.datetime], float]
WIDTH = 1000
MOST_DAYS = 60
"""Of a longer course the working windows would be thinner than a line: only its stretches are drawn."""


@dataclass(frozen=True)
class Bar:
    """A part of the picture from left to right; `tone` is worked, idle, paused or ahead."""

    x: float
    width: float
    tone: str


@dataclass(frozen=True)
class Mark:
    """A line at a moment."""

    x: float
    tone: str
    label: str


@dataclass
class Picture:
    """What the page draws of one round."""

    bars: list[Bar] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    days: list[tuple[float, str]] = field(default_factory=list)
    begin: str = ""
    end: str = ""


def picture_of(explanation: Explanation, course: Course, number: int) -> Picture:
    """Return the picture of a round: its stretches, and ahead of the last look the way to the deadline."""
    begin = course.started_at
    due = course.due_at
    end = max(filter(None, (due, explanation.until, course.stopped_at, course.breached_at)))
    if end <= begin:
        end = begin + dt.timedelta(minutes=1)
    span = (end - begin).total_seconds()

    def place(moment: dt.datetime) -> float:
        return round((moment - begin).total_seconds() / span * WIDTH, 2)

    wall = explanation.wall
    picture = Picture(begin=wall(begin, "m-d H:i"), end=wall(end, "m-d H:i"))
    fine = span <= MOST_DAYS * 86400
    for each in course.stretches:
        last = each.end or explanation.until
        picture.bars.append(
            Bar(place(each.start), place(last) - place(each.start), "idle" if each.counted else "paused")
        )
        if each.counted:
            picture.bars += _worked(course, each.start, last, place, "worked") if fine else []
    if due is not None and course.state == "running" and due > explanation.until:
        picture.bars.append(Bar(place(explanation.until), place(due) - place(explanation.until), "idle"))
        picture.bars += _worked(course, explanation.until, due, place, "ahead") if fine else []
    told = [(w.at, f"{w.level} %", "r" if w.level >= 100 else "a") for w in explanation.warnings if w.round == number]
    picture.marks = [Mark(place(min(at, end)), tone, f"{label} {wall(at)}") for at, label, tone in told]
    picture.days = _midnights(explanation, begin, end, place) if span <= 15 * 86400 else []
    return picture


def _worked(course: Course, begin: dt.datetime, end: dt.datetime, place: Place, tone: str) -> list[Bar]:
    """Return the working windows between two moments."""
    calendar, bars = course.terms.calendar, []
    if calendar.round_the_clock:
        return [Bar(place(begin), place(end) - place(begin), tone)]
    day, last = begin.astimezone(calendar.zone).date() - dt.timedelta(days=1), end.astimezone(calendar.zone).date()
    while day <= last:
        for opens, closes in calendar.spans_on(day):
            first, until = max(opens, begin), min(closes, end)
            if first < until:
                bars.append(Bar(place(first), place(until) - place(first), tone))
        day += dt.timedelta(days=1)
    return bars


def _midnights(explanation: Explanation, begin: dt.datetime, end: dt.datetime, place) -> list[tuple[float, str]]:  # type: ignore[no-untyped-def]
    """Return where the days begin, by the clock of the case."""
    local = explanation.local(begin)
    assert local is not None
    day = local.replace(hour=0, minute=0, second=0, microsecond=0) + dt.timedelta(days=1)
    found = []
    while day < end:
        found.append((place(day), explanation.wall(day, "D Y-m-d")))
        day += dt.timedelta(days=1)
    return found
