"""The checks of §3.3.1 on plans and emergencies."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from opscharter.kernel import moment
from opscharter.kernel.controls.registry import Measure, Parameter, check
from opscharter.service.emergencies.lifecycle import EmergencyState, PlanState, TaskState
from opscharter.service.emergencies.models import ContingencyPlan, Emergency, EmergencyTask

Parameters = Mapping[str, Any]


@check(
    "emergency.tasks-in-time", clause="3.3.1", owner="service-manager", target=80,
    label=_("The tasks of emergency plans are done in time"),
)  # fmt: skip
def tasks_in_time(parameters: Parameters) -> Measure:
    """Tasks of emergencies; exceptions were settled after their time, or are open past it."""
    late = Q(done_at__gt=F("due_at")) | Q(state=TaskState.OPEN, due_at__lt=moment.now())
    return Measure(EmergencyTask.objects.current(), late, "due_at", _("done too late, or not yet"))


@check(
    "emergency.reviewed", clause="3.3.1", owner="service-manager", target=90,
    label=_("Emergencies are reviewed afterwards"), parameters={"days": Parameter(7, _("days"))},
)  # fmt: skip
def reviewed(parameters: Parameters) -> Measure:
    """Emergencies that are over; exceptions were not reviewed within the days allowed."""
    allowed = dt.timedelta(days=parameters["days"])
    rows = Emergency.objects.current().exclude(state=EmergencyState.RUNNING).filter(resolved_at__isnull=False)
    late = Q(reviewed_at__gt=F("resolved_at") + allowed)
    late |= Q(reviewed_at__isnull=True, resolved_at__lt=moment.now() - allowed)
    return Measure(rows, late, "resolved_at", _("not reviewed in time"))


@check(
    "contingency-plan.current", clause="3.3.1", owner="service-manager", label=_("Contingency plans are looked over")
)
def plans_current(parameters: Parameters) -> Measure:
    """Plans in force; exceptions are past the day by which they were to be looked over."""
    rows = ContingencyPlan.objects.current().filter(state=PlanState.IN_FORCE)
    return Measure(rows, Q(review_on__lt=moment.today()), "in_force_since", _("past its day of review"))
