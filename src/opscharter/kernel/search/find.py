"""Finding records by their words, within the row scope of who asks."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import connection
from django.db.models import Model, Q, QuerySet
from django.db.models.expressions import RawSQL

from opscharter.kernel.access.actor import Actor
from opscharter.kernel.search.models import SearchDocument
from opscharter.kernel.search.tokens import query_of

PORTION = 400
"""How many matching documents are looked at in one go, newest first, before the row scope narrows them."""
MOST_PORTIONS = 25
"""After so many portions the search stops, so that words every record holds cost no more than that."""


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


def _matching(text: str) -> QuerySet[SearchDocument]:
    """Return the documents that hold every word of the text; none for a text without words."""
    asked = query_of(text)
    if not asked:
        return SearchDocument.objects.none()
    if connection.vendor == "postgresql":
        query = " & ".join(_quoted_pg(token) + (":*" if prefix else "") for token, prefix in asked)
        raw = RawSQL("SELECT id FROM kernel_searchdocument WHERE vector @@ %s::tsquery", [query])
    else:
        query = " AND ".join(f'"{token}"' + ("*" if prefix else "") for token, prefix in asked)
        raw = RawSQL("SELECT rowid FROM kernel_searchindex WHERE kernel_searchindex MATCH %s", [query])
    return SearchDocument.objects.filter(pk__in=raw)


def _quoted_pg(token: str) -> str:
    escaped = token.replace("\\", "\\\\").replace("'", "''")
    return f"'{escaped}'"


def matching_ids(model: type[Model], text: str) -> Q:
    """Return the condition on records of a type that hold every word of the text: for lists and options."""
    found = _matching(text).filter(record_type=model._meta.label_lower)
    return Q(pk__in=found.values("record_id"))


def find(actor: Actor, text: str, limit: int = 20) -> list[Hit]:
    """Return what the actor may see of the records that match, exact numbers first, then the newest.

    Portion after portion is looked at until there are enough hits, for one who sees little of very much.
    """
    text = unicodedata.normalize("NFKC", text.replace("\x00", " ")).strip()
    numbered = list(SearchDocument.objects.filter(number__in={text, text.upper()})[:5]) if text else []
    known = [document.pk for document in numbered]
    hits = _within_scope(actor, numbered)
    matching = _matching(text).exclude(pk__in=known).order_by("-pk")
    portion = list(matching[:PORTION])
    for _turn in range(MOST_PORTIONS):
        hits += _within_scope(actor, portion)
        if len(hits) >= limit or len(portion) < PORTION:
            break
        portion = list(matching.filter(pk__lt=portion[-1].pk)[:PORTION])
    return hits[:limit]


def _within_scope(actor: Actor, documents: Sequence[SearchDocument]) -> list[Hit]:
    """Return the documents as hits, without those of rows the actor may not see: one query a record type."""
    seen: dict[str, set[int]] = {}
    for record_type in {document.record_type for document in documents}:
        if actor.may(record_type, "view"):
            ids = [document.record_id for document in documents if document.record_type == record_type]
            model: Any = apps.get_model(record_type)
            seen[record_type] = set(model.objects.visible_to(actor).filter(pk__in=ids).values_list("pk", flat=True))
    return [
        Hit(document.record_type, document.record_id, document.number, document.title)
        for document in documents
        if document.record_id in seen.get(document.record_type, ())
    ]
