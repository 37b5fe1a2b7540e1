"""Finding records by their words, within the row scope of who asks."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import connection
from django.db.models import Model, Q, QuerySet

from opscharter.kernel.access.actor import Actor
from opscharter.kernel.search.models import SearchDocument
from opscharter.kernel.search.tokens import query_of

PORTIONS = (400, 9_600)
"""How many matching documents are looked at, newest first, before the row scope narrows them: mostly the first few
hundred hold enough; else many more in one go. Then the search stops, so words every record holds cost no more."""

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


def _matching(text: str) -> QuerySet[SearchDocument]:
    """Return the documents that hold every word of the text; none for a text without words."""
    asked = query_of(text)
    if not asked:
        return SearchDocument.objects.none()
    if connection.vendor == "postgresql":
        query = " & ".join(_quoted_pg(token) + (":*" if prefix else "") for token, prefix in asked)
    else:
        query = " AND ".join(f'"{token}"' + ("*" if prefix else "") for token, prefix in asked)
    return SearchDocument.objects.filter(words__matches=query)


def _quoted_pg(token: str) -> str:
    escaped = token.replace("\\", "\\\\").replace("'", "''")
    return f"'{escaped}'"


def matching_ids(model: type[Model], text: str) -> Q:
    """Return the condition on records of a type that hold every word of the text: for lists and options."""
    found = _matching(text).filter(record_type=model._meta.label_lower)
    return Q(pk__in=found.values("record_id"))


def find(actor: Actor, text: str, limit: int = 20) -> list[Hit]:
    """Return what the actor may see of the records that match, exact numbers first, then the newest.

    A second, large portion is looked at where the first has too few hits, for one who sees little of very much.
    """
    text = unicodedata.normalize("NFKC", text.replace("\x00", " ")).strip()
    numbered = SearchDocument.objects.filter(number__in={text, text.upper()}) if text else SearchDocument.objects.none()
    known = list(numbered.values_list(*TOLD)[:5])
    hits = _within_scope(actor, known)
    matching = _matching(text).exclude(pk__in=[row[0] for row in known]).order_by("-pk").values_list(*TOLD)
    for size in PORTIONS:
        portion = list(matching[:size])
        hits += _within_scope(actor, portion)
        if len(hits) >= limit or len(portion) < size:
            break
        matching = matching.filter(pk__lt=portion[-1][0])
    return hits[:limit]


def _within_scope(actor: Actor, documents: Sequence[Told]) -> list[Hit]:
    """Return the documents as hits, without those of rows the actor may not see: one query a record type."""
    ids: dict[str, list[int]] = {}
    for _pk, record_type, record_id, _number, _title in documents:
        ids.setdefault(record_type, []).append(record_id)
    seen: dict[str, set[int]] = {}
    for record_type, of_type in ids.items():
        if actor.may(record_type, "view"):
            model: Any = apps.get_model(record_type)
            seen[record_type] = set(model.objects.visible_to(actor).filter(pk__in=of_type).values_list("pk", flat=True))
    return [
        Hit(record_type, record_id, number, title)
        for _pk, record_type, record_id, number, title in documents
        if record_id in seen.get(record_type, ())
    ]
