"""Chat services and webhooks are reached through Apprise; what their addresses hold in secrets is shown nowhere."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from opscharter.kernel.notices.catalogue import TYPES, NoticeType
from opscharter.kernel.notices.models import Channel, Delivery
from opscharter.kernel.notices.sending import deliver_due, send
from opscharter.kernel.users.models import User

SECRET = "qX7-webhook-key"


class Hook(HTTPServer):
    """A webhook that keeps what it is sent and answers as it is told."""

    answer = 200

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Listener)
        self.received: list[dict[str, Any]] = []


class Listener(BaseHTTPRequestHandler):
    """Takes a message."""

    server: Hook

    def do_POST(self) -> None:
        """Keep the message and answer."""
        self.server.received.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(self.server.answer)
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: the test reads the log."""


@pytest.fixture
def hook(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hook]:
    """Run a webhook."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    server = Hook()
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def ann(db: None, monkeypatch: pytest.MonkeyPatch) -> User:
    """Return somebody who may be told that a book is due."""
    monkeypatch.setitem(TYPES, "library.due", NoticeType("library.due", "Due", "%(title)s is due", "Bring it back."))
    return User.objects.create_user("ann", language="en")


def tell(user: User, address: str) -> Delivery:
    """Tell somebody of a due book at an address, and send what is due."""
    Channel.objects.create(user=user, kind="apprise", address=address)
    send(TYPES["library.due"], [user], key="1", data={"title": "愛瑪"})
    deliver_due.call()
    return Delivery.objects.get()


def test_a_webhook_is_sent_the_message(ann: User, hook: Hook) -> None:
    assert tell(ann, f"json://127.0.0.1:{hook.server_port}/{SECRET}").state == "sent"
    (message,) = hook.received
    assert message["title"] == "愛瑪 is due"
    assert "Bring it back." in message["message"]


@pytest.mark.parametrize(
    "address",
    [
        "json://127.0.0.1:{port}/{secret}",
        "json://user:{secret}@127.0.0.1:{port}/",
        "json://127.0.0.1:1/{secret}",
        "nothing://{secret}",
        "wecombot://",
        "no address {secret}",
        "json://127.0.0.1:{port}/ {secret}",
        "",
    ],
)
def test_a_failure_tells_nothing_of_the_address(
    ann: User, hook: Hook, address: str, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    hook.answer = 500
    with caplog.at_level(logging.DEBUG):
        delivery = tell(ann, address.format(port=hook.server_port, secret=SECRET))
    assert (delivery.state, delivery.error) == ("waiting", "ConnectionError")
    logged = "\n".join(record.getMessage() for record in caplog.records if record.levelno >= logging.INFO)
    printed = capfd.readouterr()
    assert SECRET not in logged + printed.out + printed.err


@pytest.mark.parametrize(
    ("address", "shown"), [(f"wecombot://{SECRET}/", "wecombot"), (f"https://example.org/{SECRET}", "https")]
)
def test_a_chat_address_shows_only_its_scheme(address: str, shown: str) -> None:
    assert str(Channel(kind="apprise", address=address)) == shown


def test_a_mail_address_is_shown_whole() -> None:
    assert str(Channel(kind="email", address="ann@example.org")) == "ann@example.org"
