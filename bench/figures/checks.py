"""Item 8: the checks of the regulation over everything there is: all of them, and those of one clause."""

from __future__ import annotations

import time

from bench.figures.run import Run
from bench.lib.figure import Figure

CLAUSES = ("3.1.2", "3.2.1", "3.3.1", "3.3.2", "3.3.3")
SLOWEST = 5


def measure(run: Run) -> list[Figure]:
    """Time the evaluation in this process, as the worker does it."""
    from opscharter.charter import evaluation
    from opscharter.kernel.access.actor import system_actor
    from opscharter.kernel.controls.registry import CHECKS

    found = []
    for clause in ("", *CLAUSES):
        begun = time.perf_counter()
        results = evaluation.run(system_actor(), clause=clause)
        seconds = time.perf_counter() - begun
        name = f"checks of §{clause}" if clause else "all checks"
        measured = sum(result.population for result in results)
        told = [f"{len(results)} checks measured {measured:,} records"]
        found.append(Figure("8", name, value=seconds, unit="s", notes=told))
    spent = []
    for check in CHECKS.values():
        begun = time.perf_counter()
        evaluation.evaluate(check)
        spent.append((time.perf_counter() - begun, check.id))
    slowest = sorted(spent, reverse=True)[:SLOWEST]
    found[0].notes.append("slowest: " + ", ".join(f"{name} {seconds:.2f} s" for seconds, name in slowest))
    return found
