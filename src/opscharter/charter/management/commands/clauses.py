"""`opscharter clauses`: every clause with how it is kept and how it stands, today or on a past day."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from opscharter.charter.standing import ClauseStanding, end_of, in_force, standings


class Command(BaseCommand):
    help = "Print every clause with its mode, controls, standing, population and exceptions."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print the clauses as JSON")
        parser.add_argument("--on", metavar="DATE", help="as of the end of a past day, such as 2026-03-31")

    def handle(self, *args: Any, on: str | None, **options: Any) -> None:
        try:
            at = end_of(dt.date.fromisoformat(on)) if on else None
        except ValueError as error:
            raise CommandError(f"{on}: a day is written like 2026-03-31") from error
        edition = in_force(at)
        if edition is None:
            raise CommandError("No edition of the regulation was in force.")
        rows = [row_of(standing) for standing in standings(edition, at=at)]
        if options["json"]:
            self.stdout.write(json.dumps(rows, ensure_ascii=False, indent=1))
            return
        self.stdout.write(f"version {edition.label}")
        for row in rows:
            figures = "" if row["population"] is None else f"{row['exceptions']} of {row['population']} are exceptions"
            line = f"§{row['clause']:<8}{row['mode']:<18}{row['standing']:<11}{figures:<32}{' '.join(row['controls'])}"
            self.stdout.write(line.rstrip())


def row_of(standing: ClauseStanding) -> dict[str, Any]:
    """Return a clause as the command prints it; figures are those of all its checks together."""
    results = [check.result for check in standing.active_checks if check.result is not None]
    controls = [each.guard.id for each in standing.active_guards] + [each.check.id for each in standing.active_checks]
    return {
        "clause": standing.clause.number,
        "mode": "+".join(code for code, _label in standing.modes),
        "controls": controls,
        "standing": standing.state,
        "population": sum(result.population for result in results) if results else None,
        "exceptions": sum(result.exceptions for result in results) if results else None,
    }
