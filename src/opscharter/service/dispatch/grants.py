"""What the default roles may do with skills and assignment rules."""

from __future__ import annotations

from opscharter.kernel.access.actor import Reach
from opscharter.kernel.resources.site import GrantLine

ALL, TREE, OWN = Reach.ALL, Reach.DEPARTMENT_TREE, Reach.OWN
READERS = ("engineer", "technical-support", "hotline", "department-manager", "service-manager", "quality-supervisor",
           "project-manager", "change-manager")  # fmt: skip
EDIT = "view create edit archive history comment"
GRANTS: dict[str, list[GrantLine]] = {
    code: [("service.skill", "view", ALL), ("service.employeeskill", "view", ALL)] for code in READERS
}
for _reader in ("engineer", "technical-support", "hotline", "department-manager", "quality-supervisor"):
    GRANTS[_reader] += [("service.assignmentrule", "view", ALL)]
GRANTS["department-manager"] += [("service.employeeskill", f"{EDIT} export", TREE)]
GRANTS["service-manager"] += [
    ("service.skill", EDIT, ALL), ("service.employeeskill", f"{EDIT} export import", ALL),
    ("service.assignmentrule", EDIT, ALL),
]  # fmt: skip
