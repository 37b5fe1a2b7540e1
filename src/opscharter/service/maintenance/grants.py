"""What the default roles may do with maintenance."""

from __future__ import annotations

from opscharter.kernel.access.actor import Reach
from opscharter.kernel.resources.site import GrantLine

ALL, TREE, DEPARTMENT, OWN, CUSTOMER = Reach.ALL, Reach.DEPARTMENT_TREE, Reach.DEPARTMENT, Reach.OWN, Reach.CUSTOMER
PLANS = ("service.maintenanceplan", "service.planstep")
ORDERS = ("service.workorder", "service.orderitem")
WORK = "view edit comment assign start complete skip history"
MANAGE = "view create edit archive history comment export import share-view"


def _each(kinds: tuple[str, ...], actions: str, reach: str) -> list[GrantLine]:
    return [(kind, actions, reach) for kind in kinds]


GRANTS: dict[str, list[GrantLine]] = {
    role: [*_each(PLANS, "view", DEPARTMENT), *_each(ORDERS, WORK, DEPARTMENT), *_each(ORDERS, WORK, OWN)]
    for role in ("engineer", "technical-support")
} | {
    "department-manager": [*_each(PLANS, MANAGE, TREE), *_each(ORDERS, f"{WORK} export", TREE)],
    "service-manager": [*_each(PLANS, MANAGE, ALL), *_each(ORDERS, f"{WORK} export archive share-view", ALL)],
    "project-manager": [*_each(PLANS, "view", CUSTOMER), *_each(ORDERS, "view comment", CUSTOMER)],
    "quality-supervisor": [*_each(PLANS, "view history", ALL), *_each(ORDERS, "view export history", ALL)],
    "change-manager": [*_each(PLANS, "view", ALL), *_each(ORDERS, "view", ALL)],
    "risk-officer": _each(ORDERS, "view", ALL),
    "hotline": _each(ORDERS, "view", ALL),
}
