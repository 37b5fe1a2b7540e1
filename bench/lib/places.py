"""A place to measure in: a data folder of its own and an empty database, both gone afterwards."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))
from postgres import free_port, server  # noqa: E402  # the tools are no package

__all__ = ["Place", "database", "free_port", "place"]
SETTINGS = "opscharter.config.settings"


@dataclass(frozen=True)
class Place:
    """Where one measurement runs: `kind` is sqlite or postgresql, `url` names the database."""

    kind: str
    folder: Path
    url: str

    def environment(self, **more: str) -> dict[str, str]:
        """Return the environment for processes of the product (or the floor) in this place."""
        own = {"OPSCHARTER_DATA": str(self.folder), "DATABASE_URL": self.url, "PYTHONWARNINGS": "ignore"}
        path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH", "")]))
        return {**os.environ, "DJANGO_SETTINGS_MODULE": SETTINGS, "PYTHONPATH": path, **own, **more}

    def enter(self) -> None:
        """Make Django of this very process work in this place; only once, before Django is set up."""
        os.environ.update(self.environment())
        import django

        django.setup()


@contextmanager
def place(kind: str, name: str = "bench", keep: str = "") -> Iterator[Place]:
    """Yield an empty place of a kind (`sqlite` or `postgresql`).

    `keep` names a PostgreSQL database that is used as it is, or made and left there, so that a long loading is done
    once. Otherwise the database is called `opscharter_<name>_<process>` and dropped at the end.
    """
    with tempfile.TemporaryDirectory(prefix=f"opscharter-{name}-") as folder:
        if kind == "sqlite":
            yield Place(kind, Path(folder), f"sqlite:///{folder}/opscharter.sqlite3")
            return
        with database(name, keep) as url:
            yield Place(kind, Path(folder), url)


@contextmanager
def database(name: str = "bench", keep: str = "") -> Iterator[str]:
    """Create a PostgreSQL database and drop it afterwards (not when `keep` names it); yields its URL.

    The server is the one of DATABASE_URL, else one on this machine, else a private one that is started for it.
    """
    given = os.environ.get("DATABASE_URL", "")
    if given.startswith("postgres"):
        with _created(given, name, keep) as url:
            yield url
        return
    with server() as local, _created(local, name, keep) as url:
        yield url


@contextmanager
def _created(beside: str, name: str, keep: str) -> Iterator[str]:
    base, _slash, _name = beside.rpartition("/")
    called = keep or f"opscharter_{name}_{os.getpid()}"
    with psycopg.connect(f"{base}/postgres", autocommit=True) as connection:
        there = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [called]).fetchone()
        if not there:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(called)))
    try:
        yield f"{base}/{called}"
    finally:
        if not keep:
            with psycopg.connect(f"{base}/postgres", autocommit=True) as connection:
                connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(called)))
