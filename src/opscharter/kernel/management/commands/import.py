"""`opscharter import KIND FILE`: records from CSV or XLSX, or another system's own file."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from rich.console import Console
from rich.progress import Progress

from opscharter.kernel.access.actor import system_actor
from opscharter.kernel.exchange.encodings import UnreadableFile
from opscharter.kernel.exchange.importers import IMPORTERS
from opscharter.kernel.exchange.importing import import_rows
from opscharter.kernel.resources.site import site

SHOWN = 50


class Command(BaseCommand):
    help = "Import records (a record type such as customers.customer) or another system's file."

    def add_arguments(self, parser: CommandParser) -> None:
        kinds = parser.add_subparsers(dest="kind", required=True, metavar="KIND")
        for name, importer in IMPORTERS.items():
            special = kinds.add_parser(name, help=importer.help)
            self._common(special)
            importer.add_arguments(special)
        for resource in site.resources:
            self._common(kinds.add_parser(resource.key, help=f"{resource.slug} from CSV or XLSX"))

    @staticmethod
    def _common(parser: Any) -> None:
        parser.add_argument("file")
        parser.add_argument("--dry-run", action="store_true", help="try everything, write nothing")
        parser.add_argument("--json", action="store_true", help="print the figures as JSON")

    def handle(self, *args: Any, kind: str, file: str, **options: Any) -> None:
        if kind in IMPORTERS:
            code = IMPORTERS[kind].run(file, options, self.stdout)
            if code:
                sys.exit(code)
            return
        try:
            with Path(file).open("rb") as stream, Progress(console=Console(stderr=True)) as bar:
                task = bar.add_task(kind, total=None)
                result = import_rows(
                    site.resource(kind), system_actor("import"), stream, file, dry_run=options["dry_run"],
                    progress=lambda done, rows: bar.update(task, completed=done, total=rows),
                )  # fmt: skip
        except OSError as error:
            raise CommandError(f"{file}: {error.strerror}") from error
        except UnreadableFile as error:
            raise CommandError(str(error)) from error
        if options["json"]:
            self.stdout.write(json.dumps(result.as_dict(), ensure_ascii=False))
            return
        if result.dry_run:
            self.stdout.write("Dry run: nothing was written.")
        self.stdout.write(
            f"{result.rows} rows: {result.created} created, {result.changed} changed, {result.unchanged} unchanged, "
            f"{result.refused} refused"
        )
        for problem in result.problems[:SHOWN]:
            self.stdout.write(f"line {problem.line} {problem.column}: {problem.message}")
