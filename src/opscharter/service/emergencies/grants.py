"""What the default roles may do in emergencies."""

from __future__ import annotations

from opscharter.kernel.access.actor import Reach
from opscharter.kernel.resources.site import GrantLine

ALL, TREE, DEPARTMENT, OWN = Reach.ALL, Reach.DEPARTMENT_TREE, Reach.DEPARTMENT, Reach.OWN
RUN = "view edit comment history tell close hand-over resume review"
TASK = "view create edit done skip pass-on comment"
PREPARE = "view create edit comment history archive put-into-force revise retire"
READERS = (
    "project-manager", "hotline", "change-manager", "quality-supervisor", "security-officer", "risk-officer",
    "engineer", "technical-support", "department-manager",
)  # fmt: skip


def _run(reach: str) -> list[GrantLine]:
    return [("service.emergency", RUN, reach), ("service.emergencytask", TASK, reach)]


GRANTS: dict[str, list[GrantLine]] = {
    code: [("service.contingencyplan", "view", ALL), ("service.contingencystep", "view", ALL)] for code in READERS
}
for _engineer in ("engineer", "technical-support"):
    GRANTS[_engineer] += [*_run(DEPARTMENT), *_run(OWN)]
GRANTS["department-manager"] += [
    *_run(TREE), *_run(OWN), ("service.contingencyplan", PREPARE, ALL), ("service.contingencystep", PREPARE, ALL),
]  # fmt: skip
GRANTS["hotline"] += [("service.emergency", "view comment tell", ALL), ("service.emergencytask", "view", ALL),
                      ("service.emergencytask", TASK, OWN)]  # fmt: skip
# A change manager may look after customers too, and is then given the account manager's tasks.
GRANTS["change-manager"] += [("service.emergency", "view comment", OWN), ("service.emergencytask", TASK, OWN)]
GRANTS["quality-supervisor"] += [
    ("service.emergency", "view export history", ALL),
    ("service.emergencytask", "view", ALL),
]
GRANTS["risk-officer"] += [("service.emergency", "view", ALL)]
GRANTS["security-officer"] += [("service.emergency", "view", ALL)]
GRANTS["service-manager"] = [
    *_run(ALL), ("service.contingencyplan", f"{PREPARE} export import share-view", ALL),
    ("service.contingencystep", f"{PREPARE} export import", ALL),
    ("service.emergency", "archive export share-view", ALL),
    ("service.emergencytask", "archive export", ALL),
]  # fmt: skip
