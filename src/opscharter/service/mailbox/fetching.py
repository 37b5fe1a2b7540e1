"""Fetching mail by IMAP: each message is kept before the mailbox hears of it, so none is lost and none taken twice."""

from __future__ import annotations

import datetime as dt
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from django.conf import settings
from django.db import transaction
from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientError

from opscharter.kernel import moment
from opscharter.kernel.jobs.queue import job
from opscharter.kernel.notices.sending import send
from opscharter.kernel.resources.links import record_url
from opscharter.service.mailbox import notices
from opscharter.service.mailbox.intake import keep
from opscharter.service.mailbox.models import Mailbox, MailboxProgress
from opscharter.service.mailbox.oauth import forget, token_for
from opscharter.service.mailbox.secrets import NoSecret, secret_of
from opscharter.service.mailbox.telling import keepers
from opscharter.service.mailbox.words import Security, SignIn, Source

TIMEOUT = 30
BATCH = 50
HOLD = dt.timedelta(minutes=5)
"""How long one process has a mailbox to itself; each kept batch holds it anew."""
PATIENCE = dt.timedelta(minutes=15)
"""So long a mailbox fails before its keeper is told."""
TROUBLES = (OSError, IMAPClientError, NoSecret)
"""What a mail server far away may do to us; all of it is told, and tried again."""


@contextmanager
def connected(mailbox: Any) -> Iterator[IMAPClient]:
    """Open a signed-in connection; its certificate is verified unless the server is on this machine, unprotected."""
    credential = secret_of(mailbox) if mailbox.sign_in == SignIn.PASSWORD else token_for(mailbox)
    context = ssl.create_default_context()
    tls = mailbox.security == Security.TLS
    client = IMAPClient(mailbox.host, mailbox.port, ssl=tls, ssl_context=context if tls else None, timeout=TIMEOUT)
    try:
        if mailbox.security == Security.STARTTLS:
            client.starttls(context)
        if mailbox.sign_in == SignIn.PASSWORD:
            client.login(mailbox.username, credential)
        else:
            _show_token(client, mailbox, credential)
        yield client
    finally:
        with suppress(Exception):
            client.logout()


def _show_token(client: IMAPClient, mailbox: Any, token: str) -> None:
    """Sign in with a token; one that is refused is not kept for the next try."""
    try:
        client.oauth2_login(mailbox.username, token)
    except IMAPClientError:
        forget(mailbox)
        raise


def hold(mailbox: Any) -> bool:
    """Take a mailbox for this process; False when another one is fetching it."""
    progress, _made = MailboxProgress.objects.get_or_create(mailbox_id=mailbox.pk)
    free = MailboxProgress.objects.filter(pk=progress.pk).exclude(held_until__gt=moment.now())
    return bool(free.update(held_until=moment.now() + HOLD))


def hold_on(mailbox: Any) -> None:
    """Keep a mailbox that this process holds."""
    MailboxProgress.objects.filter(mailbox_id=mailbox.pk).update(held_until=moment.now() + HOLD)


def release(mailbox: Any) -> None:
    """Let others fetch the mailbox."""
    MailboxProgress.objects.filter(mailbox_id=mailbox.pk).update(held_until=None)


def fetch_new(client: IMAPClient, mailbox: Any) -> int:
    """Keep what has come since the last look; returns how many messages were looked at.

    A server that numbers its messages anew (UIDVALIDITY) is read from the beginning: what is known already is
    recognised by its bytes.
    """
    selected = client.select_folder(mailbox.folder)
    progress = MailboxProgress.objects.get(mailbox_id=mailbox.pk)
    validity = int(selected[b"UIDVALIDITY"])
    if validity != progress.uid_validity:
        progress.uid_validity, progress.last_uid = validity, 0
        progress.save(update_fields=["uid_validity", "last_uid"])
    found = sorted(uid for uid in client.search(["UID", f"{progress.last_uid + 1}:*"]) if uid > progress.last_uid)
    for start in range(0, len(found), BATCH):
        _keep_batch(client, mailbox, progress, found[start : start + BATCH])
    return len(found)


def _keep_batch(client: IMAPClient, mailbox: Any, progress: MailboxProgress, uids: list[int]) -> None:
    sizes = {uid: int(data[b"RFC822.SIZE"]) for uid, data in client.fetch(uids, ["RFC822.SIZE"]).items()}
    for uid in uids:
        if uid not in sizes:
            continue  # somebody else took it away meanwhile
        _keep_one(client, mailbox, uid, sizes[uid])
        progress.last_uid, progress.held_until = uid, moment.now() + HOLD
        progress.save(update_fields=["last_uid", "held_until"])
    kept = [uid for uid in uids if uid in sizes]
    if kept and mailbox.done_folder:
        client.move(kept, mailbox.done_folder)
    elif kept:
        client.add_flags(kept, [rb"\Seen"], silent=True)


def _keep_one(client: IMAPClient, mailbox: Any, uid: int, size: int) -> None:
    """Keep one message in a transaction of its own; of one that is too large only the header is fetched."""
    part = b"BODY[]" if size <= settings.MAX_MAIL_BYTES else b"BODY[HEADER]"
    asked = part.replace(b"BODY", b"BODY.PEEK")
    data = client.fetch([uid], [asked]).get(uid)
    if data is None:
        return
    with transaction.atomic():
        keep(data[part] or b"", mailbox=mailbox, source=Source.IMAP, size=size if part != b"BODY[]" else 0)


def fetch(mailbox: Any) -> int:
    """Fetch one mailbox over a connection of its own; returns how many messages there were, -1 when it failed."""
    if not hold(mailbox):
        return 0
    try:
        with connected(mailbox) as client:
            count = fetch_new(client, mailbox)
        note_success(mailbox)
    except TROUBLES as error:
        note_failure(mailbox, error)
        return -1
    finally:
        release(mailbox)
    return count


def note_success(mailbox: Any) -> None:
    """Note that the mailbox was looked at."""
    MailboxProgress.objects.filter(mailbox_id=mailbox.pk).update(looked_at=moment.now(), failing_since=None, error="")


def note_failure(mailbox: Any, error: Exception) -> None:
    """Note the trouble, without the password; its keeper is told once when it lasts."""
    progress, _made = MailboxProgress.objects.get_or_create(mailbox_id=mailbox.pk)
    progress.failing_since = progress.failing_since or moment.now()
    progress.error = f"{type(error).__name__}: {error}"[:300]
    progress.save(update_fields=["failing_since", "error"])
    if moment.now() - progress.failing_since >= PATIENCE:
        data = {"name": mailbox.name, "since": f"{moment.in_office(progress.failing_since):%Y-%m-%d %H:%M}",
                "error": progress.error}  # fmt: skip
        key = f"{mailbox.pk}:{progress.failing_since.isoformat()}"
        send(notices.MAILBOX_FAILS, keepers(mailbox), key=key, record=mailbox, url=record_url(mailbox), data=data)


def fetched_mailboxes() -> list[Mailbox]:
    """Return the mailboxes that are switched on."""
    rows = Mailbox.objects.current().filter(state=Mailbox.State.ON).select_related("team__head__user", "keeper__user")
    return list(rows.order_by("pk"))


@job(retries=0, in_transaction=False)
def fetch_mailboxes() -> dict[str, int]:
    """Fetch every mailbox; whichever is being watched by IDLE is left to that."""
    return {mailbox.address: fetch(mailbox) for mailbox in fetched_mailboxes()}
