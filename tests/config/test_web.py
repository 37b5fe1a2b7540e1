"""What stands between the web server and Django: health, and whom to believe about TLS."""

import os
import subprocess
import sys

import pytest
from django.db import OperationalError, connection
from django.test import Client

PROBE = """
from django.test import RequestFactory
from opscharter.config.wsgi import application
environ = RequestFactory().get("/accounts/login/", SERVER_NAME="localhost", REMOTE_ADDR="{address}",
    HTTP_X_FORWARDED_FOR="203.0.113.7", HTTP_X_FORWARDED_PROTO="https").environ
application(environ, lambda status, headers: print(status.split()[0], environ["REMOTE_ADDR"]))
"""


def asked_from(address: str, tmp_path) -> list[str]:
    """Ask for a page over a proxy at the address and return (status, who asked as the product sees it)."""
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    environment |= {
        "OPSCHARTER_DATA": str(tmp_path),
        "OPSCHARTER_TLS": "1",
        "TRUSTED_PROXIES": "10.1.1.1",
        "DATABASE_URL": "sqlite://:memory:",
    }
    code = PROBE.format(address=address)
    ran = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    return ran.stdout.split()


def test_a_trusted_proxy_says_who_asks_and_that_tls_was_used(tmp_path):
    assert asked_from("10.1.1.1", tmp_path) == ["200", "203.0.113.7"]


def test_nobody_else_is_believed(tmp_path):
    assert asked_from("10.9.9.9", tmp_path) == ["301", "10.9.9.9"]


@pytest.mark.django_db
def test_health_needs_no_sign_in():
    answer = Client().get("/health")
    assert (answer.status_code, answer.content) == (200, b"ok\n")


@pytest.mark.django_db
def test_health_fails_when_the_database_does_not_answer(monkeypatch):
    def broken(*_args: object) -> None:
        raise OperationalError

    client = Client()
    monkeypatch.setattr(connection, "cursor", broken)
    assert client.get("/health").status_code == 503
