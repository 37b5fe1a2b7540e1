"""What the default roles may do with team levels and escalation."""

from __future__ import annotations

from opscharter.kernel.access.actor import Reach
from opscharter.kernel.resources.site import GrantLine

ALL, TREE, DEPARTMENT, OWN = Reach.ALL, Reach.DEPARTMENT_TREE, Reach.DEPARTMENT, Reach.OWN
READERS = ("engineer", "technical-support", "hotline", "department-manager", "service-manager", "quality-supervisor")
EDIT = "view create edit archive history comment"
GRANTS: dict[str, list[GrantLine]] = {
    code: [("service.teamlevel", "view", ALL), ("service.clockescalation", "view", ALL)] for code in READERS
}
for _engineer in ("engineer", "technical-support"):
    GRANTS[_engineer] += [("service.teamstay", "view", DEPARTMENT), ("service.teamstay", "view", OWN)]
GRANTS["department-manager"] += [("service.teamlevel", EDIT, TREE), ("service.teamstay", "view export history", TREE)]
GRANTS["service-manager"] += [
    ("service.teamlevel", EDIT, ALL), ("service.clockescalation", EDIT, ALL),
    ("service.teamstay", "view export history", ALL),
]  # fmt: skip
GRANTS["quality-supervisor"] += [("service.teamstay", "view export history", ALL)]
