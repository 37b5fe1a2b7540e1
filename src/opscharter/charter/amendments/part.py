"""Amending the regulation, as the chapter lists it."""

import datetime as dt

from django.urls import path
from django.utils.translation import gettext_lazy as _

from opscharter.charter.amendments import effects, pages, resources
from opscharter.kernel.access.actor import Reach
from opscharter.kernel.jobs.schedule import Schedule
from opscharter.kernel.resources.site import Part, Policy

ALL = Reach.ALL

PART = Part(
    label=_("Amendments"),
    icon="git-compare",
    resources=[resources.editions, resources.rehearsals],
    grants={
        "everyone": [("charter.edition", "view", ALL), ("charter.rehearsal", "view", ALL)],
        "quality-supervisor": [
            ("charter.edition", "create edit comment publish withdraw history export", ALL),
            ("charter.clause", "create edit import archive history export", ALL),
            ("charter.rehearsal", "create export", ALL),
        ],
        "top-management": [("charter.edition", "comment publish", ALL)],
    },
    policies=[
        Policy(
            _("Amendment of the regulation"), "charter.edition", "publish",
            [{"role": "top-management", "quorum": 1, "veto": True}], deadline_hours=120,
        ),
    ],
    schedules=[Schedule("charter.take-effect", effects.take_due_editions, at=dt.time(0, 1))],
    urls=[
        path("regulation/drafts/", pages.StartPage.as_view(), name="start-draft"),
        path("regulation/drafts/<int:pk>/", pages.DeskPage.as_view(), name="draft"),
        path("regulation/drafts/<int:pk>/redline/", pages.RedlinePage.as_view(), name="redline"),
        path("regulation/drafts/<int:pk>/rehearse/", pages.RehearsePage.as_view(), name="rehearse"),
        path("regulation/drafts/<int:pk>/clauses/", pages.AddClausePage.as_view(), name="draft-add"),
        path("regulation/drafts/<int:pk>/clauses/<str:number>/", pages.WordingPage.as_view(), name="draft-clause"),
        path("regulation/drafts/<int:pk>/clauses/<str:number>/remove/", pages.RemoveClausePage.as_view(),
             name="draft-remove"),
        path("regulation/drafts/<int:pk>/controls/<str:control>/", pages.ControlPage.as_view(), name="draft-control"),
    ],
)  # fmt: skip
