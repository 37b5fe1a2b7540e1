"""The one write path: lock, permit, merge, validate, guards, number, save, audit, timeline, search, effects."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.translation import gettext as _t

from opscharter.kernel import moment
from opscharter.kernel.access import revision
from opscharter.kernel.access.actor import Actor
from opscharter.kernel.audit.trail import write_entry
from opscharter.kernel.controls.decisions import Standing, Verdict, judge, log_decisions, not_in_state
from opscharter.kernel.controls.models import GuardDecision
from opscharter.kernel.controls.registry import clause_of
from opscharter.kernel.errors import Conflict, FieldConflict, NotPermitted, Reason, Refused
from opscharter.kernel.records.lifecycle import Move
from opscharter.kernel.records.merging import BOOKKEEPING, changed_fields, differences, merge, rewind
from opscharter.kernel.search import documents
from opscharter.kernel.search.marks import own_columns
from opscharter.kernel.timeline import entries
from opscharter.kernel.timeline.models import TimelineEntry, Visibility
from opscharter.kernel.users.models import User


def permitted(record: Any, actor: Actor, action: str) -> bool:
    """Say whether the actor may take the action on this very row."""
    label = record._meta.label_lower
    if not actor.may(label, action):
        return False
    if record.pk is None or record.scope.rows(actor, label, action) is None:
        return True
    return type(record)._default_manager.visible_to(actor, action).filter(pk=record.pk).exists()


def _permit(record: Any, actor: Actor, action: str) -> None:
    if not permitted(record, actor, action):
        raise NotPermitted(action, record._meta.label_lower)


def _locked(record: Any) -> Any:
    return type(record)._base_manager.select_for_update().get(pk=record.pk)


def _validate(record: Any, only: set[str] | None = None) -> None:
    """Validate the record, or only the named attributes; the record's own rules and its uniqueness always hold."""
    skip = set(BOOKKEEPING) | {"number", "state"}
    for field in record._meta.concrete_fields:
        untouched = only is not None and field.attname not in only
        known = field.is_relation and field.is_cached(record) and getattr(record, field.name, None) is not None
        if untouched or known:
            skip.add(field.name)
    record.full_clean(exclude=skip, validate_unique=False, validate_constraints=False)
    # Untouched and known fields count here too: a changed code may clash with a row of the same, unchanged customer.
    rest = {*BOOKKEEPING, "number"}
    record.validate_unique(exclude=rest)
    record.validate_constraints(exclude=rest)


def _judge(guards: Sequence[Any], record: Any, actor: Actor) -> Verdict:
    verdict = judge(guards, record, actor)
    if verdict.refusals:
        raise Refused(verdict.refusals)
    return verdict


def _log_verdict(verdict: Verdict, record: Any, actor: Actor, step: str) -> None:
    if verdict.warnings:
        log_decisions(GuardDecision.Outcome.WARNED, verdict.warnings, record, actor, step)
    if verdict.overridden:
        log_decisions(GuardDecision.Outcome.OVERRIDDEN, verdict.overridden, record, actor, step)


def _log_refusal(refused: Refused, record: Any, actor: Actor, step: str, inputs: Mapping[str, Any]) -> None:
    """Keep the refusal although the step itself was rolled back."""
    with transaction.atomic():
        log_decisions(GuardDecision.Outcome.REFUSED, refused.reasons, record, actor, step, inputs)
        reasons = [{**reason.as_dict(), "kept": reason.kept} for reason in refused.reasons]
        changes = {"reasons": [None, reasons]}
        write_entry(actor, f"refused:{step}", record=record, changes=changes)


@contextmanager
def _all_or_nothing(record: Any) -> Iterator[None]:
    """One transaction; when it fails, the record in memory is again what the caller handed in, for another try."""
    stored = dict(record._loaded)
    before = {**record.__dict__, "_stored": stored}
    adding, related = record._state.adding, dict(record._state.fields_cache)
    try:
        with transaction.atomic():
            yield
    except Exception:
        record.__dict__.clear()
        record.__dict__.update(before)
        record._state.adding, record._state.fields_cache = adding, related
        raise


def _write(record: Any, actor: Actor, *, insert: bool, fields: set[str] | None = None) -> None:
    now = moment.now()
    record.version += 1
    record.updated_at, record.updated_by_id = now, actor.user_id
    if insert:
        record.created_at, record.created_by_id = now, actor.user_id
        if record.numbering is not None and not record.number:
            record.number = record.numbering.take(type(record), now)[0]
        models.Model.save(record, force_insert=True)
    else:
        models.Model.save(record, update_fields={"version", "updated_at", "updated_by", *(fields or ())})
    record.remember()
    if record.decides_access:
        revision.renew()


def _tell_fields(record: Any, actor: Actor, changes: Mapping[str, list[Any]]) -> None:
    told = {}
    for name in record.timeline_fields:
        field = record._meta.get_field(name)
        if field.attname in changes:
            told[name] = [_shown(field, value) for value in changes[field.attname]]
    if told:
        entries.append(record, actor, TimelineEntry.Kind.FIELD, data={"changes": told})


