"""What each of the systems does in the comparison: install itself, take the tickets in, serve, be asked."""

from __future__ import annotations

import os
import re
import subprocess
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import psycopg
from psycopg import sql

from bench.lib.client import Connection, Request
from bench.lib.places import free_port
from bench.lib.server import stop, wait_until_up
from bench.peers.tickets import Questions, Ticket

USER, PASSWORD = "engineer", "peer-engineer-1"
KINDS = ("list", "detail", "search", "create")
Ask = Callable[[int], Request]


@dataclass(frozen=True)
class Server:
    """The PostgreSQL that all of them use, each with a database of its own."""

    url: str
    """Of some database on it."""

    @property
    def port(self) -> int:
        """Return its port."""
        return urlsplit(self.url).port or 5432

    @property
    def host(self) -> str:
        """Return its address."""
        return urlsplit(self.url).hostname or "127.0.0.1"

    @property
    def user(self) -> str:
        """Return the user who may create databases."""
        return urlsplit(self.url).username or "postgres"

    @property
    def password(self) -> str:
        """Return that user's password; empty where the server trusts."""
        return urlsplit(self.url).password or ""

    def named(self, database: str) -> str:
        """Return the URL of a database."""
        return f"{self.url.rpartition('/')[0]}/{database}"

    def create(self, database: str) -> None:
        """Create an empty database."""
        with psycopg.connect(self.named("postgres"), autocommit=True) as connection:
            made = sql.SQL("CREATE DATABASE {} ENCODING 'UTF8' TEMPLATE template0")
            connection.execute(made.format(sql.Identifier(database)))

    def drop(self, database: str) -> None:
        """Drop a database, whoever is in it."""
        with psycopg.connect(self.named("postgres"), autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(database)))


class Peer(ABC):
    """One system. Whatever it raises on its way to serving leaves it out of the comparison, with what it said."""

    name = ""

    def __init__(self, folder: Path, server: Server) -> None:
        self.folder, self.server, self.port = folder / self.name.lower().replace(" ", "-"), server, free_port()
        self.folder.mkdir(parents=True, exist_ok=True)
        self.database = f"peer_{self.folder.name.replace('-', '_')}_{os.getpid()}"
        self.process: subprocess.Popen[bytes] | None = None
        self.cookie = ""

    @abstractmethod
    def install(self) -> str:
        """Install the system into its folder with an empty database; returns its version."""

    @abstractmethod
    def load(self, tickets: Sequence[Ticket]) -> None:
        """Take the tickets in by bulk means."""

    @abstractmethod
    def serve(self) -> None:
        """Start the server and sign in."""

    @abstractmethod
    def asks(self, questions: Questions) -> Mapping[str, Ask]:
        """Return, by kind, the request of each turn."""

    def end(self) -> None:
        """Stop the server and drop the database."""
        if self.process is not None:
            stop(self.process)
        self.server.drop(self.database)

    def environment(self) -> dict[str, str]:
        """Return the environment for the system's own programs: nothing in it names our database or settings."""
        ours = ("DATABASE_URL", "DJANGO_SETTINGS_MODULE", "PYTHONPATH", "SECRET_KEY")
        return {name: value for name, value in os.environ.items() if name not in ours}

    def run(self, *command: str, within: float = 900.0) -> str:
        """Run one of the system's programs in its folder; RuntimeError with its last words when it fails."""
        done = subprocess.run(
            command, cwd=self.folder, env=self.environment(), capture_output=True, text=True, check=False,
            timeout=within, stdin=subprocess.DEVNULL,
        )  # fmt: skip
        if done.returncode:
            raise RuntimeError(f"{Path(command[0]).name}: {(done.stderr or done.stdout).strip()[-400:]}")
        return done.stdout

    def begin(self, command: Sequence[str], path: str) -> None:
        """Start the system's server and wait until it answers."""
        with (self.folder / "server.log").open("ab") as out:
            self.process = subprocess.Popen(
                command, cwd=self.folder, env=self.environment(), stdout=out, stderr=out, start_new_session=True
            )
        wait_until_up(self.port, self.process, path, within=180)

    def last_words(self) -> str:
        """Return the last line that the server wrote into its log."""
        log = self.folder / "server.log"
        return (log.read_text(errors="replace").splitlines() or [""])[-1][:200] if log.exists() else ""

    def connect(self) -> psycopg.Connection:
        """Return a connection to the system's database."""
        return psycopg.connect(self.server.named(self.database))

    def sign_in(self, path: str, fields: Mapping[str, str], hidden: str = "") -> None:
        """Sign in by the system's own form (`hidden` names the field that guards it) and keep the cookies."""
        line, form, jar = Connection(self.port), dict(fields), {}
        if hidden:
            page = line.ask(Request(path))
            found = re.search(rf'name="{hidden}"[^>]*value="([^"]+)"'.encode(), page.body)
            if found is None:
                raise RuntimeError(f"{self.name}: no field {hidden} in the sign-in form")
            form[hidden] = found[1].decode()
            jar = _cookies(page.headers)
            line.cookie = _written(jar)
        headers = (
            ("Content-Type", "application/x-www-form-urlencoded"),
            ("Referer", f"http://127.0.0.1:{self.port}{path}"),
        )
        answer = line.ask(Request(path, "POST", urlencode(form).encode(), headers))
        line.close()
        self.cookie = _written(jar | _cookies(answer.headers))
        if hidden and answer.status != 302:
            raise RuntimeError(f"{self.name}: signing in was answered {answer.status}")


def _cookies(headers: bytes) -> dict[str, str]:
    pairs = re.findall(rb"(?im)^set-cookie: *([^=;\s]+)=([^;\r\n]*)", headers)
    return {name.decode(): value.decode() for name, value in pairs}


def _written(jar: Mapping[str, str]) -> str:
    return "; ".join(f"{name}={value}" for name, value in jar.items())
