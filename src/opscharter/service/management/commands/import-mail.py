"""`opscharter import-mail`: take mail in from files, folders or a pipe; one line tells what became of each."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError

from opscharter.service.mailbox.intake import keep, process
from opscharter.service.mailbox.models import Mailbox
from opscharter.service.mailbox.words import Outcome, Source

REFUSED, NO_INPUT, TRY_LATER = 1, 66, 75
"""Exit codes; the last two are those of sysexits.h, by which a mail server knows that it must try again."""


class Command(BaseCommand):
    help = (
        "Take mail in: FILE, DIRECTORY or - for standard input. Exit code 0: every mail was taken in, silenced or "
        "quarantined; 1: at least one was refused; 66: nothing to read; 75: the database could not be reached."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("paths", nargs="+", metavar="FILE|DIR|-")
        parser.add_argument("--mailbox", default="", help="address of the mailbox the mail belongs to")

    def handle(self, *args: Any, paths: list[str], mailbox: str, **options: Any) -> None:
        worst = 0
        try:
            box = self._mailbox(mailbox)
            for name, content in self._contents(paths):
                worst = max(worst, self._take(name, content, box))
        except DatabaseError as error:
            raise CommandError(
                f"The database could not be reached; try again: {error}", returncode=TRY_LATER
            ) from error
        if worst:
            sys.exit(worst)

    def _mailbox(self, address: str) -> Mailbox | None:
        if not address:
            return None
        found = Mailbox.objects.current().filter(address=address.strip().lower()).first()
        if found is None:
            raise CommandError(f"There is no mailbox {address}.", returncode=NO_INPUT)
        return found

    def _contents(self, paths: list[str]) -> Iterator[tuple[str, bytes]]:
        for given in paths:
            if given == "-":
                yield "-", sys.stdin.buffer.read(settings.MAX_MAIL_BYTES + 1)
                continue
            path = Path(given)
            files = sorted(each for each in path.rglob("*") if each.is_file()) if path.is_dir() else [path]
            for file in files:
                try:
                    with file.open("rb") as opened:
                        yield str(file), opened.read(settings.MAX_MAIL_BYTES + 1)
                except OSError as error:
                    raise CommandError(f"{file}: {error.strerror}", returncode=NO_INPUT) from error

    def _take(self, name: str, content: bytes, mailbox: Mailbox | None) -> int:
        """Keep one mail and judge it at once; returns the exit code it asks for."""
        message = process(keep(content, mailbox=mailbox, source=Source.PIPE).pk)
        words = [message.get_state_display(), message.get_why_display()]
        words += [each for each in (message.ticket_number, message.detail) if each]
        self.stdout.write(
            f"{name}: {message.number}: {': '.join(words[:2])}{' · ' if words[2:] else ''}{' · '.join(words[2:])}"
        )
        return REFUSED if message.state == Outcome.REFUSED else 0
