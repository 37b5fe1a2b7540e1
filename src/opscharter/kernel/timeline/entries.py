"""Appending to and reading from timelines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet

from opscharter.kernel import moment
from opscharter.kernel.access.actor import Actor
from opscharter.kernel.audit.trail import plain
from opscharter.kernel.copying import insert_many
from opscharter.kernel.timeline.models import TimelineEntry, Visibility


def entry_for(
    record: Any,
    actor: Actor,
    kind: TimelineEntry.Kind,
    *,
    visibility: Visibility = Visibility.SYSTEM,
    verb: str = "",
    text: str = "",
    data: dict[str, Any] | None = None,
    clause: str = "",
) -> TimelineEntry:
    """Build an entry, unsaved, at the present moment."""
    return TimelineEntry(
        record_type=record._meta.label_lower,
        record_id=record.pk,
        at=moment.now(),
        kind=kind,
        visibility=visibility,
        user_id=actor.user_id,
        who=(actor.label or str(actor.user or "") or "OpsCharter")[:160],
        verb=verb,
        text=text,
        data=plain(data or {}),
        clause=clause,
    )


def append(record: Any, actor: Actor, kind: TimelineEntry.Kind, **what: Any) -> TimelineEntry:
    """Append an entry in the caller's transaction; arguments as in `entry_for`."""
    entry = entry_for(record, actor, kind, **what)
    entry.save(force_insert=True)
    return entry


def append_many(entries: Sequence[TimelineEntry]) -> None:
    """Append many entries at once, such as those of imported histories."""
    insert_many(entries)


def readable(actor: Actor, wanted: str = "") -> list[str] | None:
    """Return which entries the actor reads, or wants of them: None for all; customers only what is meant for them."""
    if actor.external or wanted == Visibility.CUSTOMER:
        return [Visibility.CUSTOMER]
    return [wanted] if wanted in Visibility.values else None


def entries_of(record: Any, visibilities: list[str] | None = None) -> QuerySet[TimelineEntry]:
    """Return the entries of a record, newest first, optionally of some visibilities only."""
    entries = TimelineEntry.objects.filter(record_type=record._meta.label_lower, record_id=record.pk)
    if visibilities:
        entries = entries.filter(visibility__in=visibilities)
    return entries.order_by("-at", "-id")
