"""What the default roles may do with problems."""

from __future__ import annotations

from opscharter.kernel.access.actor import Reach
from opscharter.kernel.resources.site import GrantLine

ALL, TREE, DEPARTMENT, OWN = Reach.ALL, Reach.DEPARTMENT_TREE, Reach.DEPARTMENT, Reach.OWN
WORK = "view create edit comment history analyse know resolve review cancel reopen"


def _grant(actions: str, reach: str) -> list[GrantLine]:
    return [("service.problem", actions, reach)]


GRANTS: dict[str, list[GrantLine]] = {
    "engineer": [*_grant(WORK, DEPARTMENT), *_grant(WORK, OWN)],
    "technical-support": [*_grant(WORK, DEPARTMENT), *_grant(WORK, OWN)],
    "department-manager": [*_grant(f"{WORK} close export", TREE), *_grant(WORK, OWN)],
    "service-manager": _grant(f"{WORK} close export import archive share-view", ALL),
    "change-manager": _grant("view comment", ALL),
    "quality-supervisor": _grant("view export history", ALL),
    "hotline": _grant("view", ALL),
    "risk-officer": _grant("view", ALL),
    "security-officer": _grant("view", ALL),
}
