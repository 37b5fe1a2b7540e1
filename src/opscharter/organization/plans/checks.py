"""The check of §2.2.2: every department works by a plan of the present time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from opscharter.kernel import moment
from opscharter.kernel.controls.registry import Measure, Parameter, check
from opscharter.organization.models.department import Department
from opscharter.organization.plans.lifecycle import State
from opscharter.organization.plans.models import DepartmentPlan


@check(
    "organization.department-plans-current", clause="2.2.2", owner="department-manager", target=90,
    label=_("Every department has a plan in force"),
    parameters={"grace_days": Parameter(10, unit=_("days"), label=_("days after a plan's end"))},
)  # fmt: skip
def department_plans_current(parameters: Mapping[str, Any]) -> Measure:
    """Departments with people; exceptions have no approved plan that covers today, allowing some days for the next."""
    today = moment.today()
    since = today - dt.timedelta(days=int(parameters["grace_days"]))
    plans = DepartmentPlan.objects.current().filter(
        state__in=(State.APPROVED, State.CLOSED), starts_on__lte=today, ends_on__gte=since
    )
    working = Department.objects.current().filter(members__left_on__isnull=True, members__archived_at__isnull=True)
    rows = Department.objects.filter(pk__in=working.values("pk"))
    return Measure(rows, ~Q(pk__in=plans.values("department_id")), "created_at", _("has no plan in force"))
