"""What a log amounts to, counted while it is read, and whether its priorities follow a matrix."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from opscharter.demo.servicenow.event import Event
from opscharter.demo.servicenow.history import IncidentHistory

LINES_SHOWN = 20
"""Lines named per difference; all are counted."""


@dataclass
class Figures:
    """The counts of one log: of its rows while they are read, then of its incidents as they stand at their end.

    Every row read is either imported or refused. A row that only repeats another counts as imported, since what it
    says is in, and under `events_repeated`.
    """

    events_imported: int = 0
    events_repeated: int = 0
    events_refused: int = 0
    events_by_state: Counter[str] = field(default_factory=Counter)
    incidents: int = 0
    final_priority: Counter[str] = field(default_factory=Counter)
    incidents_reopened: int = 0
    sum_final_reopen: int = 0
    sum_final_reassignment: int = 0
    incidents_with_problem_id: int = 0
    incidents_with_rfc: int = 0
    final_callers: set[str] = field(default_factory=set)
    made_sla: Counter[str] = field(default_factory=lambda: Counter({"false": 0, "true": 0}))

    @property
    def events_read(self) -> int:
        """Return the rows read, header and blank lines apart."""
        return self.events_imported + self.events_refused

    def count_event(self, event: Event, *, repeated: bool = False) -> None:
        """Count a row that was understood."""
        self.events_imported += 1
        self.events_repeated += repeated
        self.events_by_state[event.state.value] += 1

    def count_refusal(self) -> None:
        """Count a row that was refused."""
        self.events_refused += 1

    def count_incident(self, history: IncidentHistory) -> None:
        """Count an incident as it stands after its last event."""
        final = history.final
        self.incidents += 1
        self.final_priority[str(final.priority)] += 1
        self.incidents_reopened += final.reopen_count > 0
        self.sum_final_reopen += final.reopen_count
        self.sum_final_reassignment += final.reassignment_count
        self.incidents_with_problem_id += final.problem is not None
        self.incidents_with_rfc += final.change_request is not None
        if final.caller is not None:
            self.final_callers.add(final.caller)
        self.made_sla["true" if final.made_sla else "false"] += 1

    def as_dict(self) -> dict[str, Any]:
        """Return the figures for JSON, tallies with the most frequent first."""
        return {
            "events_read": self.events_read,
            "events_imported": self.events_imported,
            "events_repeated": self.events_repeated,
            "events_refused": self.events_refused,
            "incidents": self.incidents,
            "events_by_state": dict(self.events_by_state.most_common()),
            "final_priority": dict(self.final_priority.most_common()),
            "incidents_reopened": self.incidents_reopened,
            "sum_final_reopen": self.sum_final_reopen,
            "sum_final_reassignment": self.sum_final_reassignment,
            "incidents_with_problem_id": self.incidents_with_problem_id,
            "incidents_with_rfc": self.incidents_with_rfc,
            "distinct_callers_final": len(self.final_callers),
            "made_sla": dict(self.made_sla),
        }


@dataclass
class MatrixDifference:
    """Rows whose priority is not the one the matrix gives; `expected` is None where the matrix has no such pair."""

    impact: int
    urgency: int
    expected: int | None
    found: int
    rows: int = 0
    lines: list[int] = field(default_factory=list)


class PriorityMatrixCheck:
    """Compares the priority of every event with what a matrix, (impact, urgency) → priority, makes of it."""

    def __init__(self, matrix: Mapping[tuple[int, int], int]) -> None:
        self.matrix = matrix
        self.observed: defaultdict[tuple[int, int], Counter[int]] = defaultdict(Counter)
        self._differences: dict[tuple[int, int, int], MatrixDifference] = {}

    def read(self, event: Event) -> None:
        """Take an event into account."""
        impact, urgency, found = event.impact.value, event.urgency.value, event.priority.value
        self.observed[impact, urgency][found] += 1
        expected = self.matrix.get((impact, urgency))
        if found == expected:
            return
        blank = MatrixDifference(impact, urgency, expected, found)
        difference = self._differences.setdefault((impact, urgency, found), blank)
        difference.rows += 1
        if len(difference.lines) < LINES_SHOWN:
            difference.lines.append(event.line)

    @property
    def differences(self) -> list[MatrixDifference]:
        """Return what differs, by impact, urgency and priority; each names its first lines and counts all."""
        return [difference for _key, difference in sorted(self._differences.items())]

    @property
    def unseen(self) -> list[tuple[int, int]]:
        """Return the pairs of the matrix that the log never shows: about them it proves nothing."""
        return sorted(set(self.matrix) - set(self.observed))

    def as_dict(self) -> dict[str, Any]:
        """Return the check for JSON; pairs are written "impact,urgency"."""
        return {
            "observed": {
                f"{impact},{urgency}": {str(priority): rows for priority, rows in sorted(found.items())}
                for (impact, urgency), found in sorted(self.observed.items())
            },
            "unseen": [f"{impact},{urgency}" for impact, urgency in self.unseen],
            "differences": [vars(difference) for difference in self.differences],
        }
