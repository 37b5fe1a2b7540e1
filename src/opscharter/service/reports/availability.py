"""Availability: outages as stretches of time, merged, with the agreed windows of planned changes taken out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

Stretch = tuple[dt.datetime, dt.datetime]
THOUSANDTH = Decimal("0.001")


def clip(stretches: Iterable[Stretch], whole: Stretch) -> list[Stretch]:
    """Return what of the stretches lies within a whole one."""
    cut = [(max(begin, whole[0]), min(end, whole[1])) for begin, end in stretches]
    return [(begin, end) for begin, end in cut if begin < end]


def merged(stretches: Iterable[Stretch]) -> list[Stretch]:
    """Return the same time without overlaps, in order."""
    found: list[Stretch] = []
    for begin, end in sorted(stretches):
        if found and begin <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((begin, end))
    return found


def without(stretches: Iterable[Stretch], taken: Iterable[Stretch]) -> list[Stretch]:
    """Return the stretches without the time of others."""
    left = merged(stretches)
    for begin, end in merged(taken):
        left = [piece for a, b in left for piece in ((a, min(b, begin)), (max(a, end), b)) if piece[0] < piece[1]]
    return left


def seconds(stretches: Iterable[Stretch]) -> int:
    """Return how long the stretches are together, overlaps counted once."""
    return sum(int((end - begin).total_seconds()) for begin, end in merged(stretches))


@dataclass(frozen=True)
class Availability:
    """How a service stood in a period: what was promised to run, how long it was down, how long that was planned."""

    promised: int
    down: int
    planned: int
    outages: int

    @property
    def share(self) -> Decimal | None:
        """Return the share of promised time in which it ran, in percent; None of no time."""
        return share_of(self.promised, self.down)


def share_of(promised: int, down: int) -> Decimal | None:
    """Return the share of time not lost, in percent with three decimals, half up."""
    if not promised:
        return None
    return (Decimal(promised - down) * 100 / promised).quantize(THOUSANDTH, ROUND_HALF_UP)


def availability(whole: Stretch, outages: Iterable[Stretch], windows: Iterable[Stretch]) -> Availability:
    """Reckon a service's availability in a period; time within `windows` is neither promised nor an outage."""
    planned = merged(clip(windows, whole))
    down = without(clip(outages, whole), planned)
    promised = seconds([whole]) - seconds(planned)
    return Availability(promised, seconds(down), seconds(planned), len(down))
