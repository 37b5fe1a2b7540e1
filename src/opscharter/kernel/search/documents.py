"""Keeping search documents in step with records; the write path calls this in its own transaction."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import prefetch_related_objects

from opscharter.kernel.copying import insert_many
from opscharter.kernel.search.marks import marks_of
from opscharter.kernel.search.models import SearchDocument
from opscharter.kernel.search.tokens import words_of

TITLE_LENGTH = 300
MOST_WORDS = 4_000


def _text(record: Any, path: str) -> str:
    value = record
    for part in path.split("__"):
        value = getattr(value, part, None)
    if isinstance(value, dict):
        return " ".join(str(each) for each in value.values())
    return "" if value is None else str(value)


def document_for(record: Any) -> SearchDocument:
    """Build the document of a record, unsaved: its number, the fields it lets be searched, and whom it concerns."""
    fields = [name for name in record.search_fields if name not in record.protected_fields]
    texts = [_text(record, name) for name in fields]
    number = str(getattr(record, "number", "") or "")
    words = words_of(" ".join([number, *texts]))
    distinct = list(dict.fromkeys(words))[:MOST_WORDS]
    title = texts[0] if texts else str(record)
    return SearchDocument(
        record_type=record._meta.label_lower,
        record_id=record.pk,
        number=number,
        title=title[:TITLE_LENGTH],
        words=" ".join([*marks_of(record), *distinct]),
    )


def index(record: Any) -> None:
    """Bring the document of a record up to date."""
    index_many([record])


def _documents_for(records: Sequence[Any]) -> list[SearchDocument]:
    searchable = [record for record in records if record.search_fields and record.archived_at is None]
    if not searchable:
        return []
    related = {name.rpartition("__")[0] for name in searchable[0].search_fields if "__" in name}
    prefetch_related_objects(searchable, *sorted(related))
    return [document_for(record) for record in searchable]


def add_many(records: Sequence[Any]) -> None:
    """Make the documents of records of one type that are new."""
    insert_many(_documents_for(records))


def index_many(records: Sequence[Any]) -> None:
    """Bring the documents of records of one type up to date: one statement, and one for each relation that is read."""
    SearchDocument.objects.bulk_create(
        _documents_for(records),
        batch_size=1000,
        update_conflicts=True,
        unique_fields=["record_type", "record_id"],
        update_fields=["number", "title", "words"],
    )


def remove(record: Any) -> None:
    """Take the record out of the search."""
    remove_ids(record._meta.label_lower, [record.pk])


def remove_ids(record_type: str, ids: Iterable[int]) -> None:
    """Take several records of a type out of the search."""
    SearchDocument.objects.filter(record_type=record_type, record_id__in=list(ids)).delete()
