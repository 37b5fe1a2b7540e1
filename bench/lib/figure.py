"""One line of the table of figures."""

from __future__ import annotations

from dataclasses import dataclass, field

from bench.lib.client import Timing


@dataclass
class Figure:
    """What was measured of one thing; what does not apply is empty.

    Times are milliseconds (over the wire, signed in), `cpu` the processor time that the server's own code takes for one
    request; `floor` is the median of the floor's page beside it. `value` with its `unit` is for what is no request.
    """

    item: str
    name: str
    p50: float | None = None
    p95: float | None = None
    per_second: float | None = None
    p95_of_8: float | None = None
    per_second_of_8: float | None = None
    queries: int | None = None
    cpu: float | None = None
    floor: float | None = None
    floor_per_second_of_8: float | None = None
    value: float | None = None
    unit: str = ""
    notes: list[str] = field(default_factory=list)

    def take(self, one: Timing, eight: Timing | None = None) -> Figure:
        """Take over what was timed at 1 and at 8 connections; errors are told in the notes."""
        self.p50, self.p95, self.per_second = one.p50, one.p95, one.per_second
        if eight is not None:
            self.p95_of_8, self.per_second_of_8 = eight.p95, eight.per_second
        for timing in (one, eight):
            if timing is not None and timing.errors:
                self.notes.append(f"{len(timing.errors)} failed, such as {timing.errors[0]}")
        return self

    def beside(self, one: Timing, eight: Timing) -> None:
        """Take over what was timed of the floor's page."""
        self.floor, self.floor_per_second_of_8 = one.p50, eight.per_second
        if one.errors:
            self.notes.append(f"floor: {len(one.errors)} failed, such as {one.errors[0]}")
