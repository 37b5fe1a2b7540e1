"""What the default roles may do with service reports."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from opscharter.kernel.access.actor import Reach
from opscharter.kernel.resources.site import GrantLine, Policy

ALL, TREE, DEPARTMENT, OWN, CUSTOMER = Reach.ALL, Reach.DEPARTMENT_TREE, Reach.DEPARTMENT, Reach.OWN, Reach.CUSTOMER
REPORT, AGREEMENT = "service.servicereport", "service.reportdefinition"
WRITE = "view create edit comment gather deliver correct history"
READ = "view comment history"


def _grant(actions: str, reach: str, agreement: str = "view") -> list[GrantLine]:
    return [(REPORT, actions, reach), (AGREEMENT, agreement, reach)]


GRANTS: dict[str, list[GrantLine]] = {
    "service-manager": _grant(
        f"{WRITE} review return approve export import archive share-view", ALL,
        "view create edit history archive export import",
    ),
    "project-manager": [*_grant(WRITE, CUSTOMER, "view create edit history"), *_grant(WRITE, OWN)],
    "technical-support": _grant(WRITE, OWN),
    "department-manager": [*_grant(f"{READ} review return export", TREE), *_grant(WRITE, OWN)],
    "engineer": _grant("view comment", DEPARTMENT),
    "quality-supervisor": _grant(f"{READ} review return export", ALL, "view history export"),
    "risk-officer": _grant("view", ALL),
    "customer-contact": [(REPORT, "view comment sign refuse", CUSTOMER)],
}  # fmt: skip

POLICIES = [
    Policy(
        _("Service reports to customers"), REPORT, "approve", deadline_hours=48, escalate_to="top-management",
        steps=[{"role": "service-manager", "quorum": 1, "veto": True}],
    ),
]  # fmt: skip
