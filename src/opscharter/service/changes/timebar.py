"""A window drawn to scale: the steps of the plan, the room the way back needs, and where there is no return."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from opscharter.kernel import moment
from opscharter.kernel.moment import in_office

MINUTE = dt.timedelta(minutes=1)


@dataclass(frozen=True)
class Piece:
    """One stretch on the bar, in percent of its width; `style` is ready for the page."""

    left: float
    width: float
    label: str
    title: str
    tone: str

    @property
    def style(self) -> str:
        """Return where it lies."""
        return f"left:{self.left:.2f}%;width:{self.width:.2f}%"


@dataclass(frozen=True)
class Mark:
    """One moment on the bar."""

    left: float
    label: str
    tone: str

    @property
    def style(self) -> str:
        """Return where it lies."""
        return f"left:{self.left:.2f}%"

    @property
    def late(self) -> bool:
        """Say whether its label is written to the left of it, for want of room."""
        return self.left > 70


@dataclass
class TimeBar:
    """The bar: what is planned, what has been done, the marks, its ends and all of it as a sentence."""

    start: dt.datetime
    end: dt.datetime
    planned: list[Piece] = field(default_factory=list)
    done: list[Piece] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    spare: int = 0
    overfull: bool = False
    sentence: str = ""


def draw(change: Any, plan: Iterable[Any], rollback: Iterable[Any]) -> TimeBar | None:
    """Return the bar of a change's window; None without one."""
    if not change.window_start or not change.window_end or change.window_end <= change.window_start:
        return None
    plan, rollback = list(plan), list(rollback)
    needed = sum(step.minutes or 0 for step in plan)
    back = sum(step.minutes or 0 for step in rollback)
    room = int((change.window_end - change.window_start) / MINUTE)
    worked = [step for step in (*plan, *rollback) if step.began_at]
    begin = min([change.window_start, *(step.began_at for step in worked)])
    last = change.window_start + dt.timedelta(minutes=needed + back)
    end = max([change.window_end, last, *(step.ended_at for step in worked if step.ended_at)])
    bar = TimeBar(begin, end, spare=room - needed - back, overfull=needed + back > room)
    scale = _Scale(begin, end)
    at = change.window_start
    for step in plan:
        length = dt.timedelta(minutes=step.minutes or 0)
        bar.planned.append(scale.piece(at, at + length, str(step.position), f"{step.position} {step.action}", "b"))
        at += length
    if back:
        reserve = change.window_end - dt.timedelta(minutes=back)
        title = _("the way back: %(minutes)s min") % {"minutes": back}
        bar.planned.append(scale.piece(max(reserve, begin), change.window_end, _("way back"), title, "a"))
    for step in worked:
        tone = {"done": "g", "failed": "r", "skipped": "n"}.get(step.result, "b")
        title = f"{step.position} {step.action} · {step.get_result_display()}"
        bar.done.append(scale.piece(step.began_at, step.ended_at or min(moment.now(), end), "", title, tone))
    point = change.point_of_no_return
    if point is not None and begin <= point <= end:
        text = _("no return from %(at)s") % {"at": f"{in_office(point):%H:%M}"}
        bar.marks.append(Mark(scale.place(point), text, "r"))
    if begin <= moment.now() <= end:
        bar.marks.append(Mark(scale.place(moment.now()), _("now"), "b"))
    bar.sentence = _sentence(change, needed, back, bar)
    return bar


def _sentence(change: Any, needed: int, back: int, bar: TimeBar) -> str:
    words = {
        "start": f"{in_office(change.window_start):%m-%d %H:%M}", "end": f"{in_office(change.window_end):%m-%d %H:%M}",
        "needed": needed, "back": back, "spare": abs(bar.spare),
    }  # fmt: skip
    told = _("Window %(start)s to %(end)s: the plan takes %(needed)s minutes, the way back %(back)s.") % words
    rest = _("%(spare)s minutes too many.") if bar.overfull else _("%(spare)s minutes to spare.")
    point = change.point_of_no_return
    last = _("The point of no return is %(at)s.") % {"at": f"{in_office(point):%H:%M}"} if point else ""
    return " ".join(text for text in (told, rest % words, last) if text)


class _Scale:
    """Places moments on the bar."""

    def __init__(self, begin: dt.datetime, end: dt.datetime) -> None:
        self.begin, self.length = begin, (end - begin) / MINUTE or 1

    def place(self, at: dt.datetime) -> float:
        return min(100.0, max(0.0, (at - self.begin) / MINUTE / self.length * 100))

    def piece(self, start: dt.datetime, end: dt.datetime, label: str, title: str, tone: str) -> Piece:
        left = self.place(start)
        return Piece(left, max(self.place(end) - left, 0.4), label, title, tone)
