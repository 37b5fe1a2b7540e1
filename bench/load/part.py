"""One process of a loading: `python -m bench.load.part UNTIL TICKETS PARTS PART`; it takes every PARTS-th batch."""

import datetime as dt
import sys

import django


def main(until: str, tickets: int, parts: int, part: int) -> None:
    """Take the batches of this part in, in the order of their numbers."""
    django.setup()
    from bench.load.loader import BATCH, take_in

    moment = dt.datetime.fromisoformat(until)
    for start in range(part * BATCH, tickets, parts * BATCH):
        take_in(range(start, min(start + BATCH, tickets)), tickets, moment)


if __name__ == "__main__":
    main(sys.argv[1], *(int(each) for each in sys.argv[2:]))
