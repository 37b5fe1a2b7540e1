"""What must hold before a call is answered or a shift handed over."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from opscharter.kernel.access.actor import Actor
from opscharter.kernel.controls.registry import Text, guard


@guard("oncall.was-called", clause="2.2.4", owner="engineer", label=_("Who answers a call was called"))
def was_called(callout: Any, actor: Actor) -> list[Text]:
    """A call is answered by one of those who were called."""
    if actor.person_id is None or not callout.calls.filter(employee_id=actor.person_id).exists():
        return [_("Only who was called can answer.")]
    return []


@guard("oncall.handover-complete", clause="1.3.3", owner="engineer", label=_("The hand-over says what happened"))
def handover_complete(handover: Any, actor: Actor) -> list[Text]:
    """A shift is handed over with a log of what happened."""
    return [] if handover.log.strip() else [_("Write down what happened in the shift.")]


@guard("oncall.incoming-decides", clause="1.3.3", owner="engineer", label=_("The incoming person decides"))
def incoming_decides(handover: Any, actor: Actor) -> list[Text]:
    """Whether a hand-over is accepted the incoming person says, nobody else."""
    return [] if actor.person_id == handover.incoming_id else [_("Only the incoming person can say so.")]
