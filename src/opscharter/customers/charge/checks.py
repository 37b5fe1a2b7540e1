"""What is measured of whoever is in charge of customers and contracts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from opscharter.customers.models import Contract
from opscharter.kernel import moment
from opscharter.kernel.controls.registry import Measure, check


@check(
    "contract.project-manager-named", clause="2.2.3", owner="department-manager", target=100,
    label=_("Every running contract has a project manager in service"),
)  # fmt: skip
def project_manager_named(parameters: Mapping[str, Any]) -> Measure:
    """Measure the contracts that run: those without a project manager, or with one who has left."""
    running = Contract.objects.current().filter(state=Contract.State.ACTIVE, starts_on__lte=moment.today())
    gone = Q(project_manager__left_on__lt=moment.today()) | Q(project_manager__archived_at__isnull=False)
    return Measure(
        running, Q(project_manager__isnull=True) | gone, "starts_on", _("no project manager in service is named")
    )
