"""Optimistic locking: two people who change different fields merge; the same field is a conflict shown to both."""

from __future__ import annotations

from typing import Any

from django.db import models

from opscharter.kernel.audit.models import AuditEntry
from opscharter.kernel.errors import Conflict, FieldConflict, WritePathError

BOOKKEEPING = frozenset({"id", "version", "created_at", "created_by", "updated_at", "updated_by", "archived_at"})
"""Fields the write path itself keeps; never in forms, and never a reason for a conflict."""


def own_fields(model: type[models.Model]) -> list[models.Field[Any, Any]]:
    """Return the stored fields of a record type, without the bookkeeping ones."""
    return [field for field in model._meta.concrete_fields if field.name not in BOOKKEEPING]


def changed_fields(record: Any) -> dict[str, list[Any]]:
    """Return {attribute name: [loaded value, present value]} for what was changed since the record was read."""
    loaded, present = record._loaded, record.__dict__
    names = [field.attname for field in own_fields(type(record)) if field.attname in present]
    if unread := [name for name in names if name not in loaded]:
        raise WritePathError(f"{', '.join(unread)} was set on a {type(record).__name__} that was not read in full")
    return {name: [loaded[name], present[name]] for name in names if loaded[name] != present[name]}


def differences(record: Any, current: Any) -> dict[str, list[Any]]:
    """Return {attribute name: [stored value, new value]} for what a write will change, derived fields included."""
    pairs = {f.attname: [getattr(current, f.attname), getattr(record, f.attname)] for f in own_fields(type(record))}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


def merge(record: Any, current: Any) -> dict[str, list[Any]]:
    """Bring others' changes into `record` and return what is still to be written; raises Conflict on the same field."""
    mine = changed_fields(record)
    conflicts = []
    changes: dict[str, list[Any]] = {}
    for field in own_fields(type(record)):
        name, theirs = field.attname, getattr(current, field.attname)
        if name not in mine:
            setattr(record, name, theirs)
            continue
        base, value = mine[name]
        if theirs == value:
            continue
        if theirs != base:
            conflicts.append(FieldConflict(field.name, str(field.verbose_name), base, theirs, value))
        changes[name] = [theirs, value]
    if conflicts:
        raise Conflict(current.version, conflicts)
    record.version = current.version
    return changes


def rewind(current: Any, version: int) -> Any:
    """Turn a freshly read record back to an earlier version with the help of the audit trail."""
    written = models.Q(action="edit") | models.Q(action__startswith="move:")
    entries = AuditEntry.objects.filter(
        written, record_type=current._meta.label_lower, record_id=current.pk, record_version__gt=version
    ).order_by("-id")
    by_attname = {field.attname: field for field in own_fields(type(current))}
    for changes in entries.values_list("changes", flat=True):
        for name, pair in changes.items():
            if name in by_attname and isinstance(pair, list) and len(pair) == 2:
                value = by_attname[name].to_python(pair[0])
                setattr(current, name, value)
    current.remember()
    current.version = version
    return current
