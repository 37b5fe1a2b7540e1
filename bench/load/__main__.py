"""Load tickets with their history into a place that stays: `python -m bench.load 100000 [--keep DATABASE]`.

Without `--keep` the database goes when the figures are printed. With it, it is left for `make bench KEEP=…`.
"""

import argparse

from bench.lib.places import place
from bench.lib.table import Table


def main() -> None:
    """Found a small company, load, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tickets", type=int)
    parser.add_argument("--sqlite", action="store_true")
    parser.add_argument("--keep", default="", help="name of a PostgreSQL database that stays")
    parser.add_argument("--processes", type=int, default=0, help="default: one for each core")
    options = parser.parse_args()
    with place("sqlite" if options.sqlite else "postgresql", "load", options.keep) as here:
        here.enter()
        from bench.load.founding import found_once
        from bench.load.loader import load

        found_once()
        loaded = load(here, options.tickets, options.processes)
        table = Table(f"Loading on {here.kind}", ["", "tickets", "rows", "seconds", "sealing", "tickets/s", "rows/s"])
        seconds = loaded.seconds + loaded.sealing
        table.add(
            "history", loaded.tickets, loaded.rows, loaded.seconds, loaded.sealing, loaded.per_second,
            loaded.rows / seconds,
        )  # fmt: skip
        print(table.text())


if __name__ == "__main__":
    main()
