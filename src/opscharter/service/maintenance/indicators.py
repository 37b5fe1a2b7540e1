"""The figures of maintenance."""

from __future__ import annotations

from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from opscharter.kernel.indicators.registry import indicator
from opscharter.service.maintenance.lifecycle import OrderState
from opscharter.service.maintenance.models import WorkOrder

DONE_IN_TIME = indicator(
    "service.maintenance-in-time", label=_("Work orders done in time"), clause="2.2.4", target=95,
    population=lambda: [WorkOrder.objects.current().filter(state__in=[OrderState.DONE, OrderState.MISSED])],
    numerator=Q(state=OrderState.DONE, done_at__lte=F("due_at")), when="due_at",
    dimensions={"customer": "customer_id", "department": "team_id", "employee": "engineer_id",
                "service": "service_id"},
)  # fmt: skip
