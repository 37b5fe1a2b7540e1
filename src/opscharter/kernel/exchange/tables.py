"""The rows of a CSV or XLSX file as texts, and which field each column means."""

from __future__ import annotations

import csv
import datetime as dt
import io
from typing import Any, BinaryIO

from django.utils.translation import gettext as _
from django.utils.translation import override
from openpyxl import load_workbook

from opscharter.kernel.access.actor import Actor
from opscharter.kernel.exchange.cells import LANGUAGES
from opscharter.kernel.exchange.details import Definitions, columns_for, labels_of
from opscharter.kernel.exchange.encodings import UnreadableFile, decoded
from opscharter.kernel.exchange.export import columns_of
from opscharter.kernel.resources.declaration import Resource, find_field

MOST_ROWS = 50_000


def table_of(stream: BinaryIO, name: str) -> list[list[str]]:
    """Return every row of a file, the head first; raises UnreadableFile."""
    content = stream.read()
    rows = _sheet_rows(content) if name.lower().endswith(".xlsx") else _csv_rows(content)
    if not rows:
        raise UnreadableFile(_("The file is empty."))
    if len(rows) > MOST_ROWS + 1:
        raise UnreadableFile(_("At most %(most)s rows at once.") % {"most": MOST_ROWS})
    return rows


def _csv_rows(content: bytes) -> list[list[str]]:
    try:
        return list(csv.reader(io.StringIO(decoded(content), newline="")))
    except csv.Error as error:
        raise UnreadableFile(str(error)) from error


def _sheet_rows(content: bytes) -> list[list[str]]:
    # A damaged workbook fails in as many ways as there are parts in it; all of them mean the same here.
    try:
        sheet = load_workbook(io.BytesIO(content), read_only=True, data_only=True).worksheets[0]
        return [[_text(cell) for cell in cells] for cells in sheet.iter_rows(values_only=True)]
    except Exception as error:
        raise UnreadableFile(_("This is not an XLSX file.")) from error


def _text(cell: Any) -> str:
    """Return a spreadsheet's value as it would stand in a CSV file."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "1" if cell else "0"
    if isinstance(cell, dt.datetime) and cell.time() == dt.time():
        return cell.date().isoformat()
    if isinstance(cell, dt.date | dt.time):
        return cell.isoformat()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)


def fields_of(resource: Resource, actor: Actor, head: list[str]) -> list[str]:
    """Return the field each column means, by its name or its label in any language; empty for a column without a head.

    Raises UnreadableFile for columns that are unknown or come twice.
    """
    names, details = known_columns(resource, actor)
    known = {**labels_of(details), **_labels(resource, [name for name in names if name not in details])}
    known |= {name: name for name in details}
    chosen = [known.get(text.strip().lower(), text.strip()) for text in head]
    if unknown := [text for text in chosen if text and text not in names]:
        message = _("These columns are not known: %(names)s. Known are: %(known)s.")
        raise UnreadableFile(message % {"names": ", ".join(unknown), "known": ", ".join(dict.fromkeys(names))})
    if twice := sorted({name for name in chosen if name and chosen.count(name) > 1}):
        raise UnreadableFile(_("These columns come twice: %(names)s.") % {"names": ", ".join(twice)})
    return chosen


def known_columns(resource: Resource, actor: Actor) -> tuple[list[str], Definitions]:
    """Return every column that a file may have, and those of the company's own fields among them."""
    names = ["id", *columns_of(resource, actor)]
    details = columns_for(resource.model) if "attributes" in names else {}
    return [*names, *details], details


def _labels(resource: Resource, names: list[str]) -> dict[str, str]:
    """Return every way a column may be headed."""
    known = {name: name for name in names}
    for language in LANGUAGES:
        with override(language):
            for name in names:
                known.setdefault(str(find_field(resource.model, name).verbose_name).lower(), name)
    return known
