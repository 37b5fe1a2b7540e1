"""Tables of figures and ratios, for the terminal and for Markdown."""

from __future__ import annotations

import datetime as dt
import os
import platform
import sqlite3
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass
class Table:
    """Rows of texts under heads; the first column is a name, the others are figures, set to the right."""

    title: str
    heads: Sequence[str]
    rows: list[list[str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def add(self, name: str, *figures: object) -> None:
        """Add a row."""
        self.rows.append([name, *(shown(figure) for figure in figures)])

    def text(self) -> str:
        """Return the table for a terminal."""
        lines = [list(self.heads), *self.rows]
        widths = [max(_width(line[at]) if at < len(line) else 0 for line in lines) for at in range(len(self.heads))]
        drawn = [
            "  ".join(_set(cell, width, left=at == 0) for at, (cell, width) in enumerate(zip(line, widths))).rstrip()
            for line in lines
        ]
        rule = "  ".join("-" * width for width in widths)
        return "\n".join([self.title, drawn[0], rule, *drawn[1:], *(f"  {note}" for note in self.notes)])

    def markdown(self) -> str:
        """Return the table for a document."""
        lines = [f"### {self.title}", "", _cells(self.heads), _cells(["---", *["---:"] * (len(self.heads) - 1)])]
        notes = [f"- {note}" for note in self.notes]
        return "\n".join([*lines, *(_cells(row) for row in self.rows), *(["", *notes] if notes else [])])


def _cells(row: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |"


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)


def _set(text: str, width: int, *, left: bool) -> str:
    gap = " " * (width - _width(text))
    return text + gap if left else gap + text


def shown(figure: object) -> str:
    """Return a figure with as many digits as it deserves; what is missing as a dash."""
    if figure is None or figure != figure:
        return "–"
    if isinstance(figure, float):
        return f"{figure:,.0f}" if abs(figure) >= 100 else f"{figure:.1f}" if abs(figure) >= 10 else f"{figure:.2f}"
    return f"{figure:,}" if isinstance(figure, int) else str(figure)


def times(figure: float | None, of: float | None) -> str:
    """Return a ratio, such as `1.84×`; a dash where one of them is missing."""
    if not figure or not of or figure != figure or of != of:
        return "–"
    return f"{figure / of:.2f}×"


def circumstances(settings: str) -> list[str]:
    """Return when, on which machine and with which versions something was measured."""
    import django
    import psycopg

    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return [
        f"{dt.datetime.now(dt.UTC):%Y-%m-%d %H:%M} UTC, load {os.getloadavg()[0]:.2f}",
        f"{os.cpu_count()} cores ({_processor()}), {memory:.0f} GB memory",
        f"Python {platform.python_version()}, Django {django.__version__}, {_databases(psycopg)}",
        f"settings {settings}, granian, 1 web process of 4 threads unless told otherwise",
    ]


def _databases(psycopg: Any) -> str:
    """Return the versions of the databases."""
    try:
        with psycopg.connect("postgres://postgres@127.0.0.1:5432/postgres", connect_timeout=3) as connection:
            server = f"PostgreSQL {connection.info.server_version // 10_000}.{connection.info.server_version % 10_000}"
    except psycopg.OperationalError:
        server = "PostgreSQL elsewhere"
    return f"{server}, SQLite {sqlite3.sqlite_version}"


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()
