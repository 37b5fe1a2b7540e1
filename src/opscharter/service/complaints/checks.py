"""The check and the figures of §1.3.2 about complaints."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from opscharter.kernel import moment
from opscharter.kernel.controls.registry import Measure, Parameter, check
from opscharter.kernel.indicators.registry import indicator
from opscharter.service.complaints.calendar import CHECK, WORKING_DAYS
from opscharter.service.complaints.models import Complaint

DIMENSIONS = {"customer": "customer_id", "department": "department_id", "employee": "owner_id"}


@check(
    CHECK, clause="1.3.2", owner="service-manager", target=95, label=_("Complaints are answered in time"),
    parameters={"working_days": Parameter(WORKING_DAYS, unit=_("working days"), label=_("answer within"))},
)  # fmt: skip
def answered_in_time(parameters: Mapping[str, Any]) -> Measure:
    """Complaints answered, or due by now; exceptions were answered late, or not yet."""
    late = Q(first_replied_at__isnull=True, due_at__lt=moment.now())
    rows = Complaint.objects.current().filter(Q(first_replied_at__isnull=False) | late)
    return Measure(rows, late | Q(first_replied_at__gt=F("due_at")), "received_at", _("not answered in time"))


ANSWERED = indicator(
    "service.complaints-answered", label=_("Complaints answered in time"), clause="1.3.2", target=95,
    population=lambda: [Complaint.objects.current().filter(first_replied_at__isnull=False)],
    numerator=Q(first_replied_at__lte=F("due_at")), when="received_at", dimensions=DIMENSIONS,
)  # fmt: skip
RECEIVED = indicator(
    "service.complaints", label=_("Complaints"), unit=_("complaints"), direction="down", clause="1.3.2",
    population=lambda: [Complaint.objects.current()], when="received_at", dimensions=DIMENSIONS,
)  # fmt: skip
