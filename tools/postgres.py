"""Run a command with `DATABASE_URL` naming a PostgreSQL server for tests.

    postgres.py pytest …

The server is the one of `DATABASE_URL_TEST`; else one on 127.0.0.1:5432 that trusts the user postgres; else a private
one, started on a free port in a temporary folder and removed afterwards (root installs the Debian package if need be).
"""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import psycopg
from debian import ensure, postgresql_folder

LOCAL = "postgres://postgres@127.0.0.1:5432"
FAST = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=60"
"""Tests throw the data away, so nothing needs to survive a power cut."""


def reachable(url: str) -> bool:
    """Say whether one can connect and create databases there."""
    try:
        with psycopg.connect(url, connect_timeout=3) as connection:
            row = connection.execute(
                "SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user"
            ).fetchone()
    except psycopg.OperationalError:
        return False
    return bool(row and row[0])


def free_port() -> int:
    """Return a port nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def as_server_user(command: Sequence[str]) -> list[str]:
    """Return the command as a user that PostgreSQL accepts: it refuses to run as root."""
    return ["runuser", "-u", "postgres", "--", *command] if os.geteuid() == 0 else list(command)


class Cluster:
    """A PostgreSQL server of one's own, on a free port, in a folder."""

    def __init__(self, folder: str, name: str = "data") -> None:
        self._folder, self.data, self.port = folder, f"{folder}/{name}", free_port()
        self._programs = postgresql_folder()

    @property
    def url(self) -> str:
        """Return the URL of its database `opscharter`, which whoever needs it creates."""
        return f"postgres://postgres@127.0.0.1:{self.port}/opscharter"

    @property
    def log(self) -> str:
        """Return the file of what the server says."""
        return f"{self.data}.log"

    def call(self, program: str, *arguments: str) -> None:
        """Run one of the server's programs as a user that it accepts; raises CalledProcessError."""
        command = as_server_user([f"{self._programs}/{program}", *arguments])
        subprocess.run(command, check=True, cwd=self._folder, stdout=subprocess.DEVNULL)

    def make(self) -> None:
        """Make the server's folder."""
        self.call("initdb", "-D", self.data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync")

    def copy(self, primary: Cluster) -> None:
        """Make the server's folder as a streaming replica of another one that runs."""
        source = ("-h", "127.0.0.1", "-p", str(primary.port), "-U", "postgres")
        self.call("pg_basebackup", *source, "-D", self.data, "-R", "-X", "stream", "-c", "fast", "--no-sync")

    def start(self, options: str = FAST) -> None:
        """Start it and wait until it answers."""
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={self._folder} {options}"
        self.call("pg_ctl", "-D", self.data, "-w", "-s", "-l", self.log, "-o", options, "start")

    def stop(self) -> None:
        """Stop it at once, as a power cut would; nothing happens where it does not run."""
        if os.path.exists(f"{self.data}/postmaster.pid"):
            self.call("pg_ctl", "-D", self.data, "-w", "-s", "-m", "immediate", "stop")


@contextmanager
def private_folder() -> Iterator[str]:
    """Yield a temporary folder that the server's user may write."""
    folder = tempfile.mkdtemp(prefix="opscharter-postgres-")
    try:
        if os.geteuid() == 0:
            os.chown(folder, pwd.getpwnam("postgres").pw_uid, -1)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def private_server() -> Iterator[str]:
    """Start a server of one's own and yield its URL."""
    ensure("postgresql")
    with private_folder() as folder:
        cluster = Cluster(folder)
        cluster.make()
        try:
            cluster.start()
            yield cluster.url
        finally:
            cluster.stop()


@contextmanager
def replicated(options: str = FAST) -> Iterator[tuple[Cluster, Cluster]]:
    """Start a server of one's own and a streaming replica of it; yields both. The database is there and empty."""
    ensure("postgresql")
    with private_folder() as folder:
        primary, replica = Cluster(folder, "primary"), Cluster(folder, "replica")
        try:
            primary.make()
            primary.start(options)
            primary.call("createdb", "-h", "127.0.0.1", "-p", str(primary.port), "-U", "postgres", "opscharter")
            replica.copy(primary)
            replica.start(options)
            yield primary, replica
        finally:
            replica.stop()
            primary.stop()


@contextmanager
def server() -> Iterator[str]:
    """Yield the URL of the server to test with; Django makes a database of its own beside the one it names."""
    given = os.environ.get("DATABASE_URL_TEST")
    if given and not reachable(given):
        sys.exit("DATABASE_URL_TEST names a server that cannot be reached or where no database may be created.")
    if given or reachable(f"{LOCAL}/postgres"):
        yield given or f"{LOCAL}/opscharter"
        return
    with private_server() as url:
        yield url


def main(command: Sequence[str]) -> int:
    """Run the command; returns its exit code."""
    with server() as url:
        return subprocess.run(command, env={**os.environ, "DATABASE_URL": url}, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
