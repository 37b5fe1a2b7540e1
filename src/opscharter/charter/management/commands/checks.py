"""`opscharter checks run`: measure the regulation now."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from opscharter.charter.evaluation import run
from opscharter.kernel.access.actor import system_actor


class Command(BaseCommand):
    help = "Measure the checks of the regulation over all records and keep the results."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("action", choices=["run"])
        parser.add_argument("--clause", default="", help="only the checks of this clause, such as 3.1.2")
        parser.add_argument("--json", action="store_true", help="print the results as JSON")

    def handle(self, *args: Any, clause: str, **options: Any) -> None:
        results = run(system_actor("command"), clause=clause)
        if options["json"]:
            rows = [
                {
                    "control": r.control, "clause": r.clause, "state": r.state, "population": r.population,
                    "value": None if r.value is None else str(r.value), "exceptions": r.exceptions,
                }
                for r in results
            ]  # fmt: skip
            self.stdout.write(json.dumps(rows, indent=1))
            return
        for r in results:
            share = "—" if r.value is None else f"{r.value} %"
            line = f"§{r.clause:<7}{r.control:<32}{r.state:<9}{share:>9}  {r.population:>8} measured"
            self.stdout.write(f"{line}, {r.exceptions} exceptions {r.error}".rstrip())
