"""What the default roles may do with the forms of catalogue items."""

from __future__ import annotations

from opscharter.kernel.access.actor import Reach
from opscharter.kernel.resources.site import GrantLine

LABEL = "service.cataloguefield"
READERS = (
    "department-manager", "engineer", "technical-support", "hotline", "project-manager", "change-manager",
    "quality-supervisor", "customer-contact",
)  # fmt: skip
GRANTS: dict[str, list[GrantLine]] = {code: [(LABEL, "view", Reach.ALL)] for code in READERS}
GRANTS["service-manager"] = [(LABEL, "view create edit archive history export import share-view", Reach.ALL)]
