"""The figures of the service process; each is defined here and nowhere else."""

from __future__ import annotations

from typing import Any

from django.db.models import Avg, DurationField, ExpressionWrapper, F, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from opscharter.kernel.indicators.registry import indicator
from opscharter.service.tickets.lifecycle import OPEN, State
from opscharter.service.tickets.models import Incident, ServiceRequest

DIMENSIONS = {"department": "team_id", "employee": "assignee_id", "customer": "customer_id", "service": "service_id"}


def _tickets(**where: Any) -> list[QuerySet[Any]]:
    return [model.objects.current().filter(**where) for model in (Incident, ServiceRequest)]


def _incidents(**where: Any) -> list[QuerySet[Any]]:
    return [Incident.objects.current().filter(**where)]


TIMELY_RESOLUTION = indicator(
    "service.timely-resolution", label=_("Incidents resolved in time"), clause="3.3.2", target=95,
    population=lambda: _incidents(state=State.CLOSED, resolution_met__isnull=False), numerator=Q(resolution_met=True),
    when="closed_at", dimensions=DIMENSIONS, also=("1.1.1",),
)  # fmt: skip
OPENED = indicator(
    "service.opened", label=_("Tickets opened"), unit=_("tickets"), population=lambda: _tickets(), when="opened_at",
    dimensions=DIMENSIONS, direction="down",
)  # fmt: skip
RESOLVED = indicator(
    "service.resolved", label=_("Tickets resolved"), unit=_("tickets"),
    population=lambda: _tickets(resolved_at__isnull=False), when="resolved_at", dimensions=DIMENSIONS,
)  # fmt: skip
BACKLOG = indicator(
    "service.backlog", label=_("Open tickets"), unit=_("tickets"), population=lambda: _tickets(state__in=OPEN),
    when="opened_at", standing_stock=True, dimensions=DIMENSIONS, direction="down",
)  # fmt: skip
REOPENED = indicator(
    "service.reopen-rate", label=_("Incidents reopened"), clause="3.3.3", target=5, direction="down",
    population=lambda: _incidents(state=State.CLOSED), numerator=Q(reopen_count__gt=0), when="closed_at",
    dimensions=DIMENSIONS, also=("1.1.1",),
)  # fmt: skip
MEAN_TIME = indicator(
    "service.mean-time-to-resolve", label=_("Mean time to resolve"), unit=_("hours"), direction="down",
    population=lambda: _incidents(resolved_at__isnull=False), when="resolved_at", dimensions=DIMENSIONS,
    aggregate=Avg(ExpressionWrapper(F("resolved_at") - F("opened_at"), output_field=DurationField())), scale=1 / 3600,
)  # fmt: skip
FIRST_ASSIGNMENT = indicator(
    "service.assigned-within-hour", label=_("Assigned within a working hour"), clause="3.1.2", target=95,
    population=lambda: _tickets(assign_seconds__isnull=False), numerator=Q(assign_seconds__lte=3600), when="opened_at",
    dimensions=DIMENSIONS, also=("1.3.2",),
)  # fmt: skip
ON_COCKPIT = (TIMELY_RESOLUTION, FIRST_ASSIGNMENT, BACKLOG, OPENED, REOPENED, MEAN_TIME)
