"""One stage of the benchmark: one database of one size, measured section by section in a process of its own.

`python -m bench.stage postgresql 10000 [--only pages,create] [--quick]`. Each section's figures are kept when it is
done (`var/bench/<kind>-<tickets>.json`), so that what was measured is not lost and a single section can be repeated.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from bench.figures import SECTIONS
from bench.lib.figure import Figure
from bench.lib.places import ROOT, place

KEPT = ROOT / "var" / "bench"


def kept_in(kind: str, tickets: int) -> Path:
    """Return the file that keeps a stage's figures."""
    return KEPT / f"{kind}-{tickets}.json"


def read(kind: str, tickets: int) -> dict[str, list[Figure]]:
    """Return the figures of a stage by section; nothing when it was never run."""
    file = kept_in(kind, tickets)
    if not file.exists():
        return {}
    return {name: [Figure(**each) for each in figures] for name, figures in json.loads(file.read_text()).items()}


def keep(kind: str, tickets: int, section: str, figures: list[Figure]) -> None:
    """Keep a section's figures in place of earlier ones."""
    KEPT.mkdir(parents=True, exist_ok=True)
    found = read(kind, tickets) | {section: figures}
    content = {name: [asdict(each) for each in each_section] for name, each_section in found.items()}
    kept_in(kind, tickets).write_text(json.dumps(content, ensure_ascii=False, indent=1))


def main() -> int:
    """Load what is not there, then measure; 1 when a section failed (the others are measured all the same)."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kind", choices=["sqlite", "postgresql"])
    parser.add_argument("tickets", type=int)
    parser.add_argument("--only", default="")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--keep", default="", help="name of a PostgreSQL database that stays")
    options = parser.parse_args()
    wanted = [name for name in options.only.split(",") if name] or list(SECTIONS)
    failed = []
    with place(options.kind, "bench", options.keep) as here:
        here.enter()
        from bench.figures.run import Run

        run = Run(here, options.tickets, options.quick)
        for figure in run.prepare():
            keep(options.kind, options.tickets, "loading", [figure])
        for name in wanted:
            begun = time.monotonic()
            try:
                keep(options.kind, options.tickets, name, _measured(SECTIONS[name], run))
            except Exception as error:
                failed.append(name)
                print(f"  {name} failed: {type(error).__name__}: {error}", flush=True)
            print(f"  {options.kind} {options.tickets:,} {name}: {time.monotonic() - begun:.0f} s", flush=True)
    return 1 if failed else 0


def _measured(section: str, run: object) -> list[Figure]:
    from importlib import import_module

    measure: Callable[[object], list[Figure]] = import_module(f"bench.figures.{section}").measure
    return measure(run)


if __name__ == "__main__":
    raise SystemExit(main())
