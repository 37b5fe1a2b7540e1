"""What the default roles may do with alerts."""

from __future__ import annotations

from opscharter.kernel.access.actor import Reach
from opscharter.kernel.resources.site import GrantLine

ALL, TREE, DEPARTMENT, CUSTOMER = Reach.ALL, Reach.DEPARTMENT_TREE, Reach.DEPARTMENT, Reach.CUSTOMER
SETUP = ("service.alertsource", "service.alertrule")
MANAGE = "view create edit archive history comment export import share-view"


def _setup(actions: str, reach: str) -> list[GrantLine]:
    return [(record_type, actions, reach) for record_type in SETUP]


GRANTS: dict[str, list[GrantLine]] = {
    "engineer": [*_setup("view", ALL), ("service.alert", "view edit comment", DEPARTMENT)],
    "technical-support": [*_setup("view", ALL), ("service.alert", "view edit comment", DEPARTMENT)],
    "department-manager": [
        *_setup("view", ALL), ("service.alert", "view edit comment history export", TREE),
        ("service.majorcandidate", "view comment", ALL),
    ],
    "service-manager": [
        *_setup(MANAGE, ALL), ("service.alert", "view edit comment history export archive share-view", ALL),
        ("service.majorcandidate", "view edit comment history export archive declare dismiss", ALL),
    ],
    "hotline": [
        ("service.alert", "view edit comment", ALL), ("service.majorcandidate", "view comment declare dismiss", ALL),
    ],
    "project-manager": [("service.alert", "view", CUSTOMER)],
    "quality-supervisor": [
        *_setup("view history", ALL), ("service.alert", "view export history", ALL),
        ("service.majorcandidate", "view export history", ALL),
    ],
    "risk-officer": [("service.alert", "view", ALL), ("service.majorcandidate", "view", ALL)],
    "security-officer": [*_setup("view", ALL), ("service.alert", "view", ALL)],
}  # fmt: skip
