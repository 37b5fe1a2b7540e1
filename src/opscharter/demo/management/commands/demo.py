"""`opscharter demo`: a fictional company with a year of work behind it."""

from __future__ import annotations

import datetime as dt
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from opscharter.demo import found
from opscharter.demo.accounts import listing


class Command(BaseCommand):
    help = "Fill an empty database with a fictional company and twelve months of its work."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--scale", type=float, default=1, help="how many times the usual number of tickets")
        parser.add_argument("--seed", type=int, default=2026, help="the same seed gives the same company")
        parser.add_argument("--until", type=dt.date.fromisoformat, help="the day on which the history ends")

    def handle(self, *args: Any, scale: float, seed: int, until: dt.date | None, **options: Any) -> None:
        begun = time.monotonic()
        end = timezone.make_aware(dt.datetime.combine(until, dt.time(18, 0))) if until else None
        try:
            found.found(scale, seed, end, self._tell if options["verbosity"] else lambda n: None)
        except ValueError as error:
            raise CommandError(str(error)) from error
        if options["verbosity"]:
            self.stdout.write(f"\rThe demo company is there ({time.monotonic() - begun:.0f} s).          ")
            for role, name, password in listing():
                self.stdout.write(f"  {role}: {name} / {password}")

    def _tell(self, steps: int) -> None:
        self.stdout.write(f"\r{steps} steps lived", ending="")
        self.stdout.flush()
