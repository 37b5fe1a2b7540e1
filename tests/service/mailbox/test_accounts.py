"""Accounts of mailboxes: answers by a server of their own with the ticket's files, and signing in by OAuth 2."""

from __future__ import annotations

import base64
import importlib.util
import json
import socket
import stat
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP as Server
from aiosmtpd.smtp import AuthResult, Envelope, Session
from django.core import mail as outbox
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from imapclient.exceptions import LoginError

from opscharter.kernel.access.actor import actor_for, system_actor
from opscharter.kernel.files.attachments import attach
from opscharter.kernel.users.models import User
from opscharter.organization.models import Assignment, Role, RoleGrant
from opscharter.service.mailbox import oauth
from opscharter.service.mailbox.fetching import connected
from opscharter.service.mailbox.models import OutgoingMail
from opscharter.service.mailbox.opening import ticket_of
from opscharter.service.mailbox.secrets import NoSecret, named, secret_of, set_secret
from tests.service.mailbox.conftest import post

TOOL = Path(__file__).resolve().parents[3] / "tools/dovecot.py"
_spec = importlib.util.spec_from_file_location("tools_dovecot_accounts", TOOL)
assert _spec is not None
assert _spec.loader is not None
dovecot: Any = importlib.util.module_from_spec(_spec)
sys.modules["tools_dovecot_accounts"] = dovecot
_spec.loader.exec_module(dovecot)
TOKEN = "ya29.good-token"
pytestmark = pytest.mark.django_db


