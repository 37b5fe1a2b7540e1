"""Exports of a list: every field, the actor's own rows, as CSV or XLSX."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any

from django.utils import timezone
from openpyxl import Workbook

from opscharter.kernel.audit.trail import write_entry
from opscharter.kernel.exchange.cells import cell_of, natural_key
from opscharter.kernel.resources.declaration import Resource
from opscharter.kernel.resources.lists import ListQuery

KINDS = {"csv": "text/csv; charset=utf-8", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
BATCH = 500


def columns_of(resource: Resource, external: bool = False) -> list[str]:
    """Return the fields of a file: the key first, then what the form holds, then state and times."""
    model = resource.model
    key = natural_key(model)
    names = [key]
    names += [name for name in (resource.customer_facts if external else resource.form_fields) if name != key]
    names += ["state"] if model.lifecycle else []
    return [*names, "created_at", "updated_at"]


def rows_of(wanted: ListQuery) -> Iterator[list[str]]:
    """Yield the head and every row as texts, reading in batches."""
    resource = wanted.resource
    names = columns_of(resource, wanted.actor.external)
    if not wanted.actor.may(resource.key, "view-protected"):
        names = [name for name in names if name not in resource.model.protected_fields]
    yield names
    meta = resource.model._meta
    single = [name for name in names if meta.get_field(name).many_to_one or meta.get_field(name).one_to_one]
    several = [name for name in names if meta.get_field(name).many_to_many]
    rows = wanted.rows.select_related(*single) if single else wanted.rows
    rows = rows.prefetch_related(*several).order_by(*wanted.order.keys())
    for record in rows.iterator(chunk_size=BATCH):
        yield [cell_of(record, name) for name in names]


def csv_lines(wanted: ListQuery) -> Iterator[str]:
    """Yield a CSV file line by line, with a byte-order mark so that spreadsheets read Chinese."""
    count = -1
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    yield "\ufeff"
    for row in rows_of(wanted):
        writer.writerow(row)
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()
        count += 1
    _audit(wanted, count, "csv")


def xlsx_bytes(wanted: ListQuery) -> bytes:
    """Return an XLSX file: the data, and a sheet that names the columns for people."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("data")
    count = -1
    names: list[str] = []
    for row in rows_of(wanted):
        names = names or row
        sheet.append(row)
        count += 1
    legend = book.create_sheet("columns")
    for name in names:
        legend.append([name, str(wanted.resource.model._meta.get_field(name).verbose_name)])
    out = io.BytesIO()
    book.save(out)
    _audit(wanted, count, "xlsx")
    return out.getvalue()


def _audit(wanted: ListQuery, count: int, kind: str) -> None:
    changes: dict[str, Any] = {"type": [None, wanted.resource.key], "rows": [None, count], "format": [None, kind]}
    write_entry(wanted.actor, "export", changes=changes)


def file_name(resource: Resource, kind: str) -> str:
    """Return the name of an exported file."""
    return f"{resource.slug}-{timezone.localdate():%Y%m%d}.{kind}"
