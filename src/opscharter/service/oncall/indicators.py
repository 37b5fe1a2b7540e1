"""The figures of on-call duty."""

from __future__ import annotations

from django.db.models import Avg, Q
from django.utils.translation import gettext_lazy as _

from opscharter.kernel.indicators.registry import indicator
from opscharter.service.oncall.models import Callout, ShiftHandover

State = ShiftHandover.State
DECIDED = (State.ACCEPTED, State.REFUSED)

HANDOVER_ACCEPTANCE = indicator(
    "service.handover-acceptance", label=_("Hand-overs accepted at once"), clause="1.3.3", target=90,
    population=lambda: [ShiftHandover.objects.current().filter(state__in=DECIDED)],
    numerator=Q(state=State.ACCEPTED, refusals=0), when="decided_at",
    dimensions={"department": "roster__team_id", "employee": "outgoing_id"},
)  # fmt: skip
ANSWER_TIME = indicator(
    "service.on-call-answer-time", label=_("Mean time to answer a page"), unit=_("minutes"), direction="down",
    population=lambda: [Callout.objects.current().filter(answer_seconds__isnull=False)], when="called_at",
    dimensions={"department": "team_id", "employee": "answered_by_id"}, aggregate=Avg("answer_seconds"), scale=1 / 60,
)  # fmt: skip
