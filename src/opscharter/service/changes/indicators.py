"""The figures of change management; each is defined here and nowhere else."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from opscharter.kernel.indicators.registry import indicator
from opscharter.service.changes.models import Change
from opscharter.service.changes.words import UNSUCCESSFUL, Kind, Outcome

UNIT = pgettext_lazy("changes of systems", "changes")
DIMENSIONS = {"department": "team_id", "employee": "engineer_id", "customer": "customer_id", "service": "service_id"}


def _changes(**where: Any) -> list[QuerySet[Any]]:
    return [Change.objects.current().filter(**where)]


SUCCESS = indicator(
    "change.success-rate", label=_("Changes that succeeded"), clause="3.4.3", target=95,
    population=lambda: _changes(finished_at__isnull=False), numerator=Q(outcome=Outcome.DONE), when="finished_at",
    dimensions=DIMENSIONS, also=("1.1.1",),
)  # fmt: skip
FAILED = indicator(
    "change.failed", label=_("Changes failed or rolled back"), unit=UNIT, clause="3.4.3", direction="down",
    population=lambda: _changes(outcome__in=UNSUCCESSFUL), when="finished_at", dimensions=DIMENSIONS,
)  # fmt: skip
EMERGENCY_SHARE = indicator(
    "change.emergency-share", label=_("Share of emergency changes"), clause="3.4.3", target=10, direction="down",
    population=lambda: _changes(started_at__isnull=False), numerator=Q(kind=Kind.EMERGENCY), when="started_at",
    dimensions=DIMENSIONS,
)  # fmt: skip
CARRIED_OUT = indicator(
    "change.carried-out", label=_("Changes carried out"), unit=UNIT,
    population=lambda: _changes(finished_at__isnull=False), when="finished_at", dimensions=DIMENSIONS,
)  # fmt: skip
