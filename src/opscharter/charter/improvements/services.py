"""Opening an improvement from any record of any chapter."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from opscharter.charter.improvements.models import Improvement
from opscharter.kernel.access.actor import Actor
from opscharter.kernel.users.models import User


def open_improvement(
    actor: Actor,
    *,
    title: str,
    description: str,
    source: str,
    record: Any = None,
    owner: User | None = None,
    due_on: dt.date | None = None,
    expected_effect: str = "",
    clauses: Sequence[str] = (),
) -> Improvement:
    """Propose an improvement that comes from a record: an incident, a problem, an audit's finding, a drill, a forum.

    Owner, due day and expected effect may be given now; they are asked for when it is accepted. Raises what
    `save_as` raises.
    """
    improvement = Improvement(
        title=title[:200],
        description=description,
        source=source,
        owner=owner,
        due_on=due_on,
        expected_effect=expected_effect,
        clauses=", ".join(clauses),
    )
    if record is not None:
        improvement.source_type, improvement.source_id = record._meta.label_lower, record.pk
        improvement.source_number = str(getattr(record, "number", "") or record)[:80]
    return improvement.save_as(actor)


def improvements_from(record: Any) -> list[Improvement]:
    """Return the improvements that come from a record, newest first."""
    found = Improvement.objects.current().filter(source_type=record._meta.label_lower, source_id=record.pk)
    return list(found.select_related("owner").order_by("-pk"))
