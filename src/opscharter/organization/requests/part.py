"""Requests between departments: the part's table of contents."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from opscharter.charter.assurance.owners import end_of
from opscharter.kernel import moment
from opscharter.kernel.access.actor import Actor, Reach
from opscharter.kernel.resources.declaration import Resource, Section, Stage, Text, View
from opscharter.kernel.resources.links import record_url
from opscharter.kernel.resources.site import Part
from opscharter.kernel.resources.tasks import Task
from opscharter.organization.models.department import Department
from opscharter.organization.requests.lifecycle import OPEN, State
from opscharter.organization.requests.models import DepartmentRequest
from opscharter.organization.workload import Load, count_by_person, register

LABEL = "organization.departmentrequest"


def _badges(request: Any) -> list[tuple[Text, str]]:
    return [(_("overdue"), "r")] if request.overdue else []


requests = Resource(
    DepartmentRequest, "department-requests", icon="arrows-left-right",
    columns=["number", "subject", "from_department", "to_department", "handler", "due_on", "state"],
    filters=["state", "from_department", "to_department", "requester", "handler", "due_on"], lead="detail",
    create=["subject", "detail", "from_department", "requester", "to_department", "due_on"],
    form=[
        Section(_("What is asked"), ["subject", "detail", "from_department", "requester", "to_department", "due_on"]),
        Section(_("Answer"), ["handler", "reply"]),
    ],
    facts=["from_department", "requester", "to_department", "handler", "due_on", "answered_at", "refusal", "reply",
           "replied_at"],
    stages=[Stage(_("asked"), (State.ASKED,)), Stage(_("accepted"), (State.ACCEPTED, State.REFUSED)),
            Stage(_("replied"), (State.REPLIED,)), Stage(_("closed"), (State.CLOSED,))],
    views=[
        View("for-us", _("To us"), lambda actor: Q(to_department_id__in=actor.units.get(Reach.DEPARTMENT, ()))),
        View("from-us", _("From us"), lambda actor: Q(from_department_id__in=actor.units.get(Reach.DEPARTMENT, ()))),
        View("late", _("Late"), lambda actor: Q(state__in=OPEN, due_on__lt=moment.today())),
    ],
    choices={
        "requester": lambda actor: Q(left_on__isnull=True), "handler": lambda actor: Q(left_on__isnull=True),
    },
    badges=_badges,
)  # fmt: skip


def requests_to_answer(actor: Actor) -> list[Task]:
    """Return what waits for a person: requests to the department one heads, those taken on, and own ones replied to."""
    headed = Department.objects.current().filter(head_id=actor.person_id).values("pk")
    mine = (
        Q(state=State.ASKED, to_department__in=headed)
        | Q(state=State.ACCEPTED, handler_id=actor.person_id)
        | Q(state__in=(State.REPLIED, State.REFUSED), requester_id=actor.person_id)
    )
    rows = DepartmentRequest.objects.current().filter(mine).order_by("due_on", "pk")[:40]
    kind = DepartmentRequest._meta.verbose_name or ""
    return [Task(str(row), kind, record_url(row), "2.2.2", end_of(row.due_on)) for row in rows]


def _load(people: Any) -> dict[int, Load]:
    return count_by_person(DepartmentRequest, "handler_id", people, Q(state=State.ACCEPTED), "due_on")


register(_("cross-department requests"), LABEL, _load)

ALL, TREE, DEPARTMENT, OWN = Reach.ALL, Reach.DEPARTMENT_TREE, Reach.DEPARTMENT, Reach.OWN
PART = Part(
    label=_("Between departments"),
    icon="arrows-left-right",
    resources=[requests],
    grants={
        "everyone": [(LABEL, "view create", DEPARTMENT), (LABEL, "view comment edit reply close ask-again", OWN)],
        "department-manager": [(LABEL, "view create edit comment accept refuse reply close ask-again history", TREE)],
        "service-manager": [(LABEL, "view comment accept refuse reply close export", TREE)],
        "quality-supervisor": [(LABEL, "view export history", ALL)],
    },
    tasks=[requests_to_answer],
)
