"""Keyset paging: a page begins after a row, not at an offset, so page 1 and page 10,000 cost the same."""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

COUNT_LIMIT = 10_000
"""Totals are counted this far and shown as "10,000+" beyond."""


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


def take_page(rows: QuerySet[Any], order: Order, size: int, after: str = "", before: str = "") -> PageOfRows:
    """Read one page with one query; `after` and `before` are cursors."""
    backwards = bool(before) and not after
    cursor = before if backwards else after
    if cursor:
        rows = rows.filter(order.beyond(*order.place(cursor), reverse=backwards))
    found = list(rows.order_by(*order.keys(reverse=backwards))[: size + 1])
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


def capped_count(rows: QuerySet[Any]) -> tuple[int, bool]:
    """Return how many rows there are, counted up to COUNT_LIMIT, and whether there are more."""
    count = rows.order_by()[: COUNT_LIMIT + 1].count()
    return min(count, COUNT_LIMIT), count > COUNT_LIMIT
