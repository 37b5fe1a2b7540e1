"""Marks among the words of a document: of which type its record is, and whose, so that the index tells whom it
may concern.

Who sees little of very much would else be offered thousands of documents to find the few within reach. Marks are no
permission: what they let through is still looked up through the row scope. Only a record's own columns are marked, for
a document is written when its record is; where reach hangs on other records, the type's mark stands for all of them.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist

from opscharter.kernel.access.actor import Actor

SIGN = "\ue000"
"""Begins every mark: a character that no text has (for private use), yet a letter to both databases' indexes."""
MOST_OF_ONE = 50
"""Whoever reaches more departments or customers than this is asked for by the type's mark alone."""


def is_mark(word: str) -> bool:
    """Say whether a word of a document is a mark."""
    return word.startswith(SIGN)


def type_mark(model: Any) -> str:
    """Return the mark of every record of a type."""
    return SIGN + model._meta.label_lower.replace(".", "").replace("_", "")


def _mark(model: Any, path: str, pk: Any) -> str:
    return f"{type_mark(model)}{SIGN}{path.replace('_', '')}{pk}"


def own_columns(model: Any) -> dict[str, str] | None:
    """Return the columns of a record that bound who sees it, by path; None where reach hangs on other records too."""
    return _own_columns(model._meta.label_lower)


@cache
def _own_columns(label: str) -> dict[str, str] | None:
    model: Any = apps.get_model(label)
    columns = {}
    for path in model.scope.paths:
        try:
            field = model._meta.get_field(path.removesuffix("_id"))
        except FieldDoesNotExist:
            return None
        if field.many_to_many or not field.concrete:
            return None
        columns[path] = field.attname
    return columns


def marks_of(record: Any) -> list[str]:
    """Return the marks of a record's document."""
    model = type(record)
    held = ((path, getattr(record, attname)) for path, attname in (own_columns(model) or {}).items())
    return [type_mark(model), *(_mark(model, path, pk) for path, pk in held if pk is not None)]


def reach(model: Any, actor: Actor, action: str = "view") -> list[str] | None:
    """Return marks of which a document of the type must hold one to be within reach; None where marks do not tell."""
    if own_columns(model) is None:
        return None
    bounds = model.scope.bounds(actor, model._meta.label_lower, action)
    if bounds is None or any(len(ids) > MOST_OF_ONE for _path, ids in bounds):
        return None
    return [_mark(model, path, pk) for path, ids in bounds for pk in ids]


def mark_all(connection: Any) -> int:
    """Mark the documents that have no marks, those written before there were any; returns how many."""
    count = 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT record_type FROM kernel_searchdocument")
        for (label,) in cursor.fetchall():
            model = apps.get_model(label)
            columns = own_columns(model) or {}
            parts = [f"coalesce(' {_mark(model, path, '')}' || {column}, '')" for path, column in columns.items()]
            whose = (
                f"(SELECT {' || '.join(parts)} FROM {model._meta.db_table} r WHERE r.id = record_id)" if parts else "''"
            )
            cursor.execute(
                f"UPDATE kernel_searchdocument SET words = rtrim(%s || coalesce({whose}, '') || ' ' || words) "
                "WHERE record_type = %s AND substr(words, 1, 1) <> %s",
                [type_mark(model), label, SIGN],
            )
            count += cursor.rowcount
    return count
