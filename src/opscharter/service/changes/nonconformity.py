"""An unauthorised change is a nonconformity: the clause's check is measured at once and raises its corrective item."""

from __future__ import annotations

from typing import Any

from opscharter.charter.evaluation import run
from opscharter.kernel.access.actor import system_actor
from opscharter.service.changes import hooks

CHECK = "change.unauthorised"


def raise_for(found: Any) -> None:
    """Measure the check at once, which raises the corrective item of the clause, and tell whoever joined in."""
    run(system_actor(), controls=[CHECK])
    for join in hooks.nonconformities:
        join(found)
