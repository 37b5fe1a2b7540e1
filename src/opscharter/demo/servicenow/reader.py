"""Read the log file: stream its rows, each as an event or as a refused row with its line and reason."""

from __future__ import annotations

import codecs
import csv
import datetime as dt
import gzip
import io
import zlib
from collections.abc import Iterator
from dataclasses import Field, fields
from typing import Any, BinaryIO, cast

from django.utils.translation import gettext as _

from opscharter.demo.servicenow.cells import MISSING, Damaged, Parse
from opscharter.demo.servicenow.event import BadRow, Event

GZIP_MAGIC = b"\x1f\x8b"
COLUMNS: tuple[Field[Any], ...] = tuple(field for field in fields(Event) if "column" in field.metadata)


class UnreadableLog(ValueError):
    """The file as a whole cannot be read as an incident log; nothing of it may be used."""


def read_events(stream: BinaryIO, zone: dt.tzinfo) -> Iterator[Event | BadRow]:
    """Return the rows of a log, CSV in UTF-8, plain or gzipped, in the order of the file.

    `stream` is seekable and stands at its beginning; times without zone are taken to be in `zone`. Columns are found
    by name, in any order, and others are passed over. A row stands on one line, so that a stray quotation mark damages
    no row but its own. Raises UnreadableLog: at once for an empty file or a header that lacks a column, while reading
    for a damaged archive.
    """
    lines = _lines(stream)
    _first, header = next(lines, (0, b""))
    if not header.strip():
        raise UnreadableLog(_("The file is empty: not even a header stands on its first line."))
    try:
        names = [name.strip() for name in _cells(header.removeprefix(codecs.BOM_UTF8))]
    except Damaged as damage:
        raise UnreadableLog(_("Line 1, the header, is damaged: %(reason)s.") % {"reason": damage}) from damage
    return _rows(lines, _RowParser(names, zone))


def _rows(lines: Iterator[tuple[int, bytes]], parser: _RowParser) -> Iterator[Event | BadRow]:
    for line, raw in lines:
        if raw.isspace():
            continue
        try:
            yield parser.parse(line, _cells(raw))
        except Damaged as damage:
            yield BadRow(line, str(damage))


def _lines(stream: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """Return the lines with their numbers from 1, unpacked where the first bytes (not the name) say gzip."""
    packed = stream.read(len(GZIP_MAGIC)) == GZIP_MAGIC
    stream.seek(0)
    source = io.BufferedReader(cast(io.RawIOBase, gzip.GzipFile(fileobj=stream))) if packed else stream
    line = 0
    try:
        for line, raw in enumerate(source, start=1):
            yield line, raw
    except EOFError as error:
        raise UnreadableLog(_("The archive is cut off after line %(line)s.") % {"line": line}) from error
    except (gzip.BadGzipFile, zlib.error) as error:
        raise UnreadableLog(_("The archive is damaged after line %(line)s.") % {"line": line}) from error


def _cells(raw: bytes) -> list[str]:
    """Return the cells of a line. Raises Damaged."""
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        place = {"byte": f"0x{raw[error.start]:02X}", "position": error.start + 1}
        raise Damaged(_("byte %(position)s, %(byte)s, is not UTF-8") % place) from error
    try:
        return next(csv.reader((text.rstrip("\r\n"),), strict=True))
    except csv.Error as error:
        raise Damaged(_("the line is not CSV (%(error)s)") % {"error": error}) from error


class _RowParser:
    """Turns rows under one header into events; equal cells are parsed once and share one value in memory."""

    def __init__(self, names: list[str], zone: dt.tzinfo) -> None:
        wanted = [column.metadata["column"] for column in COLUMNS]
        if missing := [name for name in wanted if name not in names]:
            raise UnreadableLog(_("The header lacks: %(columns)s.") % {"columns": ", ".join(missing)})
        if twice := [name for name in wanted if names.count(name) > 1]:
            raise UnreadableLog(_("The header holds more than once: %(columns)s.") % {"columns": ", ".join(twice)})
        self.width = len(names)
        self.zone = zone
        known: dict[tuple[Parse, bool], dict[str, Any]] = {}
        self.plan = []
        for column in COLUMNS:
            name, parse, required = (column.metadata[key] for key in ("column", "parse", "required"))
            self.plan.append((names.index(name), name, parse, required, known.setdefault((parse, required), {})))

    def parse(self, line: int, row: list[str]) -> Event:
        """Return the event of a row. Raises Damaged naming the first damaged column."""
        if len(row) != self.width:
            raise Damaged(
                _("the row has %(cells)s cells, the header %(width)s") % {"cells": len(row), "width": self.width}
            )
        values = []
        for position, name, parse, required, known in self.plan:
            cell = row[position]
            if cell not in known:
                known[cell] = self._value(cell, name, parse, required)
            values.append(known[cell])
        return Event(line, *values)

    def _value(self, cell: str, name: str, parse: Parse, required: bool) -> Any:
        cell = " ".join(cell.split(" ")) if "  " not in cell else " ".join(cell.split())
        cell = cell.strip()
        if cell in MISSING:
            if required:
                raise Damaged(_("%(column)s is missing") % {"column": name})
            return None
        try:
            return parse(cell, self.zone)
        except Damaged as damage:
            raise Damaged(f"{name}: {damage}") from damage