def _shown(field: models.Field[Any, Any], value: Any) -> str:
    """Return a field's value as people read it."""
    if value in (None, ""):
        return ""
    if isinstance(value, dt.datetime):
        return f"{moment.in_office(value):%Y-%m-%d %H:%M}"
    if field.is_relation and field.related_model is not None:
        related: Any = field.related_model
        return str(related._base_manager.filter(pk=value).first() or value)
    return str(dict(field.flatchoices).get(value, value))


def _set_links(record: Any, links: Mapping[str, Sequence[models.Model]]) -> dict[str, list[Any]]:
    changes = {}
    for name, targets in links.items():
        manager = getattr(record, name)
        before = sorted(manager.values_list("pk", flat=True))
        after = sorted(target.pk for target in targets)
        if before != after:
            manager.set(targets)
            changes[name] = [before, after]
    return changes


def save(record: Any, actor: Actor, *, note: str = "", links: Mapping[str, Sequence[models.Model]]) -> Any:
    """Create or change a record; see Record.save_as."""
    step = "create" if record.pk is None else "edit"
    try:
        with _all_or_nothing(record):
            return _create(record, actor, note, links) if step == "create" else _edit(record, actor, note, links)
    except Refused as refused:
        _log_refusal(refused, record, actor, step, {})
        raise


def _create(record: Any, actor: Actor, note: str, links: Mapping[str, Sequence[models.Model]]) -> Any:
    _permit(record, actor, "create")
    record.before_create(actor)
    _validate(record)
    verdict = _judge(record.create_guards, record, actor)
    _write(record, actor, insert=True)
    changes = {
        name: [None, value]
        for name, value in record._loaded.items()
        if name not in BOOKKEEPING and value not in (None, "")
    }
    changes |= _set_links(record, links)
    write_entry(actor, "create", record=record, changes=changes, note=note)
    entries.append(record, actor, TimelineEntry.Kind.CREATED, verb="create", data={"via": actor.via})
    _log_verdict(verdict, record, actor, "create")
    documents.index(record)
    record.on_create(actor)
    return record


def _edit(record: Any, actor: Actor, note: str, links: Mapping[str, Sequence[models.Model]]) -> Any:
    current = _locked(record)
    _permit(current, actor, "edit")
    changes = merge(record, current)
    link_changes = _set_links(record, links)
    if not changes and not link_changes:
        return record
    _validate(record, only=set(changes))
    changes = differences(record, current)
    _write(record, actor, insert=False, fields={_field_name(record, name) for name in changes})
    write_entry(actor, "edit", record=record, changes={**changes, **link_changes}, note=note)
    _tell_fields(record, actor, changes)
    if _found_by(record) & set(changes):
        documents.index(record)
    _recheck_approvals(record, actor)
    record.on_change(actor, {**changes, **link_changes})
    return record


def _recheck_approvals(record: Any, actor: Actor) -> None:
    for step in record.lifecycle.moves if record.lifecycle else ():
        if step.approval is not None:
            step.approval.recheck(record, step.name, actor)


def _found_by(record: Any) -> set[str]:
    """Return the attributes whose change alters what the search finds; a path stands for its first part."""
    if not record.search_fields:
        return set()
    told = {record._meta.get_field(path.partition("__")[0]).attname for path in record.search_fields}
    return told | set((own_columns(type(record)) or {}).values())


def _field_name(record: Any, attname: str) -> str:
    return next(field.name for field in record._meta.concrete_fields if field.attname == attname)


def move(record: Any, name: str, actor: Actor, *, reason: str, inputs: Mapping[str, Any]) -> Any:
    """Take a step; see Record.move."""
    step = record.lifecycle.move(name)
    try:
        with _all_or_nothing(record):
            return _move(record, step, actor, reason, inputs)
    except Refused as refused:
        _log_refusal(refused, record, actor, name, inputs)
        raise


def obstacles(record: Any, step: Move, actor: Actor, standings: Mapping[str, Standing] | None = None) -> Verdict:
    """Say what stands between the record and a step, without taking it: for buttons, gates and the API."""
    verdict = judge(step.guards, record, actor, standings)
    if record.state not in step.sources:
        verdict.refusals.insert(0, not_in_state(record.get_state_display()))
    if step.applies is not None and not step.applies(record):
        verdict.refusals.insert(0, Reason(_t("This step is not for records of this kind.")))
    if step.reserved and not actor.holds(record._meta.label_lower, step.name):
        verdict.refusals.append(Reason(_t("This step is reserved for who holds the role for it.")))
    if any(_is_of(record, name, actor) for name in step.separate_from):
        verdict.refusals.append(Reason(_t("Somebody else must take this step (separation of duty).")))
    if step.approval is not None:
        verdict.refusals += step.approval.missing(record, step.name, actor)
    return verdict


