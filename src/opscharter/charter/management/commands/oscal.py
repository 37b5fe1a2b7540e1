"""`opscharter oscal`: the regulation and how it stands as OSCAL documents."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from opscharter.charter.oscal.exchange import KINDS, document, take
from opscharter.charter.oscal.schema import BadDocument, parse
from opscharter.kernel.access.actor import system_actor


class Command(BaseCommand):
    help = "Export catalog, results or poam; validate or import an OSCAL document. Import changes nothing in force."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("action", choices=["export", "import", "validate"])
        parser.add_argument("what", help=f"what to export ({', '.join(KINDS)}), or the file to read")
        parser.add_argument("--output", default="-", help="the file to write (default: standard output)")

    def handle(self, *args: Any, action: str, what: str, output: str, **options: Any) -> None:
        actor = system_actor("command")
        try:
            if action == "export":
                self._export(what, output, document(what, actor) if what in KINDS else b"")
            elif action == "validate":
                model, _content = parse(Path(what).read_bytes())
                self.stdout.write(f"{what}: a valid {model}")
            else:
                self._say(take(Path(what).read_bytes(), actor))
        except BadDocument as error:
            raise CommandError("\n".join(str(problem) for problem in error.problems)) from error
        except (OSError, ValidationError) as error:
            raise CommandError(str(error)) from error

    def _export(self, what: str, output: str, content: bytes) -> None:
        if not content:
            raise CommandError(f"there is no {what}; one of {', '.join(KINDS)}")
        if output == "-":
            sys.stdout.buffer.write(content + b"\n")
        else:
            Path(output).write_bytes(content)

    def _say(self, taken: Any) -> None:
        self.stdout.write(f"{taken.model}: {len(taken.differences)} differences")
        for place in taken.differences[:50]:
            self.stdout.write(f"  {place}")
        if taken.draft is not None:
            self.stdout.write(f"draft edition {taken.draft.label} was made of it")
        if taken.ids:
            families = {each.partition("-")[0] for each in taken.ids}
            enhancements = sum("." in each for each in taken.ids)
            self.stdout.write(f"{len(taken.ids)} controls, {enhancements} enhancements, {len(families)} families")
