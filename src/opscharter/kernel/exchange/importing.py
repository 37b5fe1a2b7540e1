"""Imports of records from CSV and XLSX: tried first, then done through the write path, refused rows named."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any, BinaryIO

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override
from openpyxl import load_workbook

from opscharter.kernel.access.actor import Actor
from opscharter.kernel.errors import Conflict, NotPermitted, Refused
from opscharter.kernel.exchange.cells import natural_key, read
from opscharter.kernel.exchange.export import columns_of
from opscharter.kernel.resources.declaration import Resource

ENCODINGS = ("utf-8-sig", "gb18030", "big5")
LANGUAGES = ("en", "zh-hant", "zh-hans")
MOST_ROWS = 50_000
MOST_PROBLEMS = 200
READ_ONLY = {"state", "created_at", "updated_at"}


@dataclass
class Problem:
    """Why a row, or one cell of it, was refused; lines count from 1 with the head."""

    line: int
    column: str
    message: str


@dataclass
class ImportResult:
    """What an import did, or would do."""

    rows: int = 0
    created: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: int = 0
    dry_run: bool = True
    problems: list[Problem] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """Return the result for JSON."""
        return asdict(self)


class UnreadableFile(ValueError):
    """The file as a whole cannot be read; the message says why."""


class _DryRun(Exception):
    """Rolls a trial back."""


def table_of(stream: BinaryIO, name: str) -> Iterator[list[str]]:
    """Yield the rows of a CSV or XLSX file as texts."""
    content = stream.read()
    if name.lower().endswith(".xlsx"):
        try:
            sheet = load_workbook(io.BytesIO(content), read_only=True, data_only=True).worksheets[0]
        except Exception as error:
            raise UnreadableFile(_("This is not an XLSX file.")) from error
        for cells in sheet.iter_rows(values_only=True):
            yield ["" if cell is None else str(cell) for cell in cells]
        return
    yield from csv.reader(io.StringIO(_decoded(content), newline=""))


def _decoded(content: bytes) -> str:
    for encoding in ENCODINGS:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UnreadableFile(_("The text is neither UTF-8, GB18030 nor Big5."))


def _labels(resource: Resource, names: list[str]) -> dict[str, str]:
    """Return every way a column may be headed: its name, or its label in any language."""
    known = {name: name for name in names}
    for language in LANGUAGES:
        with override(language):
            for name in names:
                known.setdefault(str(resource.model._meta.get_field(name).verbose_name).lower(), name)
    return known


def _head(resource: Resource, row: list[str]) -> list[str]:
    names = columns_of(resource)
    known = _labels(resource, names)
    chosen, unknown = [], []
    for text in row:
        wanted = text.strip().lower()
        if wanted in known:
            chosen.append(known[wanted])
        elif wanted:
            unknown.append(text.strip())
        else:
            chosen.append("")
    if unknown:
        message = _("These columns are not known: %(names)s. Known are: %(known)s.")
        raise UnreadableFile(message % {"names": ", ".join(unknown), "known": ", ".join(names)})
    if twice := sorted({name for name in chosen if name and chosen.count(name) > 1}):
        raise UnreadableFile(_("These columns come twice: %(names)s.") % {"names": ", ".join(twice)})
    return chosen


def import_rows(resource: Resource, actor: Actor, stream: BinaryIO, name: str, *, dry_run: bool) -> ImportResult:
    """Read a file into records; rows that are refused are named and the others go in. A trial changes nothing.

    A row whose key is known changes that record, others create one. Raises NotPermitted and UnreadableFile.
    """
    if not actor.may(resource.key, "import"):
        raise NotPermitted("import", resource.key)
    rows = table_of(stream, name)
    try:
        head = _head(resource, next(rows))
    except StopIteration as error:
        raise UnreadableFile(_("The file is empty.")) from error
    except csv.Error as error:
        raise UnreadableFile(str(error)) from error
    result = ImportResult(dry_run=dry_run)
    try:
        with transaction.atomic():
            for line, row in enumerate(rows, start=2):
                if any(cell.strip() for cell in row):
                    _take(resource, actor.by("import"), head, line, row, result)
                if result.rows > MOST_ROWS:
                    raise UnreadableFile(_("At most %(most)s rows at once.") % {"most": MOST_ROWS})
            if dry_run:
                raise _DryRun
    except _DryRun:
        pass
    except csv.Error as error:
        raise UnreadableFile(str(error)) from error
    return result


def _take(resource: Resource, actor: Actor, head: list[str], line: int, row: list[str], result: ImportResult) -> None:
    result.rows += 1
    problems: list[Problem] = []
    values: dict[str, Any] = {}
    key = natural_key(resource.model)
    given_key = ""
    for name, text in zip(head, row):
        if name == key:
            given_key = text.strip()
        if not name or name in READ_ONLY or (name == key and name not in resource.form_fields):
            continue
        try:
            values[name] = read(resource, name, text, actor)
        except ValidationError as error:
            problems.append(Problem(line, name, " ".join(error.messages)))
    if not problems:
        problems = _store(resource, actor, line, given_key, values, result)
    if problems:
        result.refused += 1
        result.problems += problems[: MOST_PROBLEMS - len(result.problems)]


def _store(
    resource: Resource, actor: Actor, line: int, key: str, values: dict[str, Any], result: ImportResult
) -> list[Problem]:
    record: Any = None
    if key:
        name = natural_key(resource.model)
        visible = resource.model._default_manager.visible_to(actor, "view")
        record = visible.filter(**{name: key}).first() if name != "id" or key.isdigit() else None
        if record is None and name not in resource.form_fields:
            return [Problem(line, name, _("“%(value)s” is not known, or not for you.") % {"value": key})]
    known = record is not None
    record = record or resource.model()
    links = {n: v for n, v in values.items() if resource.model._meta.get_field(n).many_to_many}
    for name, value in values.items():
        if name not in links:
            setattr(record, name, value)
    before = record.version
    try:
        record.save_as(actor, links=links, note="import")
    except ValidationError as error:
        found = error.message_dict if hasattr(error, "error_dict") else {"": error.messages}
        return [Problem(line, name if name != "__all__" else "", " ".join(texts)) for name, texts in found.items()]
    except Refused as refused:
        return [Problem(line, r.field, f"{r.message} (§{r.clause})" if r.clause else str(r.message)) for r in refused.reasons]
    except (Conflict, NotPermitted):
        return [Problem(line, "", _("You may not do this to this record."))]
    if not known:
        result.created += 1
    elif record.version == before:
        result.unchanged += 1
    else:
        result.changed += 1
    return []
