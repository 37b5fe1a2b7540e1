"""Imports of records from CSV and XLSX: tried first, then done through the write path, refused rows named."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any, BinaryIO

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from opscharter.kernel.access.actor import Actor
from opscharter.kernel.controls.decisions import judge, log_decisions
from opscharter.kernel.controls.models import GuardDecision
from opscharter.kernel.errors import Conflict, NotPermitted, Reason, Refused
from opscharter.kernel.exchange.cells import CellReader, as_meant, cell_of, natural_key, same
from opscharter.kernel.exchange.details import PREFIX, DetailReader
from opscharter.kernel.exchange.tables import fields_of, table_of
from opscharter.kernel.resources.declaration import Resource
from opscharter.kernel.resources.filters import id_of

MOST_PROBLEMS = 1_000
TOLD = ("id", "created_at", "updated_at")
"""Columns that name the row or tell of it, and are never written."""


@dataclass
class Problem:
    """Why a row, or one cell of it, was refused; lines count from 1 with the head, as in a spreadsheet."""

    line: int
    column: str
    message: str


@dataclass
class ImportResult:
    """What an import did, or would do; at most MOST_PROBLEMS problems are kept."""

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


Progress = Callable[[int, int], None]
"""Told after every row: rows done, rows altogether."""


def import_rows(
    resource: Resource, actor: Actor, stream: BinaryIO, name: str, *, dry_run: bool, progress: Progress | None = None
) -> ImportResult:
    """Read a file into records; rows that are refused are named and the others go in. A trial changes nothing.

    A row whose id or key is known changes that record, others create one. A trial does everything in one transaction
    and takes it back; in earnest each row is stored by itself, so that nobody else waits for the whole file.
    Raises NotPermitted and UnreadableFile.
    """
    if not actor.may(resource.key, "import"):
        raise NotPermitted("import", resource.key)
    head, *rows = table_of(stream, name)
    importing = _Import(resource, actor.by("import"), fields_of(resource, actor, head), dry_run)
    if not dry_run:
        importing.take_all(rows, progress)
        return importing.result
    with transaction.atomic():
        importing.take_all(rows, progress)
        transaction.set_rollback(True)
    return importing.result


class _Import:
    """One file being taken in."""

    def __init__(self, resource: Resource, actor: Actor, names: list[str], dry_run: bool) -> None:
        self.resource, self.actor, self.names = resource, actor, names
        self.key = natural_key(resource.model)
        self.cells = CellReader(resource, actor)
        self.details = DetailReader()
        fields = [resource.model._meta.get_field(name) for name in names if name and not name.startswith(PREFIX)]
        self.single = [field.name for field in fields if field.many_to_one or field.one_to_one]
        self.result = ImportResult(dry_run=dry_run)

    def take_all(self, rows: list[list[str]], progress: Progress | None) -> None:
        """Take in every row that holds anything."""
        for done, row in enumerate(rows, start=1):
            if any(cell.strip() for cell in row):
                self.take(done + 1, row)
            if progress is not None:
                progress(done, len(rows))

    def take(self, line: int, row: list[str]) -> None:
        """Take in one row, or name what is wrong with it."""
        result = self.result
        result.rows += 1
        problems = self._store(row)
        if problems:
            result.refused += 1
            room = max(0, MOST_PROBLEMS - len(result.problems))
            result.problems += [Problem(line, column, message) for column, message in problems[:room]]

    def _store(self, row: list[str]) -> list[tuple[str, str]]:
        """Create or change the record of a row; returns what stands in the way as (column, message)."""
        if any(cell.strip() for cell in row[len(self.names) :]):
            return [("", _("This row has more cells than the first line has columns."))]
        given = {name: text for name, text in zip(self.names, row) if name}
        try:
            record = self._find(given)
        except ValidationError as error:
            return _named(error)
        known = record is not None
        record = record or self.resource.model()
        values, problems = self._read(given, record)
        if problems:
            return problems
        links = {name: value for name, value in values.items() if record._meta.get_field(name).many_to_many}
        for name, value in values.items():
            if name not in links:
                setattr(record, name, value)
        before = record.version
        try:
            record.save_as(self.actor, links=links, note="import")
        except ValidationError as error:
            return _named(error)
        except Refused as refused:
            return [(reason.field, _cited(reason)) for reason in refused.reasons]
        except (Conflict, NotPermitted):
            return [("", _("You may not do this to this record."))]
        except IntegrityError:
            return [("", _("This contradicts another record."))]
        outcome = "created" if not known else "unchanged" if record.version == before else "changed"
        setattr(self.result, outcome, getattr(self.result, outcome) + 1)
        return []

    def _find(self, given: dict[str, str]) -> Any:
        """Return the record a row speaks of, or None for a new one; ValidationError for an unknown number or id."""
        rows = self.resource.model._default_manager.visible_to(self.actor, "view").select_related(*self.single)
        for name in dict.fromkeys(("id", self.key)):
            text = as_meant(given.get(name, "")).strip()
            if not text:
                continue
            record = rows.filter(**{name: id_of(text.removeprefix("#")) if name == "id" else text}).first()
            if record is not None or name in self.resource.form_fields:
                return record
            raise ValidationError({name: _("“%(value)s” is not known, or not for you.") % {"value": text}})
        return None

    def _read(self, given: dict[str, str], record: Any) -> tuple[dict[str, Any], list[tuple[str, str]]]:
        """Read the cells that differ from what the record holds."""
        values: dict[str, Any] = {}
        problems: list[tuple[str, str]] = []
        details = {name: text for name, text in given.items() if name.startswith(PREFIX)}
        for name, text in given.items():
            if name in details or name in TOLD or (name == self.key and name not in self.resource.form_fields):
                continue
            if same(text, cell_of(record, name)) if record.pk else not text.strip():
                continue
            if name == "state":
                if text.strip() != record.state:
                    problems += [(name, message) for message in self._why_not(record, text.strip())]
                continue
            try:
                values[name] = self.cells.read(name, text)
            except ValidationError as error:
                problems.append((name, " ".join(error.messages)))
        if details:
            owner = values.get(record.attributes_of, getattr(record, record.attributes_of))
            kept = values.get("attributes", record.attributes)
            read, wrong = self.details.read(record, owner, details, kept)
            values |= {"attributes": read} if read != kept else {}
            problems += wrong
        return values, problems

    def _why_not(self, record: Any, state: str) -> list[str]:
        """Say that a file takes no steps, and what the guards have against the one it means; kept in the guard log."""
        said = [_("The state is changed by steps; leave the column out.")]
        lifecycle = type(record).lifecycle
        for step in lifecycle.moves if lifecycle is not None and record.pk else ():
            if step.target == state and record.state in step.sources:
                refusals = judge(step.guards, record, self.actor).refusals
                if not self.result.dry_run:
                    log_decisions(GuardDecision.Outcome.REFUSED, refusals, record, self.actor, step.name)
                said += [_cited(reason) for reason in refusals]
        return said


def _cited(reason: Reason) -> str:
    return f"{reason.message} (§{reason.clause})" if reason.clause else str(reason.message)


def _named(error: ValidationError) -> list[tuple[str, str]]:
    if not hasattr(error, "error_dict"):
        return [("", " ".join(error.messages))]
    found: dict[str, list[str]] = {}
    for name, errors in error.error_dict.items():
        for each in errors:
            own = str(each.code or "").startswith("detail.")
            column = PREFIX + str(each.code).removeprefix("detail.") if own else name
            found.setdefault(column if name != "__all__" else "", []).extend(each.messages)
    return [(column, " ".join(texts)) for column, texts in found.items()]
