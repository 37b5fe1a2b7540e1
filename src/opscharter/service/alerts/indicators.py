"""The figures of monitoring."""

from __future__ import annotations

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from opscharter.kernel.indicators.registry import indicator
from opscharter.service.alerts.models import Occurrence
from opscharter.service.tickets.models import Incident
from opscharter.service.tickets.models.ticket import Channel

FOUND_BY_MONITORING = indicator(
    "service.found-by-monitoring", label=_("Incidents that monitoring found first"), clause="2.2.4",
    population=lambda: [Incident.objects.current().exclude(state="CANCELLED")], when="opened_at",
    numerator=Q(channel=Channel.MONITORING),
    dimensions={"customer": "customer_id", "department": "team_id", "service": "service_id"},
)  # fmt: skip
ALERTS_FIRED = indicator(
    "service.alerts-fired", label=_("Times that alerts fired"), unit=_("times"), direction="down", clause="2.2.4",
    population=lambda: [Occurrence.objects.filter(alert__ignored=False)], when="started_at",
    dimensions={"customer": "alert__customer_id", "department": "alert__team_id", "service": "alert__service_id"},
)  # fmt: skip
