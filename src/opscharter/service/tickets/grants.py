"""What the default roles may do with tickets."""

from __future__ import annotations

from opscharter.kernel.access.actor import Reach
from opscharter.kernel.resources.site import GrantLine

ALL, TREE, DEPARTMENT, OWN, CUSTOMER = Reach.ALL, Reach.DEPARTMENT_TREE, Reach.DEPARTMENT, Reach.OWN, Reach.CUSTOMER
HANDLE = (
    "view create edit comment history assign accept assess prioritise declare wait resume resolve confirm reopen cancel"
)
HANDLE += " decline merge unmerge"
TICKETS = ("service.incident", "service.servicerequest", "service.teststep")


def tickets(actions: str, reach: Reach) -> list[GrantLine]:
    """Return the same grant for every kind of ticket."""
    return [(record_type, actions, reach) for record_type in TICKETS]


MACROS = "view create edit archive"
GRANTS: dict[str, list[GrantLine]] = {
    "department-manager": [*tickets(f"{HANDLE} export", TREE), *tickets("view", OWN)],
    "project-manager": [*tickets("view comment", CUSTOMER), *tickets("view comment create", OWN)],
    "engineer": [*tickets(HANDLE, DEPARTMENT), *tickets(HANDLE, OWN)],
    "technical-support": [*tickets(HANDLE, DEPARTMENT), *tickets(HANDLE, OWN)],
    "hotline": tickets("view create edit comment assign confirm reopen cancel declare merge unmerge history", ALL),
    "service-manager": tickets(f"{HANDLE} export import archive share-view", ALL),
    "change-manager": tickets("view comment", ALL),
    "quality-supervisor": tickets("view export history", ALL),
    "security-officer": tickets("view", ALL),
    "risk-officer": tickets("view", ALL),
    "customer-contact": [
        *tickets("view comment confirm reopen", CUSTOMER),
        ("service.incident", "create", CUSTOMER),
        ("service.servicerequest", "create", CUSTOMER),
    ],
}
for _role in ("department-manager", "engineer", "technical-support", "hotline", "service-manager"):
    GRANTS[_role].append(("service.macro", "view" if _role in ("engineer", "technical-support") else MACROS, ALL))
