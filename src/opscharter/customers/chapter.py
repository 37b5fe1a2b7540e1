"""Customers: a master that the chapters share, shown under chapter 3."""

from django.utils.translation import gettext_lazy as _

from opscharter.customers import resources
from opscharter.customers.charge import checks
from opscharter.customers.deadlines.pages import URLS as DEADLINE_URLS
from opscharter.customers.deadlines.pages import may_explain
from opscharter.customers.feedback.part import PART as FEEDBACK
from opscharter.customers.packs.part import PART as PACKS
from opscharter.kernel.access.actor import Reach
from opscharter.kernel.resources.site import Chapter, GrantLine, Page

CONTROLS = (checks,)
ALL, CUSTOMER = Reach.ALL, Reach.CUSTOMER
READERS = (
    "department-manager", "engineer", "technical-support", "hotline", "service-manager",
    "change-manager", "quality-supervisor", "security-officer", "finance", "risk-officer",
)  # fmt: skip
"""The roles that know every customer; a project manager knows those of the own contracts and accounts."""
MASTERS = ("customers.customer", "customers.contact", "customers.contract", "customers.slatarget", "customers.service")
"""What every reader knows; feedback goes to whom it is routed."""
GRANTS: dict[str, list[GrantLine]] = {
    **{code: [(label, "view", ALL) for label in MASTERS] for code in READERS},
    "project-manager": [("customers.*", "view", CUSTOMER), ("customers.service", "view", ALL)],
    "customer-contact": [
        ("customers.customer", "view", CUSTOMER), ("customers.contact", "view", CUSTOMER),
        ("customers.contract", "view", CUSTOMER), ("customers.service", "view", ALL),
    ],
}  # fmt: skip
GRANTS["hotline"].append(("customers.contact", "create edit", ALL))
GRANTS["service-manager"].append(("customers.*", "create edit archive export import activate end share-view", ALL))
GRANTS["finance"].append(("customers.contract", "view export", ALL))

CHAPTER = Chapter(
    code="customers",
    label=_("Customers"),
    under="service",
    parts=[FEEDBACK, PACKS],
    grants=GRANTS,
    pages=[Page(_("Explain a deadline"), "/customers/explain-a-deadline/", "hourglass", may_explain)],
    urls=DEADLINE_URLS,
    resources=[
        resources.customers,
        resources.contacts,
        resources.contracts,
        resources.levels,
        resources.services,
    ],
)
