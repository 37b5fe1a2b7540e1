"""The life of an improvement: proposed, planned, carried out, and closed by what it brought about."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from opscharter.kernel import moment
from opscharter.kernel.access.actor import Actor
from opscharter.kernel.records.lifecycle import Lifecycle, Move


class State(models.TextChoices):
    PROPOSED = "PROPOSED", _("proposed")
    PLANNED = "PLANNED", _("planned")
    IN_PROGRESS = "IN_PROGRESS", _("in progress")
    IMPLEMENTED = "IMPLEMENTED", _("implemented, effect to be checked")
    CLOSED = "CLOSED", _("closed")
    DECLINED = "DECLINED", _("declined")


def note_implementation(improvement: Any, actor: Actor, inputs: Mapping[str, Any]) -> None:
    """Keep the day on which it was carried out."""
    improvement.implemented_on = moment.today()


def note_check(improvement: Any, actor: Actor, inputs: Mapping[str, Any]) -> None:
    """Keep who checked the effect, and when."""
    improvement.effect_checked_on, improvement.effect_checked_by_id = moment.today(), actor.user_id


WORKED_ON = (State.PLANNED, State.IN_PROGRESS)
LIFECYCLE = Lifecycle(
    State,
    start=State.PROPOSED,
    moves=[
        Move("accept", State.PROPOSED, State.PLANNED, _("Accept"), primary=True,
             inputs=["owner", "due_on", "expected_effect"], required=["owner", "due_on", "expected_effect"]),
        Move("decline", State.PROPOSED, State.DECLINED, _("Decline"), needs_reason=True),
        Move("start", State.PLANNED, State.IN_PROGRESS, _("Begin"), primary=True),
        Move("implement", WORKED_ON, State.IMPLEMENTED, _("Carried out"), primary=True,
             inputs=["done", "effect_due_on"], required=["done", "effect_due_on"], prepare=[note_implementation]),
        Move("verify", State.IMPLEMENTED, State.CLOSED, _("The effect is there"), primary=True,
             inputs=["measured_effect"], required=["measured_effect"], prepare=[note_check]),
        Move("rework", State.IMPLEMENTED, State.IN_PROGRESS, _("No effect: back to work"), inputs=["due_on"],
             required=["due_on"], needs_reason=True),
        Move("reopen", State.CLOSED, State.IN_PROGRESS, _("It has come back"), inputs=["due_on"],
             required=["due_on"], needs_reason=True),
    ],
    final=[State.CLOSED, State.DECLINED],
)  # fmt: skip
