"""Writing the audit trail. Entries are chained later, in blocks (see `sealing`), so no writer waits for another."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder

from opscharter.kernel import moment
from opscharter.kernel.access.actor import Actor
from opscharter.kernel.audit.models import AuditEntry
from opscharter.kernel.copying import insert_many

_edition: list[Callable[[], str]] = [lambda: ""]

HASHED = (
    "user_id",
    "actor_label",
    "action",
    "record_type",
    "record_id",
    "record_version",
    "number",
    "changes",
    "note",
    "via",
    "address",
    "edition",
)


def install_edition(provider: Callable[[], str]) -> None:
    """Name the function that says which version of the regulation is in force (the charter's)."""
    _edition[:] = [provider]


def current_edition() -> str:
    """Return the version of the regulation in force, or an empty text before the first publication."""
    return _edition[0]()


def plain(value: Any) -> Any:
    """Return a value as it comes back from a JSON column, so that a hash is the same before and after storage."""
    return json.loads(json.dumps(value, cls=DjangoJSONEncoder, default=str))


def digest(entry: AuditEntry) -> str:
    """Return the SHA-256 of all that an entry says."""
    content = {name: getattr(entry, name) for name in HASHED} | {"at": entry.at.timestamp()}
    return hashlib.sha256(json.dumps(content, sort_keys=True, cls=DjangoJSONEncoder).encode()).hexdigest()


def entry_for(
    actor: Actor,
    action: str,
    *,
    record: Any = None,
    changes: dict[str, Any] | None = None,
    note: str = "",
    edition: str | None = None,
) -> AuditEntry:
    """Build an entry, unsaved; `record` may be any model instance. `edition`, if it is known, is not asked for."""
    entry = AuditEntry(
        at=moment.now(),
        user_id=actor.user_id,
        actor_label=(actor.label or str(actor.user or ""))[:160],
        action=action,
        record_type=record._meta.label_lower if record is not None else "",
        record_id=record.pk if record is not None else None,
        record_version=getattr(record, "version", 0) or 0,
        number=str(getattr(record, "number", "") or "")[:60],
        changes=plain(changes or {}),
        note=note,
        via=actor.via,
        address=actor.address,
        edition=current_edition() if edition is None else edition,
    )
    entry.hash = digest(entry)
    return entry


def write_entry(actor: Actor, action: str, **what: Any) -> AuditEntry:
    """Append one entry to the trail, in the caller's transaction."""
    entry = entry_for(actor, action, **what)
    entry.save(force_insert=True)
    return entry


def write_entries(entries: Sequence[AuditEntry]) -> None:
    """Append many entries at once (bulk imports)."""
    insert_many(entries)
