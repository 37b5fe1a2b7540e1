"""`opscharter import servicenow-incidents FILE`: the command's own words and options."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.core.management.base import CommandError
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from opscharter.charter.evaluation import run
from opscharter.demo.found import install_foundation
from opscharter.demo.servicenow.importer import Outcome, take_in
from opscharter.demo.servicenow.reader import UnreadableLog
from opscharter.kernel.access.actor import system_actor
from opscharter.kernel.audit.trail import write_entry

SHOWN = 20


class ServiceNowIncidents:
    """The audit log of a ServiceNow instance: every event of every incident."""

    help = "the incident audit log of a ServiceNow instance (CSV, plain or gzipped)"

    def add_arguments(self, parser: Any) -> None:
        """Add the zone of the log's times."""
        parser.add_argument("--timezone", default=settings.TIME_ZONE, help="zone of the times in the file")

    def run(self, file: str, options: dict[str, Any], out: Any) -> int:
        """Import the file, measure the regulation anew, print the figures."""
        try:
            zone = ZoneInfo(options["timezone"])
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise CommandError(f"There is no time zone {options['timezone']!r}.") from error
        dry_run = options["dry_run"]
        actor = system_actor("import")
        if not dry_run:
            install_foundation()
        try:
            with Path(file).open("rb") as stream, _bar() as bar:
                task = bar.add_task("incidents", total=None)
                outcome = take_in(
                    stream, zone, actor, dry_run=dry_run,
                    progress=lambda done, total: bar.update(task, completed=done, total=total),
                )  # fmt: skip
        except OSError as error:
            raise CommandError(f"{file}: {error.strerror}") from error
        except UnreadableLog as error:
            raise CommandError(str(error)) from error
        if not dry_run and (outcome.created or outcome.changed):
            changes = {"incidents": [None, outcome.created + outcome.changed], "file": [None, Path(file).name]}
            write_entry(actor, "import:servicenow-incidents", changes=changes)
            run(actor)
        if options["json"]:
            out.write(json.dumps(outcome.as_dict(), ensure_ascii=False, indent=1))
        else:
            _tell(outcome, dry_run, out)
        return 0


def _bar() -> Progress:
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(*columns, console=console)


def _tell(outcome: Outcome, dry_run: bool, out: Any) -> None:
    figures = outcome.as_dict()
    if dry_run:
        out.write("Dry run: nothing was written.")
    out.write(f"{figures['events_read']} events read, {figures['events_imported']} taken in, "
              f"{figures['events_unchanged']} there already, {figures['events_refused']} refused")  # fmt: skip
    out.write(f"{figures['incidents']} incidents: {outcome.created} new, {outcome.changed} changed, "
              f"{outcome.unchanged} unchanged, {len(outcome.refused_incidents)} refused")  # fmt: skip
    for name in ("events_by_state", "final_priority", "made_sla"):
        out.write(f"{name}: " + ", ".join(f"{key} {count}" for key, count in figures[name].items()))
    for row in outcome.log.refused[:SHOWN]:
        out.write(f"line {row.line} refused: {row.reason}")
    if len(outcome.log.refused) > SHOWN:
        out.write(f"… and {len(outcome.log.refused) - SHOWN} more lines refused")
    for number, reason in outcome.refused_incidents[:SHOWN]:
        out.write(f"{number} refused: {reason}")
    differences = outcome.log.priorities.differences
    out.write("The priorities follow the matrix." if not differences else "The priorities differ from the matrix:")
    for each in differences:
        out.write(f"  impact {each.impact} × urgency {each.urgency}: matrix {each.expected}, file {each.found} in "
                  f"{each.rows} rows, first lines {each.lines[:5]}")  # fmt: skip
