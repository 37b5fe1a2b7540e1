"""What the default roles may do with worked time."""

from __future__ import annotations

from opscharter.kernel.access.actor import Reach
from opscharter.kernel.resources.site import GrantLine

ALL, TREE, DEPARTMENT, OWN = Reach.ALL, Reach.DEPARTMENT_TREE, Reach.DEPARTMENT, Reach.OWN


def _grant(actions: str, reach: str) -> list[GrantLine]:
    return [("service.timeentry", actions, reach)]


GRANTS: dict[str, list[GrantLine]] = {
    "engineer": [*_grant("view create edit archive", OWN), *_grant("view", DEPARTMENT)],
    "technical-support": [*_grant("view create edit archive", OWN), *_grant("view", DEPARTMENT)],
    "hotline": _grant("view create edit archive", OWN),
    "department-manager": [*_grant("view edit export history", TREE), *_grant("view create edit archive", OWN)],
    "service-manager": _grant("view create edit archive export import history share-view", ALL),
    "finance": _grant("view export history", ALL),
    "quality-supervisor": _grant("view", ALL),
}
