"""Keyset paging: a page begins after a row, not at an offset, so page 1 and page 10,000 cost the same."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import EmptyResultSet, ValidationError
from django.db import connections
from django.db.models import F, Q, QuerySet
from django.db.models.expressions import RawSQL
from django.utils.translation import gettext as _

COUNT_LIMIT = 1_000
"""Totals are counted this far and shown as "1,000+" beyond: counting costs more than the page itself."""


class BadCursor(ValueError):
    """The place to go on from is not one this list gave out."""


@dataclass
class PageOfRows:
    """The rows of one page, with the cursors of its neighbours (empty at the ends)."""

    rows: list[Any] = field(default_factory=list)
    after: str = ""
    before: str = ""


@dataclass(frozen=True)
class Order:
    """The order of a list: one stored field, then the id, both in the same direction; empty values come last."""

    name: str
    descending: bool
    field: Any

    def keys(self, reverse: bool = False) -> list[Any]:
        """Return what to order by; `reverse` walks the list backwards."""
        descending = self.descending != reverse
        nulls: dict[str, Any] = {}
        if self.field.null:
            nulls = {"nulls_first": True} if reverse else {"nulls_last": True}
        expression = F(self.name)
        first = expression.desc(**nulls) if descending else expression.asc(**nulls)
        if self.field.primary_key:
            return ["-pk" if descending else "pk"]
        return [first, "-pk" if descending else "pk"]

    def beyond(self, value: Any, pk: int, reverse: bool = False) -> Q:
        """Return the condition on rows that come after (value, pk) in the walking direction."""
        comparison = "lt" if self.descending != reverse else "gt"
        further = Q(**{f"pk__{comparison}": pk})
        if self.field.primary_key:
            return further
        empty = Q(**{f"{self.name}__isnull": True})
        if value is None:
            return (empty & further) | (~empty if reverse else Q(pk__in=[]))
        same_or_further = Q(**{f"{self.name}__{comparison}e": value})
        strictly = Q(**{f"{self.name}__{comparison}": value}) | (Q(**{self.name: value}) & further)
        condition = same_or_further & strictly
        return condition | empty if self.field.null and not reverse else condition

    def cursor(self, record: Any) -> str:
        """Return the place of a row as an opaque text."""
        content = json.dumps([getattr(record, self.field.attname), record.pk], default=str)
        return base64.urlsafe_b64encode(content.encode()).decode().rstrip("=")

    def place(self, cursor: str) -> tuple[Any, int]:
        """Read a cursor back; raises BadCursor."""
        try:
            padded = cursor + "=" * (-len(cursor) % 4)
            value, pk = json.loads(base64.urlsafe_b64decode(padded.encode()))
            return (None if value is None else self.field.to_python(value)), int(pk)
        except (binascii.Error, ValueError, TypeError, ValidationError) as error:
            raise BadCursor(_("This list cannot go on from there.")) from error


def take_page(
    rows: QuerySet[Any],
    order: Order,
    size: int,
    after: str = "",
    before: str = "",
    parts: Sequence[Q] | None = None,
    loaded: Callable[[QuerySet[Any]], QuerySet[Any]] = lambda rows: rows,
) -> PageOfRows:
    """Read one page with one query; `after` and `before` are cursors, `loaded` adds what is read with each row.

    `parts` are conditions of which a row must meet one (see `Scope.parts`). The first rows of each are looked up by
    themselves, in the order of the list: so a page costs the same however many rows are within reach.
    """
    backwards = bool(before) and not after
    cursor = before if backwards else after
    if cursor:
        rows = rows.filter(order.beyond(*order.place(cursor), reverse=backwards))
    keys = order.keys(reverse=backwards)
    if parts is not None:
        rows = _of_parts([rows.filter(part).order_by(*keys) for part in parts], rows, size + 1)
    found = list(loaded(rows).order_by(*keys)[: size + 1])
    more = len(found) > size
    found = found[:size]
    if backwards:
        found.reverse()
    page = PageOfRows(found)
    if found and (more or backwards):
        page.after = order.cursor(found[-1])
    if found and ((more and backwards) or (cursor and not backwards)):
        page.before = order.cursor(found[0])
    return page


def _of_parts(parts: Sequence[QuerySet[Any]], rows: QuerySet[Any], most: int) -> QuerySet[Any]:
    """Return the first rows of each part."""
    if len(parts) == 1:
        return parts[0]
    sql, values = _union(parts, rows.db, most)
    return rows.model._base_manager.using(rows.db).filter(pk__in=RawSQL(sql, values)) if sql else rows.none()


def _union(parts: Sequence[QuerySet[Any]], using: str, most: int) -> tuple[str, list[Any]]:
    """Return the statement that gives the ids of the first rows of each part; empty where no part can have any.

    Django's own union refuses limits within it on SQLite, which takes them in a subquery.
    """
    statements, values = [], []
    for number, part in enumerate(parts):
        try:
            sql, given = part.values("pk")[:most].query.get_compiler(connection=connections[using]).as_sql()
        except EmptyResultSet:
            continue
        statements.append(f"SELECT * FROM ({sql}) AS part{number}")
        values += given
    return " UNION ".join(statements), values


def capped_count(rows: QuerySet[Any], parts: Sequence[Q] | None = None) -> tuple[int, bool]:
    """Return how many rows (that meet one of the parts) there are, up to COUNT_LIMIT, and whether there are more."""
    if parts is None or len(parts) == 1:
        for part in parts or ():
            rows = rows.filter(part)
        count = rows.order_by()[: COUNT_LIMIT + 1].count()
    else:
        sql, values = _union([rows.filter(part).order_by() for part in parts], rows.db, COUNT_LIMIT + 1)
        count = _counted(sql, values, rows.db) if sql else 0
    return min(count, COUNT_LIMIT), count > COUNT_LIMIT


def _counted(sql: str, values: Sequence[Any], using: str) -> int:
    with connections[using].cursor() as cursor:
        cursor.execute(f"SELECT COUNT(*) FROM ({sql}) AS found", values)
        return int(cursor.fetchone()[0])
