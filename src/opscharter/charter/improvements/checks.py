"""The check of §1.3.4."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from opscharter.charter.improvements.lifecycle import WORKED_ON, State
from opscharter.charter.improvements.models import Improvement
from opscharter.kernel import moment
from opscharter.kernel.controls.registry import Measure, check


@check(
    "quality.improvements-closed", clause="1.3.4", owner="quality-supervisor", target=90,
    label=_("Improvements are closed in time, with their effect checked"),
)  # fmt: skip
def improvements_closed(parameters: Mapping[str, Any]) -> Measure:
    """Improvements closed or due by now; exceptions are late, or wait too long for the check of their effect."""
    today = moment.today()
    late = Q(state__in=WORKED_ON, due_on__lt=today)
    unchecked = Q(state=State.IMPLEMENTED, effect_due_on__lt=today)
    rows = Improvement.objects.current().filter(Q(state__in=(State.CLOSED, State.IMPLEMENTED)) | late)
    return Measure(rows, late | unchecked, "due_on", _("not closed in time, or its effect is not checked"))
