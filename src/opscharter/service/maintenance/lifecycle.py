"""The life of a work order: planned, in progress, done; missed when its time has passed; left out with a reason."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from opscharter.kernel.records.lifecycle import STAY, Lifecycle, Move
from opscharter.service.maintenance import effects, guards


class OrderState(models.TextChoices):
    """Where a work order stands."""

    PLANNED = "PLANNED", _("planned")
    IN_PROGRESS = "IN_PROGRESS", _("in progress")
    DONE = "DONE", _("done")
    MISSED = "MISSED", _("missed")
    SKIPPED = "SKIPPED", _("left out")


OPEN = (OrderState.PLANNED, OrderState.IN_PROGRESS, OrderState.MISSED)

ORDER = Lifecycle(
    OrderState,
    start=OrderState.PLANNED,
    moves=[
        Move("assign", list(OPEN), STAY, _("Assign"), inputs=["team", "engineer"], required=["engineer"],
             effects=[effects.tell_engineer]),
        Move("start", [OrderState.PLANNED, OrderState.MISSED], OrderState.IN_PROGRESS, _("Begin"), primary=True,
             prepare=[effects.mark_started]),
        Move("complete", OrderState.IN_PROGRESS, OrderState.DONE, _("Complete"), primary=True, inputs=["result"],
             guards=[guards.checklist_complete, guards.limits_explained], prepare=[effects.mark_done],
             customer_visible=True),
        Move("miss", [OrderState.PLANNED, OrderState.IN_PROGRESS], OrderState.MISSED, _("Missed"), automatic=True,
             prepare=[effects.mark_missed], effects=[effects.tell_missed]),
        Move("skip", list(OPEN), OrderState.SKIPPED, _("Leave out"), needs_reason=True, rare=True,
             prepare=[effects.mark_skipped], customer_visible=True),
    ],
    final=[OrderState.DONE, OrderState.SKIPPED],
)  # fmt: skip
