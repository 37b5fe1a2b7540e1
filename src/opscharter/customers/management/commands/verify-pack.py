"""`opscharter verify-pack FILE`: whether a compliance pack is as it was made; needs no database."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from opscharter.customers.packs.sealing import Verdict, verify


class Command(BaseCommand):
    help = "Compare every file of a compliance pack with the pack's list of hashes; name what was altered."
    requires_system_checks = []
    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--manifest", default="", help="the hash of the list, as the platform shows it")
        parser.add_argument("--json", action="store_true", help="print the verdict as JSON")

    def handle(self, *args: Any, file: Path, manifest: str, **options: Any) -> None:
        try:
            with file.open("rb") as opened:
                found = verify(opened, manifest)
        except OSError as error:
            raise CommandError(str(error)) from error
        if options["json"]:
            self.stdout.write(json.dumps({"intact": found.intact, **vars(found)}, ensure_ascii=False, indent=1))
        else:
            self._say(found, manifest)
        if not found.intact:
            raise CommandError("the pack is not as it was made")

    def _say(self, found: Verdict, expected: str) -> None:
        if found.problem:
            self.stdout.write(found.problem)
            return
        about = found.about
        self.stdout.write(
            f"{about.get('number')} {about.get('customer')} {about.get('period')}, made {about.get('made')}"
        )
        for what in ("altered", "missing", "added"):
            for name in getattr(found, what):
                self.stdout.write(f"{what}: {name}")
        self.stdout.write(f"{found.whole} files are as listed")
        self.stdout.write(f"the list itself: SHA-256 {found.manifest}")
        if not expected:
            self.stdout.write("compare that hash with the one the platform shows, or give it with --manifest")
