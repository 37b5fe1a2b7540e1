"""What the default roles may do with changes."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from opscharter.kernel.access.actor import Reach
from opscharter.kernel.resources.site import GrantLine, Policy

ALL, TREE, DEPARTMENT, OWN, CUSTOMER = Reach.ALL, Reach.DEPARTMENT_TREE, Reach.DEPARTMENT, Reach.OWN, Reach.CUSTOMER
CHANGE, STEP = "service.change", "service.changetask"
ASK = "view create edit comment submit cancel history"
CARRY_OUT = (
    "assess propose return schedule start start-emergency carry-out finish roll-back rolled-back fail evaluate review"
)
MANAGE = f"{ASK} {CARRY_OUT} approve ratify verify close override export import archive share-view"
PLAN = "view create edit archive history"


def changes(actions: str, reach: Reach, steps: str = "") -> list[GrantLine]:
    """Return a grant on changes and, with `steps`, one on the steps of their plans."""
    return [(CHANGE, actions, reach), *([(STEP, steps, reach)] if steps else [])]


GRANTS: dict[str, list[GrantLine]] = {
    "department-manager": [
        *changes(f"{ASK} {CARRY_OUT} verify close export", TREE, PLAN), *changes(f"{ASK} verify", OWN, "view"),
    ],
    "project-manager": changes("view create comment edit submit cancel", OWN, "view"),
    "engineer": [
        *changes(f"{ASK} {CARRY_OUT} verify", DEPARTMENT, PLAN), *changes(f"{ASK} {CARRY_OUT}", OWN, PLAN),
    ],
    "technical-support": [*changes(f"{ASK} {CARRY_OUT} verify", DEPARTMENT, PLAN), *changes(ASK, OWN, PLAN)],
    "hotline": changes("view comment", ALL, "view"),
    "service-manager": changes(f"{ASK} {CARRY_OUT} verify close export", ALL, PLAN),
    "change-manager": changes(MANAGE, ALL, f"{PLAN} export import"),
    "advisory-board": changes("view comment history", ALL, "view"),
    "quality-supervisor": changes("view comment export history verify", ALL, "view"),
    "security-officer": changes("view comment", ALL, "view"),
    "risk-officer": changes("view", ALL, "view"),
    "customer-contact": changes("view comment agree decline", CUSTOMER),
}  # fmt: skip

BESIDE = ("service.changetemplate", "service.changefreeze", "service.changewindow", "service.boardmeeting")
FOUND, ALTERED = "service.unauthorisedchange", "service.assetalteration"
KEEP = "create edit archive export import history approve revise withdraw hold cancel"
OF_CUSTOMERS = ("service.changefreeze", "service.changewindow")
"""Windows and freezes agreed with a customer: a project manager sees those of the own customers."""
for _code in GRANTS:
    if _code != "customer-contact":
        near = CUSTOMER if _code == "project-manager" else ALL
        GRANTS[_code] += [(each, "view", near if each in OF_CUSTOMERS else ALL) for each in BESIDE]
for _code in ("change-manager", "service-manager"):
    GRANTS[_code] += [*((each, KEEP, ALL) for each in BESIDE), (FOUND, "view create edit explain settle history", ALL)]
for _code in ("change-manager", "service-manager", "security-officer"):
    GRANTS[_code].append((ALTERED, "view create comment explain accept export history", ALL))
GRANTS["quality-supervisor"].append((ALTERED, "view comment accept export history", ALL))
GRANTS["department-manager"].append((ALTERED, "view comment explain history", TREE))
GRANTS["engineer"].append((ALTERED, "view comment", DEPARTMENT))
for _code in ("quality-supervisor", "security-officer"):
    GRANTS[_code].append((FOUND, "view create edit settle history", ALL))
GRANTS["department-manager"].append((FOUND, "view create explain history", TREE))
GRANTS["engineer"].append((FOUND, "view create explain", DEPARTMENT))
GRANTS["customer-contact"] += [("service.changefreeze", "view", CUSTOMER), ("service.changewindow", "view", CUSTOMER)]

POLICIES = [
    Policy(
        _("Standard changes, once for all"), "service.changetemplate", "approve", deadline_hours=120,
        steps=[{"role": "advisory-board", "quorum": 3, "veto": True}],
    ),
    Policy(
        _("Changes of high risk: the advisory board"), CHANGE, "approve", rank=10, conditions=[["risk", ">=", 12]],
        steps=[{"role": "advisory-board", "quorum": 3, "veto": True}], deadline_hours=72,
    ),
    Policy(
        _("Changes of low and medium risk"), CHANGE, "approve", rank=20, deadline_hours=48,
        escalate_to="service-manager", steps=[{"role": "change-manager", "quorum": 1, "veto": True}],
    ),
    Policy(
        _("Emergency changes, afterwards"), CHANGE, "ratify", deadline_hours=24, escalate_to="top-management",
        steps=[{"role": "change-manager", "quorum": 1, "veto": True}],
    ),
]  # fmt: skip
