"""`opscharter fetch-mail`: fetch the mailboxes once, or watch them by IDLE until told to stop."""

from __future__ import annotations

import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError, connection

from opscharter.service.mailbox.fetching import fetch, fetched_mailboxes
from opscharter.service.mailbox.models import MailboxProgress
from opscharter.service.mailbox.watching import ROUND, Watch


class Command(BaseCommand):
    help = "Fetch mail from every mailbox that is switched on; --watch stays and takes mail in as it comes."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--watch", action="store_true", help="stay, and take mail in within seconds (IMAP IDLE)")

    def handle(self, *args: Any, watch: bool, **options: Any) -> None:
        if watch:
            self._watch()
            return
        failed = False
        for mailbox in fetched_mailboxes():
            count = fetch(mailbox)
            failed = failed or count < 0
            trouble = MailboxProgress.objects.get(mailbox=mailbox).error
            self.stdout.write(f"{mailbox.address}: {trouble if count < 0 else f'{count} fetched'}")
        if failed:
            raise CommandError("At least one mailbox could not be fetched.")

    def _watch(self) -> None:
        told = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: told.set())
        watch = Watch()
        try:
            while not told.is_set():
                try:
                    watch.look_round()
                except DatabaseError as error:  # the watchers go on; their mailboxes are looked at again next time
                    self.stderr.write(f"The database could not be reached: {error}")
                connection.close()
                told.wait(ROUND)
        finally:
            watch.stop()
