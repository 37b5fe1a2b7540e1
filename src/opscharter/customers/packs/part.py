"""Compliance packs: the part's table of contents."""

from __future__ import annotations

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from opscharter.customers.packs.models import CompliancePack, State
from opscharter.customers.packs.pages import CUSTOMER_PANEL, FILE, FILE_PANEL, LABEL, PackFilePage, PackFileView
from opscharter.kernel.access.actor import Reach
from opscharter.kernel.resources.declaration import Resource, View
from opscharter.kernel.resources.site import Part

packs = Resource(
    CompliancePack, "compliance-packs", icon="package-export",
    columns=["number", "customer", "period", "language", "built_at", "state"],
    filters=["customer", "state", "built_at"],
    form=["customer", "period", "language"],
    facts=["customer", "period", "language", "edition", "built_at", "sha256", "manifest", "problem"],
    views=[View("company", _("Whole company"), lambda actor: Q(customer__isnull=True)),
           View("failed", _("Failed"), lambda actor: Q(state=State.FAILED))],
    panels=[FILE_PANEL], pages={FILE: PackFilePage}, api={FILE: PackFileView},
)  # fmt: skip

ORDER = "view create comment export history"
PART = Part(
    label=_("Compliance packs"),
    icon="package-export",
    resources=[packs],
    grants={
        "service-manager": [(LABEL, ORDER, Reach.ALL)],
        "quality-supervisor": [(LABEL, ORDER, Reach.ALL)],
        "security-officer": [(LABEL, ORDER, Reach.ALL)],
        "project-manager": [(LABEL, ORDER, Reach.CUSTOMER)],
    },
    panels={"customers.customer": [CUSTOMER_PANEL]},
)
