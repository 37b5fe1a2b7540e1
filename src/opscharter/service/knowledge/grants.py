"""What the default roles may do with knowledge."""

from __future__ import annotations

from opscharter.kernel.access.actor import Reach
from opscharter.kernel.resources.site import GrantLine

ALL, CUSTOMER = Reach.ALL, Reach.CUSTOMER
WRITE = "view create edit comment history submit revise"
REVIEW = f"{WRITE} publish send-back prolong retire archive"


def _grant(actions: str, reach: str = ALL) -> list[GrantLine]:
    return [("service.article", actions, reach)]


GRANTS: dict[str, list[GrantLine]] = {
    "engineer": _grant(WRITE),
    "technical-support": _grant(WRITE),
    "hotline": _grant(WRITE),
    "department-manager": _grant(REVIEW),
    "service-manager": _grant(f"{REVIEW} export import share-view"),
    "quality-supervisor": _grant("view comment export history publish send-back"),
    "project-manager": _grant("view"),
    "change-manager": _grant("view comment"),
    "security-officer": _grant("view comment"),
    "risk-officer": _grant("view"),
    "customer-contact": _grant("view", CUSTOMER),
}
