"""Mailboxes: their passwords, what must be there before they are fetched, their pages and commands."""

from __future__ import annotations

import io

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.test import Client, override_settings

from opscharter.kernel.access import actor as actors
from opscharter.kernel.access.actor import Actor, Grant, system_actor
from opscharter.kernel.audit.models import AuditEntry
from opscharter.kernel.errors import NotPermitted, Refused
from opscharter.kernel.users.models import User
from opscharter.service.mailbox import fetching, sending
from opscharter.service.mailbox.models import (
    Mailbox,
    MailboxProgress,
    MailboxSecret,
    MailMessage,
    OutgoingMail,
    RawMail,
)
from opscharter.service.mailbox.secrets import NoSecret, secret_of, set_secret

pytestmark = pytest.mark.django_db
KINDS = ("service.mailbox", "service.mailmessage", "service.incident", "customers.customer")


@pytest.fixture
def browser(monkeypatch):
    """Return a maker of browsers whose people hold some actions on mail, within a reach."""

    def sign_in(actions, reach="all", **more):
        user = User.objects.create_user(f"u{User.objects.count()}")
        grants = tuple(Grant(kind, action, reach) for kind in KINDS for action in actions.split())
        monkeypatch.setattr(actors, "_provider", [lambda account: Actor(user=account, grants=grants, **more)])
        actors._kept.clear()
        client = Client()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    yield sign_in
    actors._kept.clear()


def test_a_password_is_kept_encrypted_never_told_and_survives_a_new_key(mailbox):
    set_secret(mailbox, system_actor(), "correct horse")
    kept = MailboxSecret.objects.get()
    assert "correct" not in kept.sealed
    assert secret_of(mailbox) == "correct horse"
    assert "correct" not in str(list(AuditEntry.objects.values_list("changes", "note")))
    with override_settings(SECRET_KEY="new", SECRET_KEY_FALLBACKS=[]), pytest.raises(NoSecret):
        secret_of(mailbox)
    from django.conf import settings

    with override_settings(SECRET_KEY="new", SECRET_KEY_FALLBACKS=[settings.SECRET_KEY]):
        assert secret_of(mailbox) == "correct horse"


def test_a_password_may_lie_in_the_environment_under_a_name_meant_for_it(mailbox, monkeypatch):
    mailbox.secret_name = "SECRET_KEY"
    with pytest.raises(ValidationError):
        mailbox.save_as(system_actor())
    mailbox.secret_name = "OPSCHARTER_MAIL_DESK"
    mailbox.save_as(system_actor())
    with pytest.raises(NoSecret):
        secret_of(mailbox)
    monkeypatch.setenv("OPSCHARTER_MAIL_DESK", "from outside")
    assert secret_of(mailbox) == "from outside"


def test_only_who_may_edit_the_mailbox_sets_its_password(mailbox):
    reader = Actor(grants=(Grant("service.mailbox", "view", "all"),))
    with pytest.raises(NotPermitted):
        set_secret(mailbox, reader, "x")


def test_a_mailbox_is_fetched_only_when_server_user_and_password_are_known(mailbox):
    with pytest.raises(Refused) as refused:
        mailbox.move("switch-on", system_actor())
    assert len(refused.value.reasons) == 2
    mailbox.refresh_from_db()
    mailbox.host, mailbox.username, mailbox.security = "imap.far.example", "desk", "none"
    mailbox.save_as(system_actor())
    set_secret(mailbox, system_actor(), "x")
    mailbox = Mailbox.objects.get(pk=mailbox.pk)
    with pytest.raises(Refused) as refused:
        mailbox.move("switch-on", system_actor())
    assert "protection" in str(refused.value.reasons[0].message)


@pytest.mark.parametrize("host", ["-x", "a b", "x;y", "http://x", "a\r\nb"])
def test_a_server_name_is_one(mailbox, host):
    mailbox.host = host
    with pytest.raises(ValidationError):
        mailbox.save_as(system_actor())


class Server:
    """What a mail server answers, without one."""

    def __init__(self, validity, messages):
        self.validity, self.messages, self.fetched = validity, messages, []

    def select_folder(self, name):
        return {b"UIDVALIDITY": self.validity}

    def search(self, criteria):
        first = int(criteria[1].partition(":")[0])
        return [uid for uid in self.messages if uid >= first] or [max(self.messages)]  # `n:*` always finds the last

    def fetch(self, uids, parts):
        self.fetched += uids
        if parts == ["RFC822.SIZE"]:
            return {uid: {b"RFC822.SIZE": len(self.messages[uid])} for uid in uids if self.messages[uid]}
        return {uid: {b"BODY[]": self.messages[uid]} for uid in uids}

    def add_flags(self, *given, **more):
        pass


def test_mail_is_fetched_from_where_it_was_left_and_anew_when_the_numbers_changed(mailbox, write):
    MailboxProgress.objects.create(mailbox=mailbox)
    server = Server(7, {3: write(), 5: write(), 6: b""})  # the last one was taken away meanwhile
    assert fetching.fetch_new(server, mailbox) == 3
    assert fetching.fetch_new(server, mailbox) == 1
    progress = MailboxProgress.objects.get()
    assert (progress.uid_validity, progress.last_uid) == (7, 5)
    server.validity, server.messages = 8, {1: server.messages[3], 2: write()}
    assert fetching.fetch_new(server, mailbox) == 2
    assert RawMail.objects.count() == 3


