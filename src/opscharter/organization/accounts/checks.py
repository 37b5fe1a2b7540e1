"""What is measured of accounts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from opscharter.kernel import moment
from opscharter.kernel.controls.registry import Measure, check
from opscharter.organization.models import Employee


@check(
    "organization.accounts-of-leavers", clause="2.1.1", owner="hr",
    label=_("Whoever has left can sign in no more"),
)  # fmt: skip
def accounts_of_leavers(parameters: Mapping[str, Any]) -> Measure:
    """Measure everyone who has an account: those who have left, and whose account is still open."""
    holders = Employee.objects.filter(user__isnull=False)
    late = Q(left_on__lt=moment.today(), user__is_active=True)
    return Measure(holders, late, "joined_on", _("has left, and the account is still open"))
