"""Reading from a real streaming replica: own writes are seen at once, others' with the replica, and it may go."""

from __future__ import annotations

import http.client
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any

import psycopg
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "tools"))
from debian import postgresql_folder
from postgres import Cluster, free_port, replicated

from opscharter.config.processes import answers, web_command

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.skipif(not postgresql_folder(), reason="needs the programs of a PostgreSQL server"),
]
LAG, PATIENCE = 12.0, 60.0
CUSTOMERS = "/api/v1/customers/customers/"


def until(what: Callable[[], bool], seconds: float = PATIENCE) -> bool:
    """Wait until something holds."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if what():
            return True
        time.sleep(0.1)
    return False


@dataclass
class Person:
    """A browser that keeps cookies, or a program that has a key and keeps none."""

    port: int
    session: str = ""
    token: str = ""
    cookies: dict[str, str] = field(default_factory=dict)

    def ask(self, path: str, body: dict[str, Any] | None = None) -> tuple[int, str]:
        """Get, or post JSON; returns the status and the text."""
        headers = {"Content-Type": "application/json", "Accept-Language": "en"}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        else:
            jar = {"sessionid": self.session, "csrftoken": "c" * 32, **self.cookies}
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in jar.items())
            headers["X-CSRFToken"] = "c" * 32
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        connection.request("POST" if body else "GET", path, json.dumps(body) if body else None, headers)
        answer = connection.getresponse()
        text = answer.read().decode()
        if not self.token:
            for line in answer.headers.get_all("Set-Cookie") or []:
                self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(line).items()}
        connection.close()
        return answer.status, text

    def create(self, name: str) -> int:
        """Create a customer; returns its id."""
        status, text = self.ask(CUSTOMERS, {"name": name})
        assert status == 201, text
        return int(json.loads(text)["id"])

    def sees(self, name: str) -> bool:
        """Say whether the first page of the list, of the API's list and of the export all hold the name, or none."""
        texts = [self.ask(path) for path in (CUSTOMERS, "/customers/customers/", "/customers/customers/export/")]
        assert [status for status, _text in texts] == [200, 200, 200]
        found = {name in text for _status, text in texts}
        assert len(found) == 1, "page, API and export tell different things"
        return found.pop()


@dataclass
class Site:
    """A web process on a primary and its replica."""

    primary: Cluster
    replica: Cluster
    port: int
    log: Path
    keys: dict[str, dict[str, str]]

    def browser(self, name: str) -> Person:
        return Person(self.port, session=self.keys[name]["session"])

    def program(self, name: str) -> Person:
        return Person(self.port, token=self.keys[name]["token"])

    def at_replica(self, sql: str) -> Any:
        """Ask the replica's server itself."""
        with psycopg.connect(self.replica.url, autocommit=True) as connection:
            row = connection.execute(sql).fetchone()
            return row and row[0]

    def lines(self, words: str) -> int:
        """Return how many lines of the web process hold the words."""
        return sum(words in line for line in self.log.read_text().splitlines())

    def settled(self) -> bool:
        """Wait until the replica is up to date and serves again."""
        with psycopg.connect(self.primary.url, autocommit=True) as connection:
            row = connection.execute("SELECT pg_current_wal_lsn()::text").fetchone()
        assert row is not None
        return until(lambda: self.at_replica(f"SELECT pg_last_wal_replay_lsn() >= '{row[0]}'::pg_lsn"))


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Start a primary, a streaming replica and a web process."""
    folder = tmp_path_factory.mktemp("replica")
    with replicated() as (primary, replica):
        environment = {
            **os.environ, "DATABASE_URL": primary.url, "DATABASE_REPLICA_URL": replica.url,
            "DATABASE_REPLICA_MAX_LAG": str(LAG), "OPSCHARTER_DATA": str(folder), "OPSCHARTER_DEMO": "0",
            "DJANGO_SETTINGS_MODULE": "opscharter.config.settings",
        }  # fmt: skip
        company = [sys.executable, str(Path(__file__).with_name("company.py"))]
        told = subprocess.run(company, env=environment, check=True, capture_output=True, text=True).stdout
        port, log = free_port(), folder / "log"
        command = [sys.executable, *web_command("127.0.0.1", port, 1)]
        with log.open("wb") as out:
            web = subprocess.Popen(command, env=environment, stdout=out, stderr=out)
        try:
            assert until(lambda: answers("127.0.0.1", port)), log.read_text()
            yield Site(primary, replica, port, log, json.loads(told))
        finally:
            web.terminate()
            web.wait(PATIENCE)


@pytest.fixture
def paused(site: Site) -> Iterator[Site]:
    """Let the replica stand still, while it serves."""
    assert site.settled()
    site.browser("reader").ask(CUSTOMERS)
    site.at_replica("SELECT pg_wal_replay_pause()")
    assert until(lambda: site.at_replica("SELECT pg_get_wal_replay_pause_state()") == "paused")
    yield site
    site.at_replica("SELECT pg_wal_replay_resume()")
    assert site.settled()


def test_who_writes_in_a_browser_sees_it_at_once_and_others_see_it_with_the_replica(paused: Site) -> None:
    writer, reader = paused.browser("writer"), paused.browser("reader")
    pk = writer.create("Pines")
    assert writer.sees("Pines")
    assert not reader.sees("Pines"), "the reader's pages do not come from the replica"
    assert reader.ask(f"{CUSTOMERS}{pk}/")[0] == 200, "what the replica does not know is asked of the primary"
    paused.at_replica("SELECT pg_wal_replay_resume()")
    assert paused.settled()
    assert reader.sees("Pines")


def test_who_writes_with_a_key_sees_it_at_once_without_keeping_cookies(paused: Site) -> None:
    writer, reader = paused.program("writer"), paused.program("reader")
    writer.create("Oaks")
    assert "Oaks" in writer.ask(CUSTOMERS)[1]
    assert "Oaks" not in reader.ask(CUSTOMERS)[1]


def test_a_replica_too_far_behind_is_left_until_it_has_caught_up(paused: Site) -> None:
    before = paused.lines("s behind; pages are read from the primary")
    paused.browser("writer").create("Elms")
    reader = paused.browser("reader")
    assert not reader.sees("Elms")
    said = "s behind; pages are read from the primary"
    assert until(lambda: "Elms" in reader.ask(CUSTOMERS)[1] and paused.lines(said) > before, LAG * 2)
    assert reader.sees("Elms")
    assert paused.lines(said) == before + 1
    again = paused.lines("read from the replica again")
    paused.at_replica("SELECT pg_wal_replay_resume()")
    assert until(lambda: "Elms" in reader.ask(CUSTOMERS)[1] and paused.lines("read from the replica again") > again)


def test_a_replica_that_goes_and_comes_back_costs_nobody_a_page(site: Site) -> None:
    assert site.settled()
    reader = site.browser("reader")
    assert reader.ask("/customers/customers/")[0] == 200
    again = site.lines("read from the replica again")
    site.replica.stop()
    site.browser("writer").create("Firs")
    for _page in range(10):
        assert reader.sees("Firs")
    assert site.lines("the replica does not answer") == 1
    site.replica.start()
    assert until(lambda: reader.sees("Firs") and site.lines("read from the replica again") > again)


def test_nothing_was_ever_written_to_the_replica(site: Site) -> None:
    assert site.at_replica("SELECT pg_is_in_recovery()")
    told = Path(site.replica.log).read_text()
    assert "cannot execute" not in told
    assert "read-only transaction" not in told
    assert "Traceback" not in site.log.read_text()
