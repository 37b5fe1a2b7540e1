"""`make bench`: every stage in a process of its own, then one table of figures and ratios; see README.md.

python -m bench                           SQLite at 10,000; PostgreSQL at 10,000 and 1,000,000
python -m bench --scale 10m               and PostgreSQL at 10,000,000
python -m bench --quick                   2,000 and 20,000 tickets, briefly: to see that it works
python -m bench --only pages,create       these sections again; figures of the others are kept
python -m bench --table                   measure nothing, print what is kept
python -m bench --write bench/RESULTS.md  write the table as Markdown too
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

from bench.figures import SECTIONS
from bench.lib.places import SETTINGS
from bench.lib.table import circumstances
from bench.stage import read
from bench.tables import tables

USUAL = [("sqlite", 10_000), ("postgresql", 10_000), ("postgresql", 1_000_000)]
LARGEST = ("postgresql", 10_000_000)
QUICK = [("sqlite", 2_000), ("postgresql", 2_000), ("postgresql", 20_000)]


def main() -> int:
    """Measure stage by stage, print, write; 1 when something failed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scale", default="", choices=["", "1", "1m", "10m"])
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--only", default="", help=f"sections: {', '.join(SECTIONS)}")
    parser.add_argument("--stages", default="", help="stages, such as postgresql:10000,sqlite:10000")
    parser.add_argument("--keep", action="store_true", help="leave the PostgreSQL databases for another run")
    parser.add_argument("--table", action="store_true")
    parser.add_argument("--write", type=Path)
    options = parser.parse_args()
    stages = QUICK if options.quick else [*USUAL, LARGEST] if options.scale == "10m" else USUAL
    if options.stages:
        pairs = [each.partition(":") for each in options.stages.split(",")]
        stages = [(kind, int(tickets)) for kind, _colon, tickets in pairs]
    if unknown := [name for name in options.only.split(",") if name and name not in SECTIONS]:
        parser.error(f"there is no section {', '.join(unknown)}; known are: {', '.join(SECTIONS)}")
    before = circumstances(SETTINGS)
    failed = 0
    for kind, tickets in [] if options.table else stages:
        print(f"== {kind}, {tickets:,} tickets", flush=True)
        command = [sys.executable, "-m", "bench.stage", kind, str(tickets), "--only", options.only]
        command += ["--quick"] * options.quick
        command += ["--keep", f"opscharter_bench_{tickets}"] * options.keep
        failed += subprocess.run(command, check=False).returncode != 0
    found = {(kind, tickets): read(kind, tickets) for kind, tickets in stages}
    drawn = tables(found)
    print("\n" + "\n\n".join(["\n".join(before), *(table.text() for table in drawn)]))
    if options.write:
        lines = [
            "# Figures",
            "",
            *(f"- {line}" for line in before),
            "",
            "See [README.md](README.md) for how to read them.",
        ]
        options.write.write_text("\n".join([*lines, "", "\n\n".join(table.markdown() for table in drawn), ""]))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
