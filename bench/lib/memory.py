"""Memory of processes as Linux counts it: what a process and its children hold, shared pages counted by share (PSS)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path


def children(pid: int) -> Iterator[int]:
    """Yield a process and all that it has started."""
    yield pid
    for task in Path(f"/proc/{pid}/task").glob("*"):
        try:
            found = (task / "children").read_text().split()
        except OSError:
            continue
        for child in found:
            yield from children(int(child))


def resident(pid: int) -> float:
    """Return the memory of a process and its children in MB; 0 when it is gone."""
    return sum(_kilobytes(each) for each in children(pid)) / 1024


def _kilobytes(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)
