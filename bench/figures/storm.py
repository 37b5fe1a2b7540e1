"""Item 10: the storm of alerts, smaller than `make bench-storm` has it, on a database of its own."""

from __future__ import annotations

import re
import subprocess
import sys

from bench.figures.run import Run
from bench.lib.figure import Figure
from bench.lib.places import ROOT

SCALE = 0.1


def measure(run: Run) -> list[Figure]:
    """Let a tenth of the storm pass (PostgreSQL only), and tell what became of it."""
    if run.place.kind != "postgresql":
        return []
    command = [
        sys.executable,
        str(ROOT / "bench/storm/storm.py"),
        "--scale",
        str(SCALE if run.seconds > 5 else SCALE / 4),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    told = {name: float(value) for name, value in re.findall(r"^([a-z][^:\n]*?) {2,}([\d.]+)$", done.stdout, re.M)}
    held = (
        "all conditions hold"
        if done.returncode == 0
        else "BROKEN: " + "; ".join(re.findall(r"BROKEN +(.*)", done.stdout))
    )
    notes = [f"{told.get('sent', 0):,.0f} deliveries in {told.get('sending seconds', 0):.0f} s; {held}"]
    return [Figure("10", "alert storm: drained after", value=told.get("drain seconds"), unit="s", notes=notes)]
