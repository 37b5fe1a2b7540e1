"""The figures of teams' own levels."""

from __future__ import annotations

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from opscharter.kernel.indicators.registry import indicator
from opscharter.service.levels.models import TeamStay

DIMENSIONS = {"department": "team_id", "employee": "handler_id", "customer": "customer_id"}

TEAM_LEVEL_KEPT = indicator(
    "service.team-level-kept", label=_("Team levels kept"), clause="3.3.2", target=90,
    population=lambda: [TeamStay.objects.current().filter(kept__isnull=False)], numerator=Q(kept=True),
    when="ended_at", dimensions=DIMENSIONS,
)  # fmt: skip
TAKEN_ON_IN_TIME = indicator(
    "service.team-taken-on-in-time", label=_("Tickets taken on by the team in time"), clause="3.1.2", target=90,
    population=lambda: [TeamStay.objects.current().filter(taken_in_time__isnull=False)],
    numerator=Q(taken_in_time=True), when="ended_at", dimensions=DIMENSIONS,
)  # fmt: skip
