"""The check of §1.3.1."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from opscharter.charter.obligations.models import Obligation
from opscharter.kernel import moment
from opscharter.kernel.controls.registry import Measure, check


@check(
    "charter.obligations-reviewed", clause="1.3.1", owner="quality-supervisor",
    label=_("Every obligation is reviewed in time"),
)  # fmt: skip
def obligations_reviewed(parameters: Mapping[str, Any]) -> Measure:
    """Obligations that bind the company; exceptions are late for review, nobody's, or kept by no clause."""
    rows = Obligation.objects.current().filter(state=Obligation.State.IN_FORCE)
    late = Q(review_due_on__lt=moment.today())
    loose = Q(owner__isnull=True) | Q(clauses="")
    return Measure(rows, late | loose, "created_at", _("review overdue, no owner, or no clause"))
