"""The life of each incident, put together from its scattered events."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

from opscharter.demo.servicenow.cells import State
from opscharter.demo.servicenow.event import Event


@dataclass(frozen=True, slots=True)
class Change:
    """A value that differs from the one before; `event` is the update that brought it."""

    event: Event
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class Stay:
    """A time spent in one state, from the event that entered it until the one that left it (None: still there).

    The log's order wins over its clock, so a few stays end before they begin.
    """

    state: State
    entered_at: dt.datetime
    left_at: dt.datetime | None


@dataclass(frozen=True)
class IncidentHistory:
    """One incident's events in their own order: by update count, not by time (many share a minute).

    Two different events may bear the same count; between them the earlier time, then the earlier line goes first. The
    history may begin in any state and hold gaps, for the log does not keep every update.
    """

    number: str
    events: tuple[Event, ...]

    @property
    def final(self) -> Event:
        """Return the last event: how the incident stands."""
        return self.events[-1]

    @property
    def first_state(self) -> State:
        """Return the state the log begins with; not New where the creation was not logged."""
        return self.events[0].state

    @cached_property
    def stays(self) -> tuple[Stay, ...]:
        """Return the states in order, with their times."""
        entries = [self.events[0], *(change.event for change in self.changes("state"))]
        ends = [*(event.updated_at for event in entries[1:]), None]
        return tuple(Stay(event.state, event.updated_at, left_at) for event, left_at in zip(entries, ends))

    @cached_property
    def reassignments(self) -> tuple[Change, ...]:
        """Return the rises of the reassignment count; one event may stand for several where updates are missing."""
        return self._rises("reassignment_count")

    @cached_property
    def reopenings(self) -> tuple[Change, ...]:
        """Return the rises of the reopening count."""
        return self._rises("reopen_count")

    @cached_property
    def priority_changes(self) -> tuple[Change, ...]:
        """Return the changes of priority."""
        return self.changes("priority")

    def changes(self, field: str) -> tuple[Change, ...]:
        """Return where an event differs from the one before it in `field`, a field of Event."""
        steps = ((event, getattr(before, field), getattr(event, field)) for before, event in pairwise(self.events))
        return tuple(Change(event, before, after) for event, before, after in steps if before != after)

    def _rises(self, field: str) -> tuple[Change, ...]:
        """Return where a count exceeds all before it: an event logged out of order does not count a step twice."""
        rises, highest = [], 0
        for event in self.events:
            count = getattr(event, field)
            if count > highest:
                rises.append(Change(event, highest, count))
                highest = count
        return tuple(rises)


class Histories:
    """The incidents of a log, in the order in which their numbers first occur."""

    def __init__(self) -> None:
        self._events: dict[str, list[Event]] = {}

    def add(self, event: Event) -> bool:
        """Take an event in; return False for one that only repeats another and is left out."""
        events = self._events.setdefault(event.number, [])
        if any(event.mod_count == other.mod_count and event == other for other in events):
            return False
        events.append(event)
        return True

    def __len__(self) -> int:
        return len(self._events)

    def __iter__(self) -> Iterator[IncidentHistory]:
        for number, events in self._events.items():
            yield IncidentHistory(number, tuple(sorted(events, key=_own_order)))


def _own_order(event: Event) -> tuple[int, dt.datetime, int]:
    return event.mod_count, event.updated_at, event.line
