"""`opscharter audit verify|seal|anchor`: prove that the trail is as it was written."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from opscharter.kernel.audit.sealing import anchor, seal, verify

MOST_NAMED = 20


class Command(BaseCommand):
    help = "Verify the audit trail, seal what is not sealed yet, or print the anchor to keep off the system."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("action", choices=["verify", "seal", "anchor"])
        parser.add_argument("--anchor", default="", help="a hash printed earlier by `audit anchor`")

    def handle(self, *args: Any, action: str, **options: Any) -> None:
        sealed = seal()
        if action == "anchor":
            self.stdout.write(json.dumps(anchor()))
            return
        if action == "seal":
            self.stdout.write(f"{sealed} entries sealed")
            return
        found = verify(options["anchor"])
        self.stdout.write(f"{found.entries} entries in {found.blocks} blocks read")
        if found.intact:
            self.stdout.write("the audit trail is intact")
            return
        for name, ids in (
            ("altered", found.altered),
            ("missing", found.missing),
            ("broken blocks", found.broken_blocks),
        ):
            if ids:
                more = f" and {len(ids) - MOST_NAMED} more" if len(ids) > MOST_NAMED else ""
                self.stdout.write(f"{name}: {', '.join(str(pk) for pk in ids[:MOST_NAMED])}{more}")
        if found.anchor_missing:
            self.stdout.write("the anchored end of the chain is gone")
        raise CommandError("the audit trail is NOT intact")
