"""What the default roles may do with telephone calls."""

from __future__ import annotations

from opscharter.kernel.access.actor import Reach
from opscharter.kernel.resources.site import GrantLine

ALL, TREE, OWN, CUSTOMER = Reach.ALL, Reach.DEPARTMENT_TREE, Reach.OWN, Reach.CUSTOMER
LABEL = "service.phonecall"
TAKE = "view create edit comment park go-on hang-up close page take-up"

GRANTS: dict[str, list[GrantLine]] = {
    "hotline": [(LABEL, f"{TAKE} history", ALL)],
    "technical-support": [(LABEL, TAKE, OWN)],
    "department-manager": [(LABEL, "view comment export history", TREE)],
    "project-manager": [(LABEL, "view", CUSTOMER)],
    "service-manager": [(LABEL, f"{TAKE} archive history export import share-view", ALL)],
    "quality-supervisor": [(LABEL, "view export history", ALL)],
}