def test_a_server_that_does_not_answer_is_noted(mailbox, monkeypatch):
    monkeypatch.setattr(fetching, "IMAPClient", lambda *given, **more: 1 / 0)
    set_secret(mailbox, system_actor(), "x")
    monkeypatch.setattr(fetching, "TROUBLES", (ZeroDivisionError,))
    assert fetching.fetch(mailbox) == -1
    assert MailboxProgress.objects.get().failing_since is not None


def test_a_mail_that_does_not_leave_is_tried_again_and_says_why(anna, mailbox, take, write, monkeypatch):
    take(write())
    mail = OutgoingMail.objects.get()
    with monkeypatch.context() as patch:
        patch.setattr(sending.EmailMessage, "send", lambda self: (_ for _ in ()).throw(OSError("no route")))
        with pytest.raises(OSError, match="no route"):
            sending.send_mail_job.func(mail.pk)
    mail.refresh_from_db()
    assert (mail.state, mail.error) == ("FAILED", "OSError: no route")
    assert sending.send_mail_job.func(mail.pk) is True
    assert sending.send_mail_job.func(mail.pk) is False  # once
    mail.refresh_from_db()
    assert (mail.state, mail.error) == ("SENT", "")


def run(*paths, stdin=b"", monkeypatch=None, **options):
    """Run import-mail; returns its exit code and its lines."""
    out, code = io.StringIO(), 0
    if monkeypatch is not None:
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(stdin)))
    try:
        call_command("import-mail", *paths, stdout=out, **options)
    except SystemExit as ended:
        code = ended.code
    except CommandError as error:
        code = error.returncode
    return code, out.getvalue().splitlines()


def test_import_mail_takes_files_folders_and_a_pipe_and_says_what_became_of_each(
    anna, mailbox, write, tmp_path, monkeypatch
):
    (tmp_path / "in").mkdir()
    (tmp_path / "in/1.eml").write_bytes(write(subject="one"))
    (tmp_path / "in/2.eml").write_bytes(write(sender="max@else.example"))
    code, lines = run(str(tmp_path / "in"))
    assert code == 0
    assert len(lines) == 2
    assert "taken in: a new request" in lines[0]
    assert "quarantined: the sender is nobody's contact" in lines[1]
    code, lines = run("-", stdin=write(subject="two"), monkeypatch=monkeypatch, mailbox=mailbox.address)
    assert (code, MailMessage.objects.filter(mailbox=mailbox).count()) == (0, 3)
    (tmp_path / "none.eml").write_bytes(b"")
    code, lines = run(str(tmp_path / "none.eml"))
    assert code == 1
    assert "not taken in: it is empty" in lines[0]
    assert run(str(tmp_path / "not there"))[0] == 66
    assert run("-", mailbox="no@such.example")[0] == 66


def test_a_message_and_its_files_are_handed_out_through_the_scope_only(anna, team, take, write, browser):
    text = '--b\r\nContent-Type: text/plain\r\n\r\nx\r\n--b\r\nContent-Type: text/html; name="a.html"\r\n\r\n<script>\r\n--b--'
    message = take(write(text=text, content_type="multipart/mixed; boundary=b"))
    addresses = [f"/service/mail-messages/{message.pk}/raw/", f"/service/mail-messages/{message.pk}/files/1/"]
    inside = browser("view", "department", units={"department": frozenset({team.pk})})
    for address in addresses:
        answer = inside.get(address)
        assert answer.status_code == 200
        assert answer["Content-Disposition"].startswith("attachment")
        assert answer["Content-Security-Policy"] == "sandbox"
    assert inside.get(f"/service/mail-messages/{message.pk}/files/7/").status_code == 404
    assert AuditEntry.objects.filter(action="download", record_id=message.pk).count() == 2
    outside = browser("view", "department", units={"department": frozenset({team.pk + 1})})
    customer = browser("view", "customer", customers=frozenset({anna.customer_id}), external=True)
    for address in addresses:
        assert outside.get(address).status_code == 404
        assert customer.get(address).status_code == 404


def test_the_message_page_shows_what_was_written_and_nothing_that_runs(anna, take, write, browser):
    html = '<p>Hello <b>you</b></p><script>alert(1)</script><img src="http://spy.example/x.gif">'
    message = take(write(sender="max@east.example", text=html, content_type="text/html"))
    page = browser("view accept edit").get(f"/service/mail-messages/{message.pk}/").content.decode()
    assert "<b>you</b>" in page
    for evil in ("alert(1)", "spy.example"):
        assert evil not in page
    assert "East Securities" in page  # whose contacts write from the same domain
    assert f"/service/mail-messages/{message.pk}/moves/accept" in page


def test_a_password_is_set_on_the_page_and_a_dead_server_is_said(mailbox, browser):
    editor = browser("view edit")
    editor.post(f"/service/mailboxes/{mailbox.pk}/secret/", {"secret": "from the page"})
    assert secret_of(mailbox) == "from the page"
    assert "from the page" not in editor.get(f"/service/mailboxes/{mailbox.pk}/").content.decode()
    mailbox.host, mailbox.port, mailbox.security, mailbox.username = "127.0.0.1", 9, "none", "x"
    mailbox.save_as(system_actor())
    answer = editor.post(f"/service/mailboxes/{mailbox.pk}/look/", follow=True)
    assert "ConnectionRefusedError" in answer.content.decode()
    reader = browser("view")
    assert reader.post(f"/service/mailboxes/{mailbox.pk}/secret/", {"secret": "x"}).status_code == 404
    assert reader.post(f"/service/mailboxes/{mailbox.pk}/look/").status_code == 404
