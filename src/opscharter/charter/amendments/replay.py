"""Replaying checks and guards of the last 90 days under a draft, before anything is published.

A check's entry holds `control, label, clause, changed, now, draft, failing, omitted`: `now` and `draft` are
[population, exceptions, share, state] or nothing where the control is off; `failing` lists the records that are
exceptions under the draft as [record type, id, name, reason, newly]. A guard's entry holds `control, label, clause,
steps, refused, passed`: the steps judged, those that would newly have been refused, and logged refusals that would
pass, each as [record type, id, name, step, moment, reason]. Sentences are as `controls.wording` keeps them.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.db import models, transaction

from opscharter.charter.amendments.drafts import setting_in
from opscharter.charter.models import Edition
from opscharter.kernel import moment
from opscharter.kernel.access.actor import system_actor
from opscharter.kernel.audit.models import AuditEntry
from opscharter.kernel.controls.decisions import settings_at
from opscharter.kernel.controls.models import GuardDecision
from opscharter.kernel.controls.registry import CHECKS, GUARDS, Check, Guard, Measure, Mode
from opscharter.kernel.controls.wording import in_every_language, keep
from opscharter.kernel.indicators.figures import percent
from opscharter.kernel.records.record import Record, record_types
from opscharter.kernel.resources.declaration import find_field

DAYS = 90
MOST = 5_000
"""Records named of one control; how many more there were is said beside them."""


@dataclass(frozen=True)
class Span:
    """The time that is replayed."""

    since: dt.datetime
    until: dt.datetime

    def within(self, measure: Measure) -> dict[str, Any]:
        """Return the condition that puts a check's records into the span, by the moment or the day they bear."""
        field = find_field(measure.records.model, measure.when)
        by_day = not isinstance(field, models.DateTimeField)
        ends = [moment.in_office(end).date() if by_day else end for end in (self.since, self.until)]
        return {f"{measure.when}__gte": ends[0], f"{measure.when}__lte": ends[1]}


