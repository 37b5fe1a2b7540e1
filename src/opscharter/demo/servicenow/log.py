"""A whole log, read once: its histories, its refused rows, its figures."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import BinaryIO

from opscharter.demo.servicenow.event import BadRow
from opscharter.demo.servicenow.figures import Figures, PriorityMatrixCheck
from opscharter.demo.servicenow.history import Histories, IncidentHistory
from opscharter.demo.servicenow.reader import read_events


@dataclass(frozen=True)
class IncidentLog:
    """All that a file holds, in memory; complete, for an incident's events may stand anywhere in the file."""

    histories: tuple[IncidentHistory, ...]
    refused: tuple[BadRow, ...]
    figures: Figures
    priorities: PriorityMatrixCheck

    @classmethod
    def read(cls, stream: BinaryIO, zone: dt.tzinfo, matrix: Mapping[tuple[int, int], int]) -> IncidentLog:
        """Read a log to its end, for `stream` and `zone` see `read_events`. Raises UnreadableLog."""
        histories, refused = Histories(), []
        figures, priorities = Figures(), PriorityMatrixCheck(matrix)
        for row in read_events(stream, zone):
            if isinstance(row, BadRow):
                refused.append(row)
                figures.count_refusal()
                continue
            figures.count_event(row, repeated=not histories.add(row))
            priorities.read(row)
        complete = tuple(histories)
        for history in complete:
            figures.count_incident(history)
        return cls(complete, tuple(refused), figures, priorities)
