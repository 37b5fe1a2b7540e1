"""The check of §2.2.5: feedback reaches the right department and is answered in time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from opscharter.customers.feedback.models import CHECK, OPEN, WORKING_DAYS, Feedback
from opscharter.kernel import moment
from opscharter.kernel.controls.registry import Measure, Parameter, check
from opscharter.kernel.indicators.registry import indicator


@check(
    CHECK, clause="2.2.5", owner="service-manager", target=90,
    label=_("Customer feedback is answered in time"),
    parameters={"working_days": Parameter(WORKING_DAYS, unit=_("working days"), label=_("answer within"))},
)  # fmt: skip
def feedback_answered(parameters: Mapping[str, Any]) -> Measure:
    """Feedback answered or due by now; exceptions were answered late, or are late without an answer."""
    late = Q(answered_at__isnull=True, due_at__lt=moment.now())
    rows = Feedback.objects.current().filter(Q(answered_at__isnull=False) | late)
    return Measure(rows, late | Q(answered_at__gt=F("due_at")), "received_at", _("not answered in time"))


ANSWERED = indicator(
    "customers.feedback-answered", label=_("Feedback answered in time"), clause="2.2.5", target=90,
    population=lambda: [Feedback.objects.current().exclude(state__in=OPEN).filter(answered_at__isnull=False)],
    numerator=Q(answered_at__lte=F("due_at")), when="received_at",
    dimensions={"department": "department_id", "customer": "customer_id", "employee": "answered_by_id"},
)  # fmt: skip
COMPLAINTS = indicator(
    "customers.complaints", label=_("Complaints received"), unit=_("complaints"), direction="down", clause="2.2.5",
    population=lambda: [Feedback.objects.current().filter(kind=Feedback.Kind.COMPLAINT)], when="received_at",
    dimensions={"department": "department_id", "customer": "customer_id"},
)  # fmt: skip
