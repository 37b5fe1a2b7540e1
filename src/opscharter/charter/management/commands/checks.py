"""`opscharter checks run`: measure the regulation now; `checks show`: the latest results, exception by exception."""

from __future__ import annotations

import json
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.utils.translation import override

from opscharter.charter.assurance.references import in_order
from opscharter.charter.evaluation import digest, run
from opscharter.charter.standing import latest_results
from opscharter.kernel.access.actor import system_actor
from opscharter.kernel.controls.wording import told


class Command(BaseCommand):
    help = "Measure the checks of the regulation over all records and keep the results; or show the latest results."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("action", choices=["run", "show"])
        parser.add_argument("--clause", default="", help="only the checks of this clause, such as 3.1.2")
        parser.add_argument("--json", action="store_true", help="print the results as JSON")
        parser.add_argument("--language", default="en", choices=[code for code, _name in settings.LANGUAGES])

    def handle(self, *args: Any, action: str, clause: str, **options: Any) -> None:
        if action == "show":
            with override(options["language"]):
                self._show(clause, options["json"])
            return
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

    def _show(self, clause: str, as_json: bool) -> None:
        """Print the latest results with every exception kept by name, the reasons in the language asked for."""
        latest = sorted(latest_results().values(), key=lambda r: (in_order(r.clause), r.control))
        rows = [
            {
                "control": r.control, "clause": r.clause, "state": r.state, "hash": r.hash,
                "intact": digest(r) == r.hash,
                "exceptions": [{"name": name, "reason": told(reason)} for _label, _pk, name, reason in r.sample],
                "more": r.omitted,
            }
            for r in latest
            if not clause or r.clause == clause
        ]  # fmt: skip
        if as_json:
            self.stdout.write(json.dumps(rows, ensure_ascii=False, indent=1))
            return
        for row in rows:
            self.stdout.write(
                f"§{row['clause']:<7}{row['control']:<32}{row['state']}{'' if row['intact'] else '  ALTERED'}"
            )
            for each in row["exceptions"]:  # type: ignore[attr-defined]
                self.stdout.write(f"    {each['name']}: {each['reason']}")
            if row["more"]:
                self.stdout.write(f"    and {row['more']} more")
