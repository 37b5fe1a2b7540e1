"""Many new rows at once: by COPY on PostgreSQL, by long INSERTs elsewhere. For the bulk paths of the kernel."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, TypeVar

from django.db import connections, models, router, transaction

M = TypeVar("M", bound=models.Model)

FEWEST = 20
"""Fewer rows than this are inserted: a COPY asks for their ids first."""
BATCH = 500
_AS_IT_IS = frozenset({type(None), bool, int, float, str, dt.datetime, dt.date})
"""Types of values that the driver writes as the column stores them; anything else the field itself prepares."""


def insert_many(rows: Sequence[M]) -> None:
    """Insert new rows of one model, each with its id afterwards; all or none of them.

    The caller has validated them. Raises Django's IntegrityError where the database refuses a row.
    """
    if not rows:
        return
    model: Any = type(rows[0])
    using = router.db_for_write(model)
    connection = connections[using]
    if connection.vendor == "postgresql" and len(rows) >= FEWEST:
        with transaction.atomic(using):
            _copy(model, rows, connection)
    else:
        plain: Any = models.QuerySet(model, using=using)
        plain.bulk_create(rows, batch_size=BATCH)


def _copy(model: type[models.Model], rows: Sequence[models.Model], connection: Any) -> None:
    options: Any = model._meta
    fields = [field for field in options.concrete_fields if not field.generated]
    quote = connection.ops.quote_name
    special = [at for at, field in enumerate(fields) if _is_special(field)]
    table, columns = quote(options.db_table), ", ".join(quote(field.column) for field in fields)
    with connection.cursor() as cursor:
        key: Any = options.pk
        if isinstance(key, models.AutoField):
            _give_ids(cursor, quote(options.db_table), key.column, rows)
        with (
            connection.wrap_database_errors,
            cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy,
        ):
            for row in rows:
                copy.write_row(_values(fields, special, row, connection))
    for row in rows:
        row._state.adding, row._state.db = False, connection.alias


def _give_ids(cursor: Any, table: str, column: str | None, rows: Sequence[models.Model]) -> None:
    """Take the next ids from the table's sequence, for rows that bring none."""
    new = [row for row in rows if row.pk is None]
    cursor.execute(
        "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)",
        [table, column, len(new)],
    )
    for row, (number,) in zip(new, cursor.fetchall()):
        row.pk = number


def _is_special(field: Any) -> bool:
    """Say whether a field makes or prepares its values itself, also those of a plain type."""
    stamped = getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False)
    return stamped or isinstance(field, models.JSONField | models.FileField)


def _values(fields: Sequence[Any], special: Sequence[int], row: models.Model, connection: Any) -> list[Any]:
    """Return the columns of a row; only what is no plain value goes through its field, for there are millions."""
    known = row.__dict__
    values = [known[field.attname] for field in fields]
    odd = [at for at, value in enumerate(values) if type(value) not in _AS_IT_IS]
    for at in {*special, *odd}:
        field = fields[at]
        values[at] = field.get_db_prep_save(field.pre_save(row, add=True), connection)
    return values
