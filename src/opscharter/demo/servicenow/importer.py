"""Taking a log in: batch by batch, each whole or not at all, so that a killed run can simply be repeated."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from django.db import transaction

from opscharter.customers.service_levels import ServiceLevels, service_levels
from opscharter.demo.servicenow.history import IncidentHistory
from opscharter.demo.servicenow.log import IncidentLog
from opscharter.demo.servicenow.mapping import SOURCE, entries_of, facts_of
from opscharter.kernel import moment
from opscharter.kernel.access.actor import Actor
from opscharter.kernel.records import bulk
from opscharter.kernel.timeline.entries import append_many
from opscharter.kernel.timeline.models import TimelineEntry
from opscharter.service.tickets.matrix import MATRIX
from opscharter.service.tickets.models import Incident

BATCH = 500
Progress = Callable[[int, int], None]


@dataclass
class Outcome:
    """What an import did, or would do."""

    log: IncidentLog
    created: int = 0
    changed: int = 0
    unchanged: int = 0
    events_unchanged: int = 0
    refused_incidents: list[tuple[str, str]] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """Return the figures for JSON: those of the log, less what was there already or was refused."""
        figures = self.log.figures.as_dict()
        figures["events_imported"] -= self.events_unchanged
        return {
            **figures, "events_unchanged": self.events_unchanged, "incidents_created": self.created,
            "incidents_changed": self.changed, "incidents_unchanged": self.unchanged,
            "refused": [{"line": row.line, "reason": row.reason} for row in self.log.refused[:200]],
            "refused_incidents": [{"number": n, "reason": r} for n, r in self.refused_incidents],
            "priority_matrix": self.log.priorities.as_dict(),
        }  # fmt: skip


def take_in(
    stream: BinaryIO, zone: dt.tzinfo, actor: Actor, *, dry_run: bool = False, progress: Progress = lambda n, of: None
) -> Outcome:
    """Import a log. A dry run reads everything and compares it with what is there, and writes nothing.

    Raises UnreadableLog when the file as a whole is no log, and NotPermitted.
    """
    outcome = Outcome(IncidentLog.read(stream, zone, MATRIX))
    histories = outcome.log.histories
    levels = service_levels(None, None, moment.today())
    for start in range(0, len(histories), BATCH):
        batch = histories[start : start + BATCH]
        with transaction.atomic():
            _take_batch(batch, levels, actor, outcome, dry_run)
        progress(min(start + BATCH, len(histories)), len(histories))
    return outcome


def _take_batch(
    batch: Sequence[IncidentHistory], levels: ServiceLevels, actor: Actor, outcome: Outcome, dry_run: bool
) -> None:
    numbers = [history.number for history in batch]
    here = {incident.number: incident for incident in Incident.objects.filter(number__in=numbers)}
    known = _known_events([incident.pk for incident in here.values()])
    fresh: list[tuple[IncidentHistory, Incident]] = []
    changed: list[tuple[IncidentHistory, Incident]] = []
    for history in batch:
        incident = here.get(history.number)
        if incident is None:
            fresh.append((history, _new(history, levels)))
        elif incident.imported_from != SOURCE:
            outcome.refused_incidents.append((history.number, "this number is taken by an incident of our own"))
        else:
            missing = len(entries_of(history, incident.pk, known.get(incident.pk, set())))
            outcome.events_unchanged += len(history.events) - missing
            if missing:
                changed.append((history, incident))
            else:
                outcome.unchanged += 1
    outcome.created += len(fresh)
    outcome.changed += len(changed)
    if dry_run:
        return
    _create(fresh, actor)
    _change(changed, known, levels, actor)


def _known_events(ids: list[int]) -> dict[int, set[str]]:
    known: dict[int, set[str]] = {}
    rows = TimelineEntry.objects.filter(record_type=Incident._meta.label_lower, record_id__in=ids).exclude(
        source_key=""
    )
    for pk, key in rows.values_list("record_id", "source_key"):
        known.setdefault(pk, set()).add(key)
    return known


def _new(history: IncidentHistory, levels: ServiceLevels) -> Incident:
    incident = Incident(**facts_of(history, levels))
    incident.number = history.number
    incident.created_at = history.final.opened_at
    incident.updated_at = history.final.updated_at
    return incident


def _create(fresh: list[tuple[IncidentHistory, Incident]], actor: Actor) -> None:
    bulk.create_many([incident for _history, incident in fresh], actor, note=SOURCE)
    entries = [entry for history, incident in fresh for entry in entries_of(history, incident.pk, set())]
    append_many(entries)


def _change(
    changed: list[tuple[IncidentHistory, Incident]], known: dict[int, set[str]], levels: ServiceLevels, actor: Actor
) -> None:
    """Bring incidents up to date with events that a later or fuller log holds."""
    entries: list[TimelineEntry] = []
    names: list[str] = []
    for history, incident in changed:
        facts = facts_of(history, levels)
        names = names or list(facts)
        for name, value in facts.items():
            setattr(incident, name, value)
        entries += entries_of(history, incident.pk, known.get(incident.pk, set()))
    bulk.update_many([incident for _history, incident in changed], actor, names, note=SOURCE)
    append_many(entries)
