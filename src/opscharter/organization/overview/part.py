"""Pages over the whole organization: the part's table of contents."""

from __future__ import annotations

from django.urls import path
from django.utils.translation import gettext_lazy as _

from opscharter.kernel.resources.site import Page, Part
from opscharter.organization.overview.pages import ChartPage, MatrixPage, WhyPage, WorkloadPage

PART = Part(
    label=_("Overview"),
    icon="sitemap",
    pages=[
        Page(_("Org chart"), "/organization/chart/", "hierarchy-2",
             lambda actor: not actor.external and actor.may("organization.department", "view")),
        Page(_("Team workload"), "/organization/workload/", "users-group",
             lambda actor: actor.may("organization.employee", "edit")),
        Page(_("Roles and permissions"), "/organization/access/", "shield-lock",
             lambda actor: actor.may("organization.rolegrant", "view")),
        Page(_("What I may see and do"), "/organization/my-access/", "user-question",
             lambda actor: actor.person_id is not None),
    ],
    urls=[
        path("organization/chart/", ChartPage.as_view(), name="org-chart"),
        path("organization/workload/", WorkloadPage.as_view(), name="workload"),
        path("organization/access/", MatrixPage.as_view(), name="access-matrix"),
        path("organization/my-access/", WhyPage.as_view(), name="my-access"),
        path("organization/employees/<int:pk>/access/", WhyPage.as_view(), name="access-of"),
    ],
)  # fmt: skip
