"""What the default roles may do with rosters, pages and hand-overs."""

from __future__ import annotations

from opscharter.kernel.access.actor import Reach
from opscharter.kernel.resources.site import GrantLine

ALL, TREE, OWN = Reach.ALL, Reach.DEPARTMENT_TREE, Reach.OWN
ROSTERS = ("roster", "rostershift", "shiftmember", "escalationstep")
READERS = ("engineer", "technical-support", "hotline", "project-manager", "change-manager", "quality-supervisor",
           "risk-officer", "department-manager", "service-manager")  # fmt: skip


def _rosters(actions: str, reach: str) -> list[GrantLine]:
    return [(f"service.{name}", actions, reach) for name in ROSTERS]


GRANTS: dict[str, list[GrantLine]] = {
    code: [
        *_rosters("view", ALL), ("service.rosteroverride", "view", ALL), ("service.callout", "view", ALL),
        ("service.shifthandover", "view", ALL),
    ]
    for code in READERS
}  # fmt: skip
for _engineer in ("engineer", "technical-support"):
    GRANTS[_engineer] += [
        ("service.callout", "answer comment", ALL), ("service.rosteroverride", "create edit", OWN),
        ("service.shifthandover", "create", ALL), ("service.shifthandover", "edit offer accept refuse comment", OWN),
    ]  # fmt: skip
for _manager, _reach in (("department-manager", TREE), ("service-manager", ALL)):
    GRANTS[_manager] += [
        *_rosters("create edit archive history comment", _reach),
        ("service.rosteroverride", "create edit archive history", _reach),
        ("service.callout", "answer end comment history export", _reach),
        ("service.shifthandover", "create edit offer comment history export archive", _reach),
        ("service.shifthandover", "accept refuse", OWN),
    ]
GRANTS["hotline"] += [("service.callout", "end comment", ALL)]
