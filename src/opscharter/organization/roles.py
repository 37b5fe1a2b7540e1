"""The roles every installation begins with, and what each may do. A company edits them in the browser afterwards.

A line reads: record type, actions, reach. `service.*` is a whole chapter, `*` everything.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from opscharter.kernel.access.actor import Reach

ALL, TREE, DEPARTMENT, OWN, CUSTOMER = Reach.ALL, Reach.DEPARTMENT_TREE, Reach.DEPARTMENT, Reach.OWN, Reach.CUSTOMER

NAMES = {
    "top-management": _("top management"),
    "department-manager": _("department manager"),
    "project-manager": _("project manager"),
    "engineer": _("O&M engineer"),
    "technical-support": _("technical support"),
    "hotline": _("hotline agent"),
    "service-manager": _("service manager"),
    "change-manager": _("change manager"),
    "quality-supervisor": _("quality supervisor"),
    "security-officer": _("security officer"),
    "hr": _("human resources"),
    "finance": _("finance"),
    "risk-officer": _("risk officer"),
    "auditor": _("auditor"),
    "customer-contact": _("customer contact"),
    "administrator": _("administrator"),
}

Line = tuple[str, str, Reach]

READ = "view"
HANDLE = "view create edit comment assign accept assess declare wait resume resolve confirm reopen cancel history"
DIRECTORY: list[Line] = [
    ("organization.department", READ, ALL), ("organization.employee", READ, ALL), ("organization.post", READ, ALL),
    ("organization.assignment", READ, OWN), ("organization.delegation", "view create edit", OWN),
    ("charter.*", READ, ALL), ("kernel.businesscalendar", READ, ALL), ("kernel.calendarday", READ, ALL),
]  # fmt: skip
"""What every employee may see: who is where, the regulation, the calendars."""

MASTERS: list[Line] = [("customers.*", READ, ALL), ("assets.*", READ, ALL)]
TICKETS = ("service.incident", "service.servicerequest", "service.teststep")


def tickets(actions: str, reach: Reach) -> list[Line]:
    """Return the same grant for every kind of ticket."""
    return [(record_type, actions, reach) for record_type in TICKETS]


GRANTS: dict[str, list[Line]] = {
    "top-management": [*DIRECTORY, ("*", "view export history", ALL)],
    "department-manager": [
        *DIRECTORY, *MASTERS, *tickets(f"{HANDLE} export", TREE), *tickets(READ, OWN),
        ("organization.assignment", READ, TREE), ("organization.employee", "edit", TREE),
        ("assets.*", "create edit take-into-use maintain return retire", ALL),
    ],
    "project-manager": [*DIRECTORY, *MASTERS, *tickets("view comment create", TREE)],
    "engineer": [
        *DIRECTORY, *MASTERS, *tickets(HANDLE, DEPARTMENT), *tickets(HANDLE, OWN),
        ("assets.*", "create edit take-into-use maintain return", ALL),
    ],
    "technical-support": [*DIRECTORY, *MASTERS, *tickets(HANDLE, DEPARTMENT), *tickets(HANDLE, OWN)],
    "hotline": [
        *DIRECTORY, *MASTERS, *tickets("view create edit comment assign confirm reopen cancel declare history", ALL),
        ("customers.contact", "create edit", ALL),
    ],
    "service-manager": [
        *DIRECTORY, *MASTERS, *tickets(f"{HANDLE} export import archive share-view", ALL),
        ("customers.*", "create edit archive export import activate end share-view", ALL),
        ("assets.*", "create edit archive export import take-into-use maintain return retire", ALL),
        ("kernel.businesscalendar", "create edit", ALL), ("kernel.calendarday", "create edit", ALL),
        ("kernel.controlsetting", "create", ALL), ("kernel.controlexception", "create", ALL),
        ("charter.checkresult", "create", ALL),
    ],
    "change-manager": [*DIRECTORY, *MASTERS, *tickets(f"{READ} comment", ALL)],
    "quality-supervisor": [
        *DIRECTORY, *MASTERS, *tickets("view export history", ALL),
        ("charter.checkresult", "create", ALL), ("kernel.guarddecision", READ, ALL),
    ],
    "security-officer": [*DIRECTORY, *MASTERS, *tickets(READ, ALL), ("kernel.auditentry", READ, ALL)],
    "hr": [
        *DIRECTORY, ("organization.employee", "create edit archive export import", ALL),
        ("organization.post", "create edit archive", ALL), ("organization.department", "create edit archive", ALL),
        ("organization.assignment", "view create edit", ALL), ("organization.delegation", "view create edit", ALL),
    ],
    "finance": [*DIRECTORY, *MASTERS, ("customers.contract", "view export", ALL)],
    "risk-officer": [*DIRECTORY, *MASTERS, *tickets(READ, ALL)],
    "auditor": [("*", "view export history", ALL)],
    "customer-contact": [
        *tickets("view comment confirm reopen", CUSTOMER), ("customers.customer", READ, CUSTOMER),
        ("customers.contact", READ, CUSTOMER), ("customers.contract", READ, CUSTOMER),
        ("customers.service", READ, ALL), ("assets.asset", READ, CUSTOMER),
    ],
    "administrator": [("*", "*", ALL)],
}  # fmt: skip
