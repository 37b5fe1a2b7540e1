"""The bulk write path of imports: the same validation, numbering, audit and search, in a few statements per batch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from django.core.exceptions import ValidationError
from django.db import transaction

from opscharter.kernel import moment
from opscharter.kernel.access import revision
from opscharter.kernel.access.actor import Actor
from opscharter.kernel.audit.trail import current_edition, entry_for, write_entries
from opscharter.kernel.copying import insert_many
from opscharter.kernel.errors import Conflict, NotPermitted
from opscharter.kernel.records.merging import own_fields
from opscharter.kernel.records.record import Record
from opscharter.kernel.search import documents

R = TypeVar("R", bound=Record)


def _clean_plain_fields(record: Record) -> None:
    """Validate each value by itself; relations and uniqueness are the database's part within one batch."""
    problems: dict[str, list[str]] = {}
    for field in own_fields(type(record)):
        if field.is_relation or field.attname in ("number", "state"):
            continue
        value = getattr(record, field.attname)
        if field.blank and value in field.empty_values:
            continue
        try:
            setattr(record, field.attname, field.clean(value, record))
        except ValidationError as error:
            problems[field.name] = error.messages
    if problems:
        raise ValidationError(problems)


@transaction.atomic
def create_many(records: Sequence[R], actor: Actor, *, note: str = "") -> list[R]:
    """Create records as they are (state, number and times may be given): one batch, all or nothing.

    The rows arrive with an audit entry each; guards do not judge history, checks measure it afterwards.
    """
    if not records:
        return []
    model = type(records[0])
    if not actor.may(model._meta.label_lower, "import"):
        raise NotPermitted("import", model._meta.label_lower)
    now = moment.now()
    unnumbered = [record for record in records if model.numbering is not None and not record.number]
    if unnumbered and model.numbering is not None:
        for record, number in zip(unnumbered, model.numbering.take(model, now, len(unnumbered))):
            record.number = number
    for record in records:
        _clean_plain_fields(record)
        record.version = 1
        record.created_at = record.created_at or now
        record.updated_at = record.updated_at or record.created_at
        record.created_by_id = record.updated_by_id = actor.user_id
    insert_many(records)
    entries, edition = [], current_edition()
    names = [field.attname for field in own_fields(model)]
    for record in records:
        record.remember()
        values = record.__dict__
        changes = {name: [None, values[name]] for name in names if values[name] not in (None, "")}
        entries.append(entry_for(actor, "create", record=record, changes=changes, note=note, edition=edition))
    if model.decides_access:
        revision.renew()
    write_entries(entries)
    documents.add_many(records)
    return list(records)


@transaction.atomic
def update_many(records: Sequence[R], actor: Actor, fields: Sequence[str], *, note: str = "") -> list[R]:
    """Write the named fields of records read earlier, with an audit entry each; rows without a change are left alone.

    Raises Conflict when somebody changed one of the rows since it was read; then nothing was stored.
    """
    if not records:
        return []
    model = type(records[0])
    if not actor.may(model._meta.label_lower, "import"):
        raise NotPermitted("import", model._meta.label_lower)
    locked = model._base_manager.select_for_update().filter(pk__in=[record.pk for record in records])
    stored = dict(locked.values_list("pk", "version"))
    attnames = [field.attname for field in own_fields(model) if {field.name, field.attname} & set(fields)]
    touched, entries = [], []
    for record in records:
        changes = {
            name: [record._loaded.get(name), getattr(record, name)]
            for name in attnames
            if record._loaded.get(name) != getattr(record, name)
        }
        if not changes:
            continue
        if stored[record.pk] != record.version:
            raise Conflict(stored[record.pk])
        _clean_plain_fields(record)
        record.version += 1
        record.updated_at, record.updated_by_id = moment.now(), actor.user_id
        touched.append(record)
        entries.append(entry_for(actor, "edit", record=record, changes=changes, note=note))
    names = [*fields, "version", "updated_at", "updated_by"]
    model._default_manager.all().rows_for_kernel().bulk_update(touched, names, batch_size=200)
    for record in touched:
        record.remember()
    if model.decides_access:
        revision.renew()
    write_entries(entries)
    documents.index_many(touched)
    return touched