class Post:
    """What a mail server took in, and how its senders signed in."""

    def __init__(self) -> None:
        self.taken: list[Any] = []
        self.signed_in: list[tuple[str, str]] = []

    async def handle_DATA(self, server: Server, session: Session, envelope: Envelope) -> str:
        """Take a mail."""
        self.taken.append(message_from_bytes(bytes(envelope.content or b"")))
        return "250 taken"

    async def auth_XOAUTH2(self, server: Server, args: list[str]) -> AuthResult:
        """Sign in with a token."""
        user, bearer = base64.b64decode(args[1]).decode().strip("\x01").split("\x01")
        self.signed_in.append((user, bearer))
        good = bearer == f"auth=Bearer {TOKEN}"
        return AuthResult(success=good, handled=False, auth_data=user)

    def by_password(self, server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        """Sign in with a password."""
        user, password = data.login.decode(), data.password.decode()
        self.signed_in.append((user, password))
        return AuthResult(success=password == "own-password", handled=False, auth_data=user)


@pytest.fixture
def post_office() -> Iterator[tuple[Post, int]]:
    """Run a real SMTP server that wants a sign-in."""
    desk = Post()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(
        desk,
        hostname="127.0.0.1",
        port=port,
        authenticator=desk.by_password,
        auth_required=True,
        auth_require_tls=False,
    )
    controller.start()
    try:
        yield desk, port
    finally:
        controller.stop()


@pytest.fixture
def own(mailbox, post_office, monkeypatch):
    """Return the mailbox with an SMTP server of its own."""
    monkeypatch.setenv("OPSCHARTER_MAIL_DESK", "own-password")
    mailbox.smtp_host, mailbox.smtp_port, mailbox.smtp_security = "127.0.0.1", post_office[1], "none"
    mailbox.smtp_username, mailbox.smtp_secret_name = "desk@huarui.example", "OPSCHARTER_MAIL_DESK"
    return mailbox.save_as(system_actor())


@pytest.fixture
def colleague(engineer, head, calendar):
    """Return the engineer's actor, who may write in tickets."""
    role = Role(code="engineer", name="Engineer").save_as(system_actor())
    for action in ("view", "comment"):
        RoleGrant(role=role, record_type="service.incident", action=action, reach="all").save_as(system_actor())
    engineer.post.save_as(system_actor(), links={"roles": [role]})
    Assignment(
        employee=engineer, post=engineer.post, department=engineer.department, valid_from=engineer.joined_on
    ).save_as(system_actor())
    return actor_for(User.objects.get(pk=head.user_id))


def sent(message: Any) -> list[OutgoingMail]:
    return list(OutgoingMail.objects.filter(ticket_id=message.ticket_id).order_by("pk"))


def test_answers_leave_by_the_mailboxs_own_server_signed_in_with_its_password(own, post_office, anna, take, write):
    take(write(subject="Cannot sign in"))
    assert post() == 1
    desk, _port = post_office
    assert desk.signed_in == [("desk@huarui.example", "own-password")]
    assert desk.taken[0]["Subject"].startswith("Re: Cannot sign in")
    assert not outbox.outbox


def test_a_mailbox_without_a_server_of_its_own_uses_the_installations(mailbox, anna, take, write):
    take(write())
    assert post() == 1
    assert len(outbox.outbox) == 1


def test_a_wrong_password_is_a_failed_mail_that_is_tried_again(own, post_office, anna, take, write, monkeypatch):
    monkeypatch.setenv("OPSCHARTER_MAIL_DESK", "wrong")
    message = take(write())
    with pytest.raises(Exception, match="535"):
        post()
    mail = sent(message)[0]
    assert mail.state == "FAILED"
    assert "wrong" not in mail.error
    monkeypatch.setenv("OPSCHARTER_MAIL_DESK", "own-password")
    mail.move("send-again", system_actor())
    assert post() == 1
    assert len(post_office[0].taken) == 1


def test_answers_sign_in_by_token_too(own, post_office, anna, take, write, monkeypatch, tmp_path):
    kept = tmp_path / "token"
    kept.write_text(f"{TOKEN}\n")
    monkeypatch.setenv("OPSCHARTER_MAIL_TOKEN_FILE", str(kept))
    own.sign_in, own.secret_name, own.smtp_secret_name = "token", "OPSCHARTER_MAIL_TOKEN", ""
    own.save_as(system_actor())
    take(write())
    assert post() == 1
    assert post_office[0].signed_in == [("user=desk@huarui.example", f"auth=Bearer {TOKEN}")]
    kept.write_text("ya29.spent")
    take(write(subject="Another thing"))
    with pytest.raises(Exception, match="535"):
        post()


def test_the_teams_files_for_the_customer_go_with_the_next_word_once(own, post_office, anna, take, write, colleague):
    message = take(write())
    ticket = ticket_of(message)
    attach(ticket, colleague, SimpleUploadedFile("guide.txt", b"turn it off and on"), visibility="customer")
    attach(ticket, colleague, SimpleUploadedFile("secret.txt", b"root password"), visibility="internal")
    ticket.comment_as(colleague, "See the guide.", visibility="customer")
    ticket.comment_as(colleague, "Did it help?", visibility="customer")
    post()
    words = [each for each in post_office[0].taken if "Auto-Submitted" in each][-2:]
    parts = [[part.get_filename() for part in each.walk() if part.get_filename()] for each in words]
    assert parts == [["guide.txt"], []]
    assert b"turn it off and on" in words[0].get_payload()[1].get_payload(decode=True)


def test_what_the_customer_sent_does_not_come_back_and_what_is_too_large_is_named(
    mailbox, anna, take, write, colleague, settings
):
    settings.MAX_MAIL_FILES_BYTES = 10
    message = take(write())
    ticket = ticket_of(message)
    customer = User.objects.create_user("anna@east.example")
    anna.user = customer
    anna.save_as(system_actor())
    attach(ticket, system_actor(), SimpleUploadedFile("from-mail.txt", b"x"), visibility="customer")
    attach(ticket, colleague, SimpleUploadedFile("large.txt", b"x" * 11), visibility="customer")
    attach(ticket, colleague, SimpleUploadedFile("small.txt", b"y"), visibility="customer")
    ticket.comment_as(colleague, "See there.", visibility="customer")
    post()
    last = outbox.outbox[-1]
    assert [name for name, _content, _kind in last.attachments] == ["small.txt"]
    assert "Too large for mail" in last.body
    assert "large.txt" in last.body


def test_files_chosen_beside_a_comment_are_kept_with_it_or_not_at_all(mailbox, anna, take, write, colleague):
    ticket = ticket_of(take(write()))
    browser = Client(headers={"accept-language": "en"})
    browser.force_login(colleague.user, backend="django.contrib.auth.backends.ModelBackend")
    place = f"/service/incidents/{ticket.pk}/comments/"
    good = {"text": "See the guide.", "visibility": "customer", "file": SimpleUploadedFile("guide.txt", b"steps")}
    browser.post(place, good)
    assert OutgoingMail.objects.filter(purpose="word").latest("pk").files
    bad = {"text": "Run this.", "visibility": "customer", "file": SimpleUploadedFile("run.exe", b"MZ")}
    browser.post(place, bad)
    assert "Run this." not in str(list(OutgoingMail.objects.values_list("body", flat=True)))


def test_a_secret_may_lie_in_a_file(mailbox, monkeypatch, tmp_path):
    kept = tmp_path / "password"
    kept.write_text("from a file\n")
    monkeypatch.setenv("OPSCHARTER_MAIL_A_FILE", str(kept))
    mailbox.secret_name = "OPSCHARTER_MAIL_A"
    assert secret_of(mailbox) == "from a file"
    kept.write_text("")
    with pytest.raises(NoSecret, match="empty"):
        named("OPSCHARTER_MAIL_A")
    with pytest.raises(NoSecret, match="no OPSCHARTER_MAIL_B"):
        named("OPSCHARTER_MAIL_B")


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"smtp_host": "smtp.example", "smtp_security": "none"}, "smtp_security"),
        ({"sign_in": "token"}, "secret_name"),
        ({"sign_in": "client", "client_id": "a"}, "token_url"),
        ({"sign_in": "client", "client_id": "a", "token_url": "http://login.example/token"}, "token_url"),
        ({"smtp_host": "no host"}, "smtp_host"),
        ({"smtp_secret_name": "PATH"}, "smtp_secret_name"),
    ],
)
def test_accounts_that_would_leak_or_cannot_work_are_refused_by_field(mailbox, values, field):
    for name, value in values.items():
        setattr(mailbox, name, value)
    with pytest.raises(ValidationError) as refused:
        mailbox.save_as(system_actor())
    assert field in refused.value.message_dict


