"""The management review: the part's table of contents."""

from __future__ import annotations

from django.db.models import Q
from django.urls import path
from django.utils.translation import gettext_lazy as _

from opscharter.charter.assurance.owners import end_of
from opscharter.kernel.access.actor import Actor, Reach
from opscharter.kernel.resources.declaration import Panel, Resource, Stage, View
from opscharter.kernel.resources.links import record_url
from opscharter.kernel.resources.site import Part
from opscharter.kernel.resources.tasks import Task
from opscharter.organization.reviews.models import ManagementReview, State
from opscharter.organization.reviews.pages import ReviewDocument, content_of

LABEL = "organization.managementreview"
reviews = Resource(
    ManagementReview, "management-reviews", icon="presentation-analytics",
    columns=["number", "month", "planned_on", "chair", "held_at", "state"], filters=["state", "chair", "planned_on"],
    create=["month", "planned_on", "chair", "attendees"],
    form=["month", "planned_on", "chair", "attendees", "minutes", "conclusions"],
    facts=["month", "planned_on", "chair", "attendees", "held_at", "minutes", "conclusions", "content_hash"],
    stages=[Stage(_("in preparation"), (State.PREPARED,)), Stage(_("held"), (State.HELD,))],
    views=[View("open", _("In preparation"), lambda actor: Q(state=State.PREPARED))],
    panels=[Panel(_("What the review looks at"), "organization/review.html", content_of, place="main")],
)  # fmt: skip


def reviews_to_hold(actor: Actor) -> list[Task]:
    """Return the reviews that a person is to chair."""
    rows = ManagementReview.objects.current().filter(chair_id=actor.person_id, state=State.PREPARED)
    kind = ManagementReview._meta.verbose_name or ""
    return [
        Task(str(row), kind, record_url(row), "2.2.1", end_of(row.planned_on))
        for row in rows.order_by("planned_on")[:12]
    ]


ALL = Reach.ALL
PART = Part(
    label=_("Management review"),
    icon="presentation-analytics",
    resources=[reviews],
    grants={
        "top-management": [(LABEL, "view create edit comment hold history", ALL)],
        "service-manager": [(LABEL, "view create edit comment", ALL)],
        "department-manager": [(LABEL, "view comment", ALL)],
        "quality-supervisor": [(LABEL, "view create edit comment export history", ALL)],
        "risk-officer": [(LABEL, "view", ALL)],
        "security-officer": [(LABEL, "view", ALL)],
        "finance": [(LABEL, "view", ALL)],
    },
    tasks=[reviews_to_hold],
    urls=[
        path("organization/management-reviews/<int:pk>/document/", ReviewDocument.as_view(), name="review-document"),
    ],
)
