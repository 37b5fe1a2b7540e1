"""Assets: a master that the chapters share, shown under chapter 3."""

import datetime as dt

from django.utils.translation import gettext_lazy as _

from opscharter.assets import labels, resources
from opscharter.assets.reconciliation.resources import findings, scans
from opscharter.assets.support import warning
from opscharter.assets.support.resources import ON_ASSET, contracts
from opscharter.assets.types import install_types
from opscharter.customers.chapter import READERS
from opscharter.kernel.access.actor import Reach
from opscharter.kernel.jobs.schedule import Schedule
from opscharter.kernel.resources.site import Chapter, GrantLine, Policy

ALL = Reach.ALL
KEEP = (
    "assets.*",
    "create edit take-into-use maintain return register link correct set-aside finish reopen import comment",
    ALL,
)
GRANTS: dict[str, list[GrantLine]] = {
    **{code: [("assets.*", "view", ALL)] for code in READERS},
    "project-manager": [("assets.*", "view", Reach.CUSTOMER)],
    "customer-contact": [("assets.asset", "view", Reach.CUSTOMER)],
}
for _keeper in ("department-manager", "engineer", "service-manager"):
    GRANTS[_keeper].append(KEEP)
GRANTS["department-manager"].append(("assets.asset", "retire", ALL))
GRANTS["service-manager"].append(("assets.*", "retire archive export import", ALL))

CHAPTER = Chapter(
    code="assets",
    label=_("Assets"),
    under="service",
    resources=[
        resources.assets, resources.relations, contracts, scans, findings, resources.types, resources.details,
    ],
    grants=GRANTS,
    panels={"assets.asset": [ON_ASSET]},
    schedules=[Schedule("assets.warn-of-ends", warning.warn_of_ends, at=dt.time(8, 0))],
    tasks=[warning.contracts_ending],
    urls=labels.URLS,
    setup=[install_types],
    policies=[
        Policy(
            _("Retirement of assets"), "assets.asset", "retire", deadline_hours=72, escalate_to="top-management",
            steps=[{"role": "service-manager", "quorum": 1, "veto": True}],
        ),
    ],
)  # fmt: skip
