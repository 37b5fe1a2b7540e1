"""The checks of problems: repeats are looked into, reviews are kept."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from opscharter.kernel import moment
from opscharter.kernel.controls.registry import Measure, Parameter, check
from opscharter.service.problems.lifecycle import OPEN, ProblemState
from opscharter.service.problems.models import Problem

Parameters = Mapping[str, Any]


@check(
    "problem.repeats-examined", clause="3.3.2", owner="service-manager", target=90,
    label=_("Repeated incidents are looked into"),
    parameters={
        "repeats": Parameter(3, _("incidents"), _("raised from")),
        "within_days": Parameter(30, _("days"), _("counted within")),
        "begin_days": Parameter(5, _("days"), _("looked into within")),
    },
)  # fmt: skip
def repeats_examined(parameters: Parameters) -> Measure:
    """Problems raised from repeats; exceptions nobody has begun to analyse within the days allowed."""
    rows = Problem.objects.current().filter(origin=Problem.Origin.REPEATS)
    allowed = moment.now() - dt.timedelta(days=parameters["begin_days"])
    late = Q(state=ProblemState.NEW, opened_at__lt=allowed)
    return Measure(rows, late, "opened_at", _("nobody has begun to look into it"))


@check(
    "problem.reviewed-in-time", clause="3.3.2", owner="service-manager", target=90,
    label=_("Open problems are reviewed in time"),
)  # fmt: skip
def reviewed_in_time(parameters: Parameters) -> Measure:
    """Problems under analysis and known errors; exceptions are past their day of review or have none."""
    rows = Problem.objects.current().filter(state__in=OPEN).exclude(state=ProblemState.NEW)
    late = Q(review_on__lt=moment.today()) | Q(review_on__isnull=True)
    return Measure(rows, late, "opened_at", _("past its day of review"))


@check(
    "problem.cause-found", clause="3.3.2", owner="engineer", target=95, label=_("Solved problems say their root cause"),
)  # fmt: skip
def cause_found(parameters: Parameters) -> Measure:
    """Problems solved or closed; exceptions do not say root cause and solution."""
    rows = Problem.objects.current().filter(state__in=[ProblemState.RESOLVED, ProblemState.CLOSED])
    rows = rows.filter(resolved_at__gte=F("opened_at"))
    return Measure(rows, Q(root_cause="") | Q(solution=""), "resolved_at", _("root cause or solution missing"))
