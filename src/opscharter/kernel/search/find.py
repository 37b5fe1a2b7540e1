"""Finding records by their words, within the row scope of who asks."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import connection
from django.db.models import F, Model, Q, QuerySet

from opscharter.kernel.access.actor import Actor
from opscharter.kernel.search.marks import reach, type_mark
from opscharter.kernel.search.models import SearchDocument
from opscharter.kernel.search.tokens import query_of

FIRST = 100
"""How many matching documents are looked at, newest first, before the index is asked for those within reach."""
MOST = 1_000
"""How many of those are looked at; then the search stops, so words every record holds cost no more."""
FEW = 1_000
"""A list is looked up by the ids of its hits when there are no more than this."""

TOLD = ("pk", "record_type", "record_id", "number", "title")
Told = tuple[int, str, int, str, str]
"""What is read of a document that may be a hit."""


@dataclass(frozen=True)
class Hit:
    """One record that was found."""

    record_type: str
    record_id: int
    number: str
    title: str

    @property
    def label(self) -> str:
        """Return the name of the record's type for people."""
        return str(apps.get_model(self.record_type)._meta.verbose_name)


def _matching(text: str, marks: Sequence[str] = (), *, of: Sequence[str] = ()) -> QuerySet[SearchDocument]:
    """Return the documents that hold every word of the text; none for a text without words.

    With marks only those that hold one of them, and with `of` also any that are not of the types so marked.
    """
    asked = query_of(text)
    if not asked:
        return SearchDocument.objects.none()
    if connection.vendor == "postgresql":
        query = " & ".join(_quoted_pg(token) + (":*" if prefix else "") for token, prefix in asked)
        others = [f"!({' | '.join(_quoted_pg(mark) for mark in of)})"] if of else []
        either = [*others, *(_quoted_pg(mark) for mark in marks)]
        query += f" & ({' | '.join(either)})" if either else ""
    else:
        query = words = " AND ".join(f'"{token}"' + ("*" if prefix else "") for token, prefix in asked)
        others = [f"(({words}) NOT ({_any(of)}))"] if of else []
        either = [*others, *([f"({words} AND ({_any(marks)}))"] if marks else [])]
        query = " OR ".join(either) or words
    return SearchDocument.objects.filter(words__matches=query)


def _any(tokens: Sequence[str]) -> str:
    return " OR ".join(f'"{token}"' for token in tokens)


def _by_index(found: QuerySet[SearchDocument]) -> QuerySet[SearchDocument]:
    """Return the documents newest first, found by their words: the sum keeps the planner from walking all by age."""
    return found.order_by((F("pk") + 0).desc())


def _quoted_pg(token: str) -> str:
    escaped = token.replace("\\", "\\\\").replace("'", "''")
    return f"'{escaped}'"


def matching_ids(model: type[Model], text: str, actor: Actor | None = None, action: str = "view") -> Q:
    """Return the condition on records of a type that hold every word of the text: for lists and options.

    With an actor, only those that may be within reach: the row scope must still be asked.
    """
    label = model._meta.label_lower
    marks = reach(model, actor, action) if actor is not None else None
    if marks is None:
        return Q(pk__in=_matching(text).filter(record_type=label).values("record_id"))
    if not marks:
        return Q(pk__in=[])
    found = _matching(text, marks).filter(record_type=label)
    ids = list(found.values_list("record_id", flat=True)[: FEW + 1])
    return Q(pk__in=ids if len(ids) <= FEW else found.values("record_id"))


def find(actor: Actor, text: str, limit: int = 20) -> list[Hit]:
    """Return what the actor may see of the records that match, exact numbers first, then the newest.

    Who sees much finds enough among the newest that match; for whoever does not, the index gives those within reach.
    """
    text = unicodedata.normalize("NFKC", text.replace("\x00", " ")).strip()
    numbered = SearchDocument.objects.filter(number__in={text, text.upper()}) if text else SearchDocument.objects.none()
    known = list(numbered.values_list(*TOLD)[:5])
    told = [row[0] for row in known]
    newest = list(_matching(text).exclude(pk__in=told).order_by("-pk").values_list(*TOLD)[:FIRST])
    seen = _within_scope(actor, newest)
    hits = _within_scope(actor, known) + seen
    if len(hits) < limit and len(newest) == FIRST:
        shown = {(hit.record_type, hit.record_id) for hit in seen}
        crowding = {row[1] for row in newest if (row[1], row[2]) not in shown}
        older = _within_reach(actor, text, crowding).exclude(pk__in=told).filter(pk__lt=newest[-1][0])
        hits += _within_scope(actor, list(_by_index(older).values_list(*TOLD)[:MOST]))
    return hits[:limit]


def _within_reach(actor: Actor, text: str, crowding: Iterable[str]) -> QuerySet[SearchDocument]:
    """Return the documents that match, of the types that crowd out others only those that may be within reach."""
    marks, of = [], []
    for record_type in sorted(crowding):
        model = apps.get_model(record_type)
        own = reach(model, actor) if actor.may(record_type, "view") else []
        if own is not None:
            marks += own
            of.append(type_mark(model))
    return _matching(text, marks, of=of)


def _within_scope(actor: Actor, documents: Sequence[Told]) -> list[Hit]:
    """Return the documents as hits, without those the actor may not see: one query a record type that has bounds."""
    ids: dict[str, list[int]] = {}
    for _pk, record_type, record_id, _number, _title in documents:
        ids.setdefault(record_type, []).append(record_id)
    seen: dict[str, set[int]] = {}
    for record_type, of_type in ids.items():
        if actor.may(record_type, "view"):
            model: Any = apps.get_model(record_type)
            if model.scope.rows(actor, record_type, "view") is None:
                seen[record_type] = set(of_type)
                continue
            seen[record_type] = set(model.objects.visible_to(actor).filter(pk__in=of_type).values_list("pk", flat=True))
    return [
        Hit(record_type, record_id, number, title)
        for _pk, record_type, record_id, number, title in documents
        if record_id in seen.get(record_type, ())
    ]
