"""The figures of the hotline."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from opscharter.kernel.indicators.registry import indicator
from opscharter.service.hotline.lifecycle import State
from opscharter.service.hotline.models import PhoneCall
from opscharter.service.hotline.outcomes import WITH_TICKET, Direction

AT_ONCE = 300
"""So many seconds after hanging up the matter is on record at the latest."""
DIMENSIONS = {"department": "agent__department_id", "employee": "agent_id", "customer": "customer_id"}


def _calls(**where: Any) -> list[QuerySet[Any]]:
    return [PhoneCall.objects.current().filter(state=State.CLOSED, **where)]


RECORDED_AT_ONCE = indicator(
    "service.calls-recorded-at-once", label=_("Calls recorded as tickets at once"), clause="3.1.2", target=95,
    population=lambda: _calls(outcome__in=WITH_TICKET), numerator=Q(record_seconds__lte=AT_ONCE), when="closed_at",
    dimensions=DIMENSIONS,
)  # fmt: skip
CALLS = indicator(
    "service.calls", label=_("Calls taken"), unit=_("calls"), population=lambda: _calls(direction=Direction.IN),
    when="closed_at", dimensions=DIMENSIONS,
)  # fmt: skip
