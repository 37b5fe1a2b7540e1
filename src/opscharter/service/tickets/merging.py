"""Merging two tickets of one customer into one, and taking it back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from opscharter.kernel import moment
from opscharter.kernel.access.actor import Actor
from opscharter.kernel.clocks import ledger
from opscharter.kernel.files.models import Attachment
from opscharter.kernel.timeline import entries
from opscharter.kernel.timeline.events import declare_event
from opscharter.kernel.timeline.models import TimelineEntry
from opscharter.service.tickets import effects, together

Inputs = Mapping[str, Any]
MERGED_INTO = declare_event("merged-into", _("Merged into %(number)s, with %(entries)s comments and %(files)s files"))
MERGED_FROM = declare_event("merged-from", _("%(number)s was merged in, with %(entries)s comments and %(files)s files"))
UNMERGED = declare_event("unmerged", _("Taken out of %(number)s again"))


def carry_over(source: Any, actor: Actor, inputs: Inputs) -> None:
    """Bring comments, files, watchers and assets of the merged ticket to the one that goes on."""
    target = source.merged_into
    said = _copy_comments(source, target)
    files = _copy_files(source, target)
    together.copy_watchers(source, target)
    target.assets.add(*source.assets.all())
    ledger.cancel(source)
    undo = {"entries": len(said), "files": len(files), "entry_ids": said, "file_ids": files}
    for record, far, verb in ((source, target, MERGED_INTO), (target, source, MERGED_FROM)):
        data = {"number": far.number, **undo}
        entries.append(record, actor, TimelineEntry.Kind.EVENT, verb=verb, data=data, clause="3.1.2")


def _copy_comments(source: Any, target: Any) -> list[int]:
    """Append what was said, at its own time and in its writer's name; the originals stay where they are."""
    copied = []
    story = entries.entries_of(source).filter(kind=TimelineEntry.Kind.COMMENT).order_by("at", "id")
    for entry in story:
        copy = TimelineEntry(
            record_type=target._meta.label_lower, record_id=target.pk, at=entry.at, kind=entry.kind,
            visibility=entry.visibility, user_id=entry.user_id, who=entry.who, text=entry.text,
            data={**entry.data, "merged_from": source.number},
        )  # fmt: skip
        copy.save(force_insert=True)
        copied.append(copy.pk)
    return copied


def _copy_files(source: Any, target: Any) -> list[int]:
    copied = []
    for file in Attachment.objects.filter(archived_at__isnull=True, **together.key_of(source)).order_by("pk"):
        file.pk, file.record_id, file.record_type = None, target.pk, target._meta.label_lower
        file.save(force_insert=True)
        copied.append(file.pk)
    return copied


def remember_home(ticket: Any, actor: Actor, inputs: Inputs) -> None:
    """Take the ticket out of the other one, whose story says so and whose copied files are put away."""
    target = ticket.merged_into
    merged = entries.entries_of(ticket).filter(verb=MERGED_INTO).first()
    if merged is not None:
        ids = merged.data.get("file_ids", [])
        Attachment.objects.filter(pk__in=ids, record_id=target.pk).update(archived_at=moment.now())
    for record, far in ((ticket, target), (target, ticket)):
        entries.append(record, actor, TimelineEntry.Kind.EVENT, verb=UNMERGED, data={"number": far.number})
    ticket.merged_into = None


def run_again(ticket: Any, actor: Actor, inputs: Inputs) -> None:
    """Start the clocks anew: the time since the ticket was opened counts."""
    effects.start_clocks(ticket)
