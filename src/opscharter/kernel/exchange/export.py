"""Exports of a list: every field, the actor's own rows, as CSV or XLSX."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from typing import IO, Any

from django.utils import timezone
from django.utils.translation import gettext as _
from openpyxl import Workbook

from opscharter.kernel.access.actor import Actor
from opscharter.kernel.audit.trail import write_entry
from opscharter.kernel.exchange.cells import cell_of, for_sheet, natural_key
from opscharter.kernel.exchange.details import PREFIX, Definitions, columns_for, detail_of, owner_ids, owners_of
from opscharter.kernel.exchange.details import for_sheet as detail_for_sheet
from opscharter.kernel.replica import primary
from opscharter.kernel.resources.declaration import Resource
from opscharter.kernel.resources.filters import BadFilter
from opscharter.kernel.resources.lists import ListQuery

KINDS = {"csv": "text/csv; charset=utf-8", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
BATCH = 500
SHEET_ROWS = 1_048_575
"""The rows a spreadsheet holds below its head."""


def columns_of(resource: Resource, actor: Actor) -> list[str]:
    """Return the fields of the actor's files: the key first, then what the form holds, then state and times."""
    model = resource.model
    key = natural_key(model)
    names = [key]
    names += [name for name in (resource.customer_facts if actor.external else resource.form_fields) if name != key]
    names += ["state"] if model.lifecycle else []
    protected = () if actor.may(resource.key, "view-protected") else model.protected_fields
    return [name for name in dict.fromkeys([*names, "created_at", "updated_at"]) if name not in protected]


def with_details(names: list[str], details: Iterable[str]) -> list[str]:
    """Return columns with those of the company's own fields in the place where these stand together."""
    place = names.index("attributes") if "attributes" in names else len(names)
    return [*names[:place], *details, *names[place + 1 :]]


def details_in(wanted: ListQuery) -> Definitions:
    """Return the columns of the company's own fields that the rows of a list may have."""
    resource = wanted.resource
    if owners_of(resource.model) is None or "attributes" not in columns_of(resource, wanted.actor):
        return {}
    return columns_for(resource.model, owner_ids(resource.model, wanted.rows))


def file_columns(wanted: ListQuery, details: Definitions) -> list[str]:
    """Return the heads of the columns of an export."""
    names = columns_of(wanted.resource, wanted.actor)
    return names if owners_of(wanted.resource.model) is None else with_details(names, details)


def rows_of(wanted: ListQuery, names: list[str]) -> Iterator[list[str]]:
    """Yield every row as texts, reading in batches."""
    fields = [wanted.resource.model._meta.get_field(name) for name in names if not name.startswith(PREFIX)]
    single = [field.name for field in fields if field.many_to_one or field.one_to_one]
    several = [field.name for field in fields if field.many_to_many]
    rows = wanted.rows.select_related(*single) if single else wanted.rows
    rows = rows.prefetch_related(*several).order_by(*wanted.order.keys())
    for record in rows.iterator(chunk_size=BATCH):
        yield [detail_of(record, name) if name.startswith(PREFIX) else cell_of(record, name) for name in names]


def csv_lines(wanted: ListQuery) -> Iterator[str]:
    """Return a CSV file line by line, with a byte-order mark so that spreadsheets read Chinese; raises BadFilter."""
    _audit(wanted, "csv")
    return _csv_lines(wanted)


def _csv_lines(wanted: ListQuery) -> Iterator[str]:
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    names = file_columns(wanted, details_in(wanted))
    writer.writerow(names)
    yield f"\ufeff{buffer.getvalue()}"
    for row in rows_of(wanted, names):
        buffer.seek(0)
        buffer.truncate()
        writer.writerow(row)
        yield buffer.getvalue()


def write_xlsx(wanted: ListQuery, out: IO[bytes]) -> None:
    """Write an XLSX file: the data, and a sheet that names the columns for people; raises BadFilter."""
    if _audit(wanted, "xlsx") > SHEET_ROWS:
        raise BadFilter(
            "format", _("A spreadsheet holds at most %(most)s rows; take CSV.") % {"most": f"{SHEET_ROWS:,}"}
        )
    details = details_in(wanted)
    names = file_columns(wanted, details)
    fields = {name: wanted.resource.model._meta.get_field(name) for name in names if name not in details}
    book = Workbook(write_only=True)
    sheet = book.create_sheet("data")
    sheet.append(names)
    for row in rows_of(wanted, names):
        sheet.append([_for_sheet(name, text, fields, details) for name, text in zip(names, row)])
    legend = book.create_sheet("columns")
    for name in names:
        called = dict.fromkeys(each.name for each in details.get(name, ()))
        legend.append([name, " / ".join(called) or str(getattr(fields[name], "verbose_name", name))])
    book.save(out)


def _for_sheet(name: str, text: str, fields: dict[str, Any], details: Definitions) -> str | int | float:
    return detail_for_sheet(details[name], text) if name in details else for_sheet(fields[name], text)


def _audit(wanted: ListQuery, kind: str) -> int:
    """Note the export before its first row leaves, so that one broken off half-way is noted too; returns the rows."""
    count: int = wanted.rows.order_by().count()
    wanted.order  # noqa: B018  (a bad order is refused before anything is noted)
    changes: dict[str, Any] = {
        "type": [None, wanted.resource.key], "rows": [None, count], "format": [None, kind],
        "query": [None, getattr(wanted.given, "urlencode", str)()],
    }  # fmt: skip
    with primary():  # the rows may come from a replica nevertheless
        write_entry(wanted.actor, "export", changes=changes)
    return count


def file_name(resource: Resource, kind: str) -> str:
    """Return the name of an exported file."""
    return f"{resource.slug}-{timezone.localdate():%Y%m%d}.{kind}"
