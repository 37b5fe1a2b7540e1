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


@contextmanager
def private_server() -> Iterator[str]:
    """Start a server of one's own and yield its URL."""
    ensure("postgresql")
    programs, port, folder = postgresql_folder(), free_port(), tempfile.mkdtemp(prefix="opscharter-postgres-")
    if os.geteuid() == 0:
        os.chown(folder, pwd.getpwnam("postgres").pw_uid, -1)
    data, options = (
        f"{folder}/data",
        f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder} {FAST}",
    )
    control = [f"{programs}/pg_ctl", "-D", data, "-w", "-s"]

    def call(*command: str) -> None:
        subprocess.run(as_server_user(command), check=True, cwd=folder, stdout=subprocess.DEVNULL)

    try:
        call(f"{programs}/initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync")
        call(*control, "-l", f"{folder}/log", "-o", options, "start")
        try:
            yield f"postgres://postgres@127.0.0.1:{port}/opscharter"
        finally:
            call(*control, "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


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
