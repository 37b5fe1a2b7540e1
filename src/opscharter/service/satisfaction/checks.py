"""The check and the figures of §1.3.2 that come from what customers answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Avg, DateField, F, Q
from django.db.models.functions import TruncDate
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from opscharter.kernel import moment
from opscharter.kernel.controls.registry import Measure, check
from opscharter.kernel.indicators.registry import indicator
from opscharter.service.satisfaction.lifecycle import State
from opscharter.service.satisfaction.models import Survey
from opscharter.service.tickets.lifecycle import State as TicketState
from opscharter.service.tickets.models import Incident

DIMENSIONS = {"customer": "customer_id", "department": "team_id", "employee": "employee_id", "service": "service_id"}


@check(
    "satisfaction.followed-up", clause="1.3.2", owner="service-manager", target=90,
    label=_("Low scores are followed up in time"),
)  # fmt: skip
def followed_up(parameters: Mapping[str, Any]) -> Measure:
    """Low scores followed up, or due by now; exceptions were followed up after their day, or not at all."""
    today = moment.today()
    day = TruncDate("settled_at", tzinfo=timezone.get_default_timezone(), output_field=DateField())
    rows = Survey.objects.current().filter(due_on__isnull=False).alias(settled_on=day)
    rows = rows.filter(Q(state=State.SETTLED) | Q(due_on__lt=today))
    exception = Q(state=State.FOLLOW_UP) | Q(settled_on__gt=F("due_on"))
    return Measure(rows, exception, "answered_at", _("followed up too late, or not at all"))


SATISFACTION = indicator(
    "service.satisfaction", label=_("Satisfaction of customers"), unit=_("of 5"), clause="1.3.2", target=4.2,
    also=("1.1.1",), population=lambda: [Survey.objects.current().filter(score__isnull=False)], aggregate=Avg("score"),
    when="answered_at", dimensions=DIMENSIONS,
)  # fmt: skip
RESPONSE = indicator(
    "service.survey-response", label=_("Surveys answered"), clause="1.3.2", target=30,
    population=lambda: [Survey.objects.current().exclude(state=State.SENT)], numerator=Q(score__isnull=False),
    when="sent_at", dimensions=DIMENSIONS,
)  # fmt: skip
UPDATES = indicator(
    "service.progress-told-in-time", label=_("Urgent incidents with every word to the customer in time"),
    clause="1.3.2", target=95, when="resolved_at", numerator=Q(late_updates=0),
    population=lambda: [
        Incident.objects.current().filter(priority__lte=2, resolved_at__isnull=False)
        .exclude(state=TicketState.CANCELLED)
    ],
    dimensions={"customer": "customer_id", "department": "team_id", "employee": "assignee_id"},
)  # fmt: skip
