"""Who let a guard of a clause be passed, for which record, why and until when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count

from opscharter.charter.guard_log import sees_all
from opscharter.charter.models import Clause
from opscharter.charter.pages.seen import seen_among
from opscharter.kernel import moment
from opscharter.kernel.access.actor import Actor
from opscharter.kernel.controls.models import ControlException, GuardDecision
from opscharter.kernel.controls.registry import GUARDS
from opscharter.kernel.resources.declaration import Text
from opscharter.kernel.resources.links import url_of
from opscharter.kernel.resources.site import site

LOOKED_AT, SHOWN = 60, 8


@dataclass
class Override:
    """One leave to pass a guard."""

    leave: ControlException
    guard: Text
    name: str
    url: str
    passed: int
    """How many steps have been taken by it."""

    @property
    def running(self) -> bool:
        """Say whether it can still be used."""
        return self.leave.expires_at > moment.now()


def overrides_of(clause: Clause, actor: Actor) -> Mapping[str, Any] | None:
    """Return the leaves given for a clause, newest first, of records that the reader may see."""
    rows = ControlException.objects.filter(clause=clause.number).select_related("granted_by").order_by("-pk")
    leaves = list(rows[:LOOKED_AT])
    if not sees_all(actor):
        seen = seen_among(((leave.record_type, leave.record_id) for leave in leaves), actor)
        leaves = [leave for leave in leaves if (leave.record_type, leave.record_id) in seen]
    if not leaves:
        return None
    shown = leaves[:SHOWN]
    used = GuardDecision.objects.filter(
        outcome=GuardDecision.Outcome.OVERRIDDEN, guard__in={leave.guard for leave in shown},
        record_id__in={leave.record_id for leave in shown},
    )  # fmt: skip
    counted = {
        (guard, label, pk): n
        for guard, label, pk, n in used.values_list("guard", "record_type", "record_id").annotate(n=Count("pk"))
    }
    return {"overrides": [_override(leave, counted) for leave in shown], "more": len(leaves) > SHOWN}


def _override(leave: ControlException, counted: Mapping[tuple[str, str, int], int]) -> Override:
    resource = site.find(leave.record_type)
    record = resource.model._base_manager.filter(pk=leave.record_id).first() if resource else None
    guard = GUARDS.get(leave.guard)
    return Override(
        leave,
        guard.label if guard else leave.guard,
        str(record or f"{leave.record_type} {leave.record_id}"),
        url_of(leave.record_type, leave.record_id),
        counted.get((leave.guard, leave.record_type, leave.record_id), 0),
    )