def _is_of(record: Any, name: str, actor: Actor) -> bool:
    """Say whether a field names the actor, as person or account, or somebody the actor stands in for."""
    field = record._meta.get_field(name)
    value = getattr(record, field.attname)
    if value is None:
        return False
    if field.related_model is User:
        return value == actor.user_id
    return value == actor.person_id or value in actor.represents


def _take_inputs(record: Any, step: Move, reason: str, inputs: Mapping[str, Any]) -> None:
    if strange := sorted(set(inputs) - set(step.inputs)):
        text = _t("This step does not take: %(names)s.") % {"names": ", ".join(strange)}
        raise ValidationError({strange[0]: text} if hasattr(record, strange[0]) else text)
    problems = {}
    for name in step.required:
        value = inputs.get(name, getattr(record, record._meta.get_field(name).attname))
        if value is None or value == "":
            problems[name] = [_t("This field is required for this step.")]
    if problems:
        raise ValidationError(problems)
    if step.needs_reason and not reason.strip():
        raise Refused([Reason(_t("This step needs a reason."), field="reason")])
    for name, value in inputs.items():
        setattr(record, name, value)


def _move(record: Any, step: Move, actor: Actor, reason: str, inputs: Mapping[str, Any]) -> Any:
    current = _locked(record)
    _permit(current, actor, step.name)
    if current.version != record.version and current.state != record.state:
        field = record._meta.get_field("state")
        shown = [_shown(field, value) for value in (record.state, current.state, step.target)]
        raise Conflict(current.version, [FieldConflict("state", str(field.verbose_name), *shown)])
    merge(record, current)
    _take_inputs(record, step, reason, inputs)
    verdict = obstacles(record, step, actor)
    if verdict.refusals:
        raise Refused(verdict.refusals)
    given = {**inputs, "reason": reason}
    for prepare in step.prepare:
        prepare(record, actor, given)
    before, record.state = record.state, step.target or record.state
    _validate(record, only=set(changed_fields(record)))
    changes = differences(record, current)
    _write(record, actor, insert=False, fields={_field_name(record, name) for name in changes})
    write_entry(actor, f"move:{step.name}", record=record, changes=changes, note=reason)
    _log_verdict(verdict, record, actor, step.name)
    _tell_move(record, step, actor, before, reason)
    _tell_fields(record, actor, {name: pair for name, pair in changes.items() if name != "state"})
    if _found_by(record) & set(changes):
        documents.index(record)
    _recheck_approvals(record, actor)
    record.on_change(actor, changes)
    for effect in step.effects:
        effect(record, actor, given)
    return record


def _tell_move(record: Any, step: Move, actor: Actor, before: str, reason: str) -> None:
    entries.append(
        record,
        actor,
        TimelineEntry.Kind.MOVE,
        verb=step.name,
        text=reason,
        visibility=Visibility.CUSTOMER if step.customer_visible else Visibility.SYSTEM,
        data={"from": before, "to": record.state},
        clause=clause_of(step.guards[0]) if step.guards else "",
    )


@transaction.atomic
def comment(record: Any, actor: Actor, text: str, *, visibility: str, folded: str = "") -> None:
    """Add a comment; see Record.comment_as. What a customer writes is always visible to the customer."""
    _permit(record, actor, "comment")
    seen = Visibility.CUSTOMER if actor.external else Visibility(visibility)
    if not text.strip():
        raise ValidationError({"text": _t("Write something first.")})
    data = {"folded": folded.strip()} if folded.strip() else {}
    entry = entries.append(record, actor, TimelineEntry.Kind.COMMENT, visibility=seen, text=text.strip(), data=data)
    write_entry(actor, "comment", record=record, changes={"comment": [None, entry.pk], "visibility": [None, seen]})
    record.on_comment(actor, seen.value)


@transaction.atomic
def archive(record: Any, actor: Actor, *, reason: str) -> Any:
    """Take a record out of use; see Record.archive_as."""
    current = _locked(record)
    _permit(current, actor, "archive")
    if not reason.strip():
        raise Refused([Reason(_t("Archiving needs a reason."), field="reason")])
    if current.archived_at is not None:
        raise Refused([Reason(_t("This is archived already."))])
    if reasons := current.archiving():
        raise Refused(reasons)
    current.archived_at = moment.now()
    _write(current, actor, insert=False, fields={"archived_at"})
    write_entry(actor, "archive", record=current, changes={"archived_at": [None, current.archived_at]}, note=reason)
    documents.remove(current)
    current.on_archive(actor)
    record.refresh_from_db()
    return record


def at_version(model: type[models.Model], pk: int, version: int) -> Any:
    """Return a record as it was at an earlier version, so that a late save merges against the right base."""
    current: Any = model._base_manager.get(pk=pk)
    return rewind(current, version) if version < current.version else current
