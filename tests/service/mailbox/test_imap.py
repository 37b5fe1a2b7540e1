"""Fetching from a real IMAP server (Debian's dovecot, where it is there): nothing is lost and nothing taken twice."""

from __future__ import annotations

import importlib.util
import ssl
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from imapclient import IMAPClient

from opscharter.kernel.access.actor import system_actor
from opscharter.kernel.notices.models import Notice
from opscharter.service.mailbox import fetching, watching
from opscharter.service.mailbox.fetching import connected, fetch
from opscharter.service.mailbox.models import Mailbox, MailboxProgress, MailMessage, RawMail
from opscharter.service.mailbox.secrets import set_secret
from tests.service.mailbox.conftest import later

TOOL = Path(__file__).resolve().parents[3] / "tools/dovecot.py"
_spec = importlib.util.spec_from_file_location("tools_dovecot", TOOL)
assert _spec is not None
assert _spec.loader is not None
dovecot: Any = importlib.util.module_from_spec(_spec)
sys.modules["tools_dovecot"] = dovecot
_spec.loader.exec_module(dovecot)

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not dovecot.found(), reason="needs dovecot: apt-get install dovecot-imapd"),
]


@pytest.fixture(scope="module")
def server() -> Iterator[Any]:
    """Run a server for the tests of this file."""
    with dovecot.running() as running:
        yield running


@pytest.fixture
def there(server: Any) -> Iterator[IMAPClient]:
    """Return a connection with which the tests put mail into an empty mailbox."""
    client = IMAPClient("127.0.0.1", server.port, ssl=False)
    client.login(server.user, server.password)
    for name in ("INBOX", "Done"):
        if client.folder_exists(name):
            client.select_folder(name)
            client.delete_messages(client.search())
            client.expunge()
            if name != "INBOX":
                client.close_folder()
                client.delete_folder(name)
    client.select_folder("INBOX")
    yield client
    client.logout()


@pytest.fixture
def box(mailbox: Mailbox, server: Any, there: IMAPClient) -> Mailbox:
    """Return the mailbox, switched on."""
    mailbox.host, mailbox.port, mailbox.security = "127.0.0.1", server.port, "none"
    mailbox.username = server.user
    mailbox.save_as(system_actor())
    set_secret(mailbox, system_actor(), server.password)
    return Mailbox.objects.get(pk=mailbox.pk).move("switch-on", system_actor())


def test_mail_is_kept_once_however_often_it_is_fetched_and_marked_as_read(box, there, write):
    for number in range(3):
        there.append("INBOX", write(subject=f"n{number}"))
    assert fetch(box) == 3
    assert fetch(box) == 0
    assert MailMessage.objects.filter(source="imap", mailbox=box).count() == 3
    there.noop()
    assert len(there.search("SEEN")) == 3
    there.append("INBOX", write(subject="n3"))
    assert fetch(box) == 1


def test_a_server_that_numbers_its_mail_anew_is_read_again_and_nothing_is_doubled(box, there, write):
    there.append("INBOX", write())
    fetch(box)
    MailboxProgress.objects.update(uid_validity=1, last_uid=99_999)
    there.append("INBOX", write(subject="new"))
    assert fetch(box) == 2
    assert RawMail.objects.count() == 2


def test_a_process_that_dies_between_keeping_and_noting_loses_nothing_and_doubles_nothing(
    box, there, write, monkeypatch
):
    for number in range(3):
        there.append("INBOX", write(subject=f"n{number}"))
    kept = []

    def dies(content, **more):
        if len(kept) == 2:
            raise KeyboardInterrupt
        kept.append(fetching_keep(content, **more))
        if len(kept) == 2:
            raise KeyboardInterrupt  # kept, but not noted
        return kept[-1]

    fetching_keep = fetching.keep
    with monkeypatch.context() as patch:
        patch.setattr(fetching, "keep", dies)
        with pytest.raises(KeyboardInterrupt):
            fetch(box)
    assert fetch(box) >= 2
    assert RawMail.objects.count() == 3


def test_a_mailbox_that_one_process_fetches_is_left_alone_by_others(box, there, write):
    there.append("INBOX", write())
    assert fetching.hold(box)
    assert fetch(box) == 0
    assert not RawMail.objects.exists()
    with later(minutes=6):  # whoever held it has died
        assert fetch(box) == 1


def test_fetched_mail_is_moved_where_the_mailbox_says(box, there, write):
    box.done_folder = "Done"
    box.save_as(system_actor())
    there.create_folder("Done")
    there.append("INBOX", write())
    assert fetch(box) == 1
    there.select_folder("INBOX")
    assert there.search() == []
    there.select_folder("Done")
    assert len(there.search()) == 1


def test_of_a_mail_that_is_too_large_only_the_header_is_fetched(box, there, write, settings):
    there.append("INBOX", write(subject="huge", text="x" * 3000))
    settings.MAX_MAIL_BYTES = 1000
    fetch(box)
    raw = RawMail.objects.get()
    assert b"Subject: huge" in bytes(raw.content)
    assert b"xxx" not in bytes(raw.content)
    assert raw.size > 3000


def test_tls_is_verified(box, there, server, monkeypatch):
    box.host, box.port, box.security = "localhost", server.tls_port, "tls"
    with pytest.raises(ssl.SSLCertVerificationError), connected(box):
        pass
    monkeypatch.setenv("SSL_CERT_FILE", str(server.certificate))
    with connected(box) as client:
        assert client.folder_exists("INBOX")


def test_starttls_is_verified_too(box, there, server, monkeypatch):
    box.host, box.security = "localhost", "starttls"
    with pytest.raises(ssl.SSLCertVerificationError), connected(box):
        pass
    monkeypatch.setenv("SSL_CERT_FILE", str(server.certificate))
    with connected(box) as client:
        assert client.folder_exists("INBOX")


def test_a_wrong_password_is_noted_without_it_and_the_keeper_is_told_when_it_lasts(box, there, head):
    set_secret(box, system_actor(), "wrong-password")
    assert fetch(box) == -1
    progress = MailboxProgress.objects.get()
    assert "LoginError" in progress.error
    assert "wrong-password" not in progress.error
    assert not Notice.objects.filter(type="service.mailbox-fails").exists()
    for minutes in (16, 20):
        with later(minutes=minutes):
            fetching.note_failure(box, OSError("still"))
    assert Notice.objects.filter(type="service.mailbox-fails", user=head.user).count() == 1


def test_a_watcher_takes_mail_in_while_it_waits_and_stops_when_told(box, server, there, write, monkeypatch):
    monkeypatch.setattr(watching, "ROUND", 0.3)
    monkeypatch.setattr(watching.connection, "close", lambda: None)
    watcher = watching.Watcher(box)
    looks = []

    def noted(mailbox):
        looks.append(RawMail.objects.count())
        if len(looks) == 1:
            threading.Timer(0.4, lambda: there.append("INBOX", write())).start()
        if looks[-1]:
            watcher.stopping.set()

    monkeypatch.setattr(watching, "note_success", noted)
    watcher._watch()
    assert looks == [0, 1]
    assert MailboxProgress.objects.get().held_until is None
