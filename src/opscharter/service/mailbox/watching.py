"""Watching mailboxes by IDLE, so that mail is taken in within seconds; every mailbox has a thread of its own."""

from __future__ import annotations

import logging
import threading
from typing import Any

from django.db import connection
from imapclient import IMAPClient

from opscharter.service.mailbox.fetching import (
    TROUBLES,
    connected,
    fetch_new,
    fetched_mailboxes,
    hold,
    hold_on,
    note_failure,
    note_success,
    release,
)

ROUND = 20.0
"""Seconds after which a watcher looks whether it is to stop, and holds its mailbox anew."""
RENEW = 24
"""So many rounds an IDLE command stands; servers end one after half an hour."""
FIRST_WAIT, LONGEST_WAIT = 5.0, 300.0
log = logging.getLogger(__name__)


class Watcher(threading.Thread):
    """Watches one mailbox until told to stop; a lost connection is opened again, ever more patiently."""

    def __init__(self, mailbox: Any) -> None:
        super().__init__(name=f"mailbox-{mailbox.pk}", daemon=True)
        self.mailbox = mailbox
        self.stopping = threading.Event()

    def run(self) -> None:
        """Fetch and wait, fetch and wait."""
        wait = FIRST_WAIT
        try:
            while not self.stopping.is_set():
                try:
                    self._watch()
                    wait = FIRST_WAIT
                except TROUBLES as error:
                    note_failure(self.mailbox, error)
                    self.stopping.wait(wait)
                    wait = min(LONGEST_WAIT, wait * 2)
                except Exception:
                    log.exception("watching %s failed", self.mailbox.address)
                    self.stopping.wait(wait)
                    wait = min(LONGEST_WAIT, wait * 2)
                finally:
                    connection.close()
        finally:
            connection.close()

    def _watch(self) -> None:
        """Watch over one connection for as long as it stands."""
        if not hold(self.mailbox):
            self.stopping.wait(ROUND)
            return
        try:
            with connected(self.mailbox) as client:
                idles = client.has_capability("IDLE")
                while not self.stopping.is_set():
                    fetch_new(client, self.mailbox)
                    note_success(self.mailbox)
                    self._wait_for_news(client, idles)
        finally:
            release(self.mailbox)

    def _wait_for_news(self, client: IMAPClient, idles: bool) -> None:
        if not idles:
            self.stopping.wait(ROUND)
            return
        client.idle()
        try:
            for _round in range(RENEW):
                connection.close()  # none lies open while nothing happens
                if client.idle_check(timeout=ROUND) or self.stopping.is_set():
                    return
                hold_on(self.mailbox)
        finally:
            client.idle_done()


class Watch:
    """All watchers: whoever is switched on gets one, whoever is switched off or changed loses it."""

    def __init__(self) -> None:
        self.watchers: dict[int, Watcher] = {}

    def look_round(self) -> int:
        """Start and stop watchers as the mailboxes are now; returns how many there are."""
        wanted = {mailbox.pk: mailbox for mailbox in fetched_mailboxes()}
        for pk, watcher in list(self.watchers.items()):
            changed = pk not in wanted or wanted[pk].version != watcher.mailbox.version
            if changed or not watcher.is_alive():
                watcher.stopping.set()
                del self.watchers[pk]
        for pk, mailbox in wanted.items():
            if pk not in self.watchers:
                self.watchers[pk] = Watcher(mailbox)
                self.watchers[pk].start()
        return len(self.watchers)

    def stop(self) -> None:
        """Tell every watcher to stop and wait for it a little."""
        for watcher in self.watchers.values():
            watcher.stopping.set()
        for watcher in self.watchers.values():
            watcher.join(ROUND / 4)