class Tokens(BaseHTTPRequestHandler):
    """An OAuth 2 server: gives tokens to the client it knows, and tells dovecot whose a token is."""

    asked: list[dict[str, list[str]]] = []

    def do_POST(self) -> None:
        """Give a token for client credentials."""
        form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        type(self).asked.append(form)
        if form.get("client_secret") != ["known-secret"]:
            return self._answer(401, {"error": "invalid_client"})
        return self._answer(200, {"access_token": TOKEN, "token_type": "Bearer", "expires_in": 3600})

    def do_GET(self) -> None:
        """Tell whose a token is."""
        if urlsplit(self.path).path == "/elsewhere":
            self.send_response(302)
            self.send_header("Location", "/token")
            return self.end_headers()
        good = parse_qs(urlsplit(self.path).query).get("access_token") == [TOKEN]
        return self._answer(200 if good else 400, {"username": "desk", "active": good} if good else {"error": "bad"})

    def _answer(self, status: int, body: dict[str, Any]) -> None:
        self.send_response(status)
        content = json.dumps(body).encode()
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *args: Any) -> None:
        """Say nothing."""


@contextmanager
def token_server() -> Iterator[str]:
    """Run an OAuth 2 server; yields its address."""
    Tokens.asked = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Tokens)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture
def client_mailbox(mailbox):
    """Return a mailbox that signs in with client credentials, and the address of their server."""
    with token_server() as address:
        mailbox.sign_in, mailbox.client_id, mailbox.token_scope = (
            "client",
            "opscharter",
            "https://mail.example/.default",
        )
        mailbox.token_url, mailbox.username = f"{address}/token", "desk"
        mailbox.save_as(system_actor())
        set_secret(mailbox, system_actor(), "known-secret")
        yield mailbox
    oauth.forget(mailbox)


def test_client_credentials_give_a_token_that_is_used_again_until_it_ends(client_mailbox, monkeypatch):
    assert oauth.token_for(client_mailbox) == TOKEN
    assert oauth.token_for(client_mailbox) == TOKEN
    assert len(Tokens.asked) == 1
    assert Tokens.asked[0]["grant_type"] == ["client_credentials"]
    assert Tokens.asked[0]["scope"] == ["https://mail.example/.default"]
    soon = oauth.time.monotonic() + 3600
    monkeypatch.setattr(oauth.time, "monotonic", lambda: soon)
    assert oauth.token_for(client_mailbox) == TOKEN
    assert len(Tokens.asked) == 2


def test_a_refusing_or_redirecting_endpoint_is_told_without_the_secret(client_mailbox):
    set_secret(client_mailbox, system_actor(), "another-secret")
    with pytest.raises(NoSecret) as told:
        oauth.token_for(client_mailbox)
    assert "401" in str(told.value)
    assert "another-secret" not in str(told.value)


def test_a_command_named_in_the_environment_gives_the_token(mailbox, monkeypatch, tmp_path):
    script = tmp_path / "token.sh"
    script.write_text(f"#!/bin/sh\necho {TOKEN}\necho rest\n")
    script.chmod(script.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("OPSCHARTER_MAIL_DESK_COMMAND", f"{script} --for 'a b'")
    mailbox.sign_in, mailbox.secret_name = "token", "OPSCHARTER_MAIL_DESK"
    assert oauth.token_for(mailbox) == TOKEN
    monkeypatch.setenv("OPSCHARTER_MAIL_DESK_COMMAND", "/bin/false")
    with pytest.raises(NoSecret, match="exit 1"):
        oauth.token_for(mailbox)


@pytest.mark.skipif(not dovecot.found(), reason="needs dovecot: apt-get install dovecot-imapd")
def test_dovecot_takes_the_token_and_refuses_a_spent_one(client_mailbox, monkeypatch):
    address = client_mailbox.token_url.removesuffix("/token")
    with dovecot.running(tokens=f"{address}/whose?access_token=") as server:
        client_mailbox.host, client_mailbox.port, client_mailbox.security = "127.0.0.1", server.port, "none"
        with connected(client_mailbox) as imap:
            assert imap.folder_exists("INBOX")
        monkeypatch.setattr("opscharter.service.mailbox.fetching.token_for", lambda mailbox: "ya29.spent")
        with pytest.raises(LoginError), connected(client_mailbox):
            pass
        assert client_mailbox.pk not in oauth._kept
