"""The checks of §3.5: reports arrive in time, suggestions are followed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from opscharter.charter.improvements.lifecycle import WORKED_ON
from opscharter.charter.improvements.lifecycle import State as ImprovementState
from opscharter.charter.improvements.models import Improvement
from opscharter.kernel import moment
from opscharter.kernel.controls.registry import Measure, Parameter, check
from opscharter.kernel.indicators.registry import indicator
from opscharter.service.reports.models import ServiceReport

Parameters = Mapping[str, Any]
LATE = Q(delivered_on__gt=F("due_on"))


def _first_versions() -> Any:
    """Return the first version of every report: a correction is not late because it corrects."""
    return ServiceReport.objects.current().filter(revision=1)


@check(
    "report.delivered-on-time", clause="3.5.1", owner="service-manager", target=95,
    label=_("Service reports are delivered on time"),
)  # fmt: skip
def delivered_on_time(parameters: Parameters) -> Measure:
    """Reports delivered or due by now; exceptions came late or have not been delivered."""
    overdue = Q(delivered_on__isnull=True, due_on__lt=moment.today())
    rows = _first_versions().filter(Q(delivered_on__isnull=False) | overdue)
    return Measure(rows, LATE | overdue, "due_on", _("delivered too late, or not yet"))


@check(
    "report.suggestions-followed", clause="3.5.2", owner="service-manager", target=90,
    label=_("Suggestions are followed up"),
    parameters={"decide_days": Parameter(35, _("days"), _("decided within"))},
)  # fmt: skip
def suggestions_followed(parameters: Parameters) -> Measure:
    """Suggestions from reports and analyses; exceptions nobody decided in time, nobody owns, or are late."""
    today = moment.today()
    decided_by = moment.now() - dt.timedelta(days=parameters["decide_days"])
    rows = Improvement.objects.current().filter(
        Q(source=Improvement.Source.ANALYSIS) | Q(source_type=ServiceReport._meta.label_lower)
    )
    undecided = Q(state=ImprovementState.PROPOSED, created_at__lt=decided_by)
    late = Q(state__in=WORKED_ON, due_on__lt=today) | Q(state__in=WORKED_ON, owner__isnull=True)
    unproven = Q(state=ImprovementState.IMPLEMENTED, effect_due_on__lt=today)
    return Measure(rows, undecided | late | unproven, "created_at", _("not decided, not owned, or late"))


ON_TIME = indicator(
    "service.reports-on-time", label=_("Service reports delivered on time"), clause="3.5.1", target=95,
    population=lambda: [_first_versions().filter(delivered_on__isnull=False)],
    numerator=Q(delivered_on__lte=F("due_on")), when="delivered_at",
    dimensions={"customer": "customer_id", "employee": "author_id", "department": "customer__team_id"},
)  # fmt: skip