def digest(findings: Mapping[str, Any]) -> str:
    """Return the SHA-256 of all that a rehearsal found."""
    return hashlib.sha256(json.dumps(findings, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def replay_checks(edition: Edition, span: Span) -> list[dict[str, Any]]:
    """Measure every check over the span twice: with what holds now, and with what the draft sets."""
    present = settings_at(CHECKS.values())
    return [_check(edition, check, present[check.id], span) for check in CHECKS.values()]


def _check(edition: Edition, check: Check, present: Any, span: Span) -> dict[str, Any]:
    wanted = setting_in(edition, check)
    now = _Count(check, present.mode, present.parameters, span)
    changed = check.id in edition.settings
    draft = _Count(check, wanted["mode"], wanted["parameters"], span) if changed else now
    failing = draft.failing(now) if changed else []
    return {
        "control": check.id, "label": keep(check.label), "clause": edition.clause_of(check), "changed": changed,
        "now": now.figures, "draft": draft.figures, "failing": failing[:MOST], "omitted": max(0, len(failing) - MOST),
        "new": sum(row[4] for row in failing),
    }  # fmt: skip


class _Count:
    """One check over the span under one setting."""

    def __init__(self, check: Check, mode: str, parameters: Mapping[str, Any], span: Span) -> None:
        self.exceptions: dict[tuple[str, int], list[Any]] = {}
        self.population = 0
        self.error = ""
        self.off = mode == Mode.OFF
        self.target = float(parameters["target"])
        if self.off:
            return
        try:
            with transaction.atomic():
                self._measure(check, parameters, span)
        except Exception as problem:
            self.error = f"{type(problem).__name__}: {problem}"[:200]

    def _measure(self, check: Check, parameters: Mapping[str, Any], span: Span) -> None:
        for measure in check.measures(parameters):
            rows = measure.records.filter(**span.within(measure))
            self.population += rows.order_by().count()
            label, reason = rows.model._meta.label_lower, keep(measure.reason)
            for record in rows.filter(measure.exception).order_by("pk").iterator(chunk_size=1000):
                self.exceptions[label, record.pk] = [label, record.pk, str(record), reason]

    @property
    def figures(self) -> list[Any] | None:
        """Return population, exceptions, share and state; nothing when the check is off."""
        if self.off:
            return None
        if self.error:
            return [0, 0, None, "error"]
        share = percent(self.population - len(self.exceptions), self.population)
        if share is None:
            return [0, 0, None, "no-data"]
        state = "pass" if float(share) >= self.target else "fail"
        return [self.population, len(self.exceptions), f"{share:.1f}", state]

    def failing(self, now: _Count) -> list[list[Any]]:
        """Return the exceptions, those that are none under the present setting first."""
        rows = [[*row, key not in now.exceptions] for key, row in self.exceptions.items()]
        return sorted(rows, key=lambda row: (not row[4], row[0], row[1]))


def replay_guards(edition: Edition, span: Span) -> list[dict[str, Any]]:
    """Judge every step of the span again that a guard changed by the draft stands before."""
    present = settings_at(GUARDS.values())
    return [
        _guard(edition, guard, present[guard.id], span) for guard in GUARDS.values() if guard.id in edition.settings
    ]


def _guard(edition: Edition, guard: Guard, present: Any, span: Span) -> dict[str, Any]:
    wanted = setting_in(edition, guard)
    steps, refused = 0, []
    for record, step, at in _steps_taken(guard, span):
        steps += 1
        if wanted["mode"] != Mode.ENFORCE or not _missing(guard, record, wanted["parameters"], at):
            continue
        if not (present.mode == Mode.ENFORCE and _missing(guard, record, present.parameters, at)):
            said = in_every_language(partial(_sentences, guard, record, wanted["parameters"], at))
            refused.append([*_name(record), step, at.isoformat(), said])
    passed = [
        [row.record_type, row.record_id, row.number, row.step, row.at.isoformat(), row.kept or row.message]
        for row in GuardDecision.objects.filter(
            guard=guard.id, outcome=GuardDecision.Outcome.REFUSED, at__gte=span.since, at__lte=span.until
        ).order_by("at")
        if _would_pass(guard, row, wanted)
    ]
    return {
        "control": guard.id, "label": keep(guard.label), "clause": edition.clause_of(guard), "steps": steps,
        "now": present.mode, "draft": wanted["mode"], "refused": refused[:MOST], "passed": passed[:MOST],
        "new": len(refused),
    }  # fmt: skip


def _steps_taken(guard: Guard, span: Span) -> Iterator[tuple[Record, str, dt.datetime]]:
    """Yield every step the guard stands before that was taken in the span, with the record as it then became.

    The audit trail tells the record's own fields of that moment; rows that hang on it are as they are now.
    """
    for model in record_types():
        actions = _actions(model, guard)
        if not actions:
            continue
        entries = AuditEntry.objects.filter(
            record_type=model._meta.label_lower, action__in=actions, at__gte=span.since, at__lte=span.until
        ).order_by("pk")
        for action, pk, version, at in entries.values_list("action", "record_id", "record_version", "at"):
            if pk is not None:
                yield model.at_version(pk, version), action.removeprefix("move:"), at


def _actions(model: type[Record], guard: Guard) -> list[str]:
    actions = ["create"] if guard in model.create_guards else []
    moves = model.lifecycle.moves if model.lifecycle else ()
    return actions + [f"move:{move.name}" for move in moves if guard in move.guards]


def _sentences(guard: Guard, record: Record, parameters: Mapping[str, Any], at: dt.datetime) -> str:
    return " ".join(_missing(guard, record, parameters, at))


def _missing(guard: Guard, record: Record, parameters: Mapping[str, Any], at: dt.datetime) -> list[str]:
    with moment.at(at):
        return [str(sentence) for sentence in guard.missing(record, system_actor(), parameters)]


def _would_pass(guard: Guard, row: GuardDecision, wanted: Mapping[str, Any]) -> bool:
    """Say whether a refusal on record would be none; of a record never made only the mode can be judged."""
    if wanted["mode"] != Mode.ENFORCE:
        return True
    model = next((m for m in record_types() if m._meta.label_lower == row.record_type), None)
    if model is None or row.record_id is None:
        return False
    last = AuditEntry.objects.filter(
        record_type=row.record_type, record_id=row.record_id, at__lte=row.at, record_version__gt=0
    ).order_by("-pk")
    version = last.values_list("record_version", flat=True).first()
    if version is None:
        return False
    record = model.at_version(row.record_id, version)
    plain_fields = {field.name: field for field in model._meta.concrete_fields if not field.is_relation}
    for name, value in row.inputs.items():
        if name in plain_fields:
            setattr(record, name, plain_fields[name].to_python(value))
    return not _missing(guard, record, wanted["parameters"], row.at)


def _name(record: Record) -> list[Any]:
    return [record._meta.label_lower, record.pk, str(record)]


def newly(entries: Iterable[Mapping[str, Any]]) -> int:
    """Return how many records or steps are newly affected, of all controls together."""
    return sum(entry["new"] for entry in entries)
