"""The checks of maintenance: on schedule, and every finding followed up."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from opscharter.kernel import moment
from opscharter.kernel.controls.registry import Measure, check
from opscharter.service.maintenance.lifecycle import OrderState
from opscharter.service.maintenance.models import WorkOrder

Parameters = Mapping[str, Any]


@check(
    "service.maintenance-on-schedule", clause="2.2.4", owner="engineer", target=95,
    label=_("Maintenance is on schedule"),
)  # fmt: skip
def on_schedule(parameters: Parameters) -> Measure:
    """Work orders that are due or done and were not left out with a reason; exceptions were missed or came late."""
    rows = WorkOrder.objects.current().exclude(state=OrderState.SKIPPED)
    rows = rows.filter(Q(state=OrderState.DONE) | Q(state=OrderState.MISSED) | Q(due_at__lt=moment.now()))
    late = ~Q(state=OrderState.DONE) | Q(done_at__gt=F("due_at"))
    return Measure(rows, late, "due_at", _("missed, or done too late"))
