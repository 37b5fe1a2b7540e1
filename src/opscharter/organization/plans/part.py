"""Plans of departments: the part's table of contents."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from opscharter.charter.assurance.owners import end_of
from opscharter.kernel import moment
from opscharter.kernel.access.actor import Actor, Reach
from opscharter.kernel.resources.declaration import Panel, Resource, Section, Stage, View
from opscharter.kernel.resources.links import list_url, record_url
from opscharter.kernel.resources.site import Part, site
from opscharter.kernel.resources.tasks import Task
from opscharter.organization.aim_form import AimForm
from opscharter.organization.aims import FIGURE, aim_of
from opscharter.organization.plans import checks
from opscharter.organization.plans.lifecycle import ItemState, State
from opscharter.organization.plans.models import DepartmentPlan, PlanItem
from opscharter.organization.workload import Load, count_by_person, register

CONTROLS = (checks,)
PLAN, ITEM = "organization.departmentplan", "organization.planitem"


def _items_of(plan: Any, actor: Actor) -> Mapping[str, Any]:
    rows = PlanItem.objects.visible_to(actor).current().filter(plan=plan).select_related("assignee", "goal")
    lines = [
        (row, aim_of(row.indicator, row.target, plan.months, plan.department_id, actor))
        for row in rows.order_by("due_on", "pk")
    ]
    add = f"{list_url(site.resource(ITEM))}new/?plan={plan.pk}" if actor.may(ITEM, "create") else ""
    return {"lines": lines, "add_url": add, "today": moment.today()}


plans = Resource(
    DepartmentPlan, "plans", icon="calendar-stats",
    columns=["number", "department", "period", "owner", "starts_on", "ends_on", "state"],
    filters=["state", "department", "owner", "starts_on"], lead="summary",
    create=["department", "period", "summary", "owner"], form=["department", "period", "summary", "owner", "review"],
    facts=["department", "period", "owner", "starts_on", "ends_on", "submitted_by", "approved_by", "approved_on",
           "review"],
    stages=[Stage(_("draft"), (State.DRAFT,)), Stage(_("submitted"), (State.SUBMITTED,)),
            Stage(_("in force"), (State.APPROVED,)), Stage(_("closed"), (State.CLOSED,))],
    views=[
        View("ours", _("Ours"), lambda actor: Q(department_id__in=actor.units.get(Reach.DEPARTMENT_TREE, ()))),
        View("current", _("Of today"), lambda actor: Q(starts_on__lte=moment.today(), ends_on__gte=moment.today())),
        View("to-approve", _("To approve"), lambda actor: Q(state=State.SUBMITTED)),
    ],
    panels=[Panel(_("Goals and tasks"), "organization/plan_items.html", _items_of, place="main")],
)  # fmt: skip
items = Resource(
    PlanItem, "plan-items", icon="checkbox",
    columns=["title", "plan", FIGURE, "target", "assignee", "due_on", "state"],
    filters=["state", "plan", "goal", "assignee", "due_on"],
    create=["plan", "title", "goal", "indicator", "target", "assignee", "due_on"],
    form=["plan", "title", Section(_("Aim"), ["goal", "indicator", "target"]),
          Section(_("Task"), ["assignee", "due_on", "result"])],
    facts=["plan", "goal", "indicator", "target", "assignee", "due_on", "done_on", "result"], form_class=AimForm,
    related=["plan__department"],
    views=[View("mine", _("Mine"), lambda actor: Q(assignee_id=actor.person_id or 0))],
)  # fmt: skip


def planned_tasks(actor: Actor) -> list[Task]:
    """Return the person's own tasks under plans, and the plans that wait for their approval."""
    rows = PlanItem.objects.current().filter(assignee_id=actor.person_id, state=ItemState.OPEN, due_on__isnull=False)
    kind = PlanItem._meta.verbose_name or ""
    found = [
        Task(row.title, kind, record_url(row), "2.2.2", end_of(row.due_on))
        for row in rows.order_by("due_on", "pk")[:40]
        if row.due_on is not None
    ]
    if actor.holds(PLAN, "approve"):
        waiting = DepartmentPlan.objects.visible_to(actor, "approve").current().filter(state=State.SUBMITTED)
        waiting = waiting.exclude(owner_id=actor.person_id).select_related("department")
        kind = DepartmentPlan._meta.verbose_name or ""
        found += [
            Task(str(row), kind, record_url(row), "2.2.2", end_of(row.starts_on)) for row in waiting.order_by("pk")[:40]
        ]
    return found


def _load(people: Any) -> dict[int, Load]:
    return count_by_person(PlanItem, "assignee_id", people, Q(state=ItemState.OPEN, due_on__isnull=False), "due_on")


register(_("tasks of plans"), ITEM, _load)

ALL, TREE, DEPARTMENT, OWN = Reach.ALL, Reach.DEPARTMENT_TREE, Reach.DEPARTMENT, Reach.OWN
WRITE = "view create edit comment history"
PART = Part(
    label=_("Plans"),
    icon="calendar-stats",
    resources=[plans, items],
    grants={
        "everyone": [(PLAN, "view", DEPARTMENT), (ITEM, "view", DEPARTMENT), (ITEM, "view edit comment done", OWN)],
        "department-manager": [
            (PLAN, f"{WRITE} submit approve return close export", TREE),
            (ITEM, f"{WRITE} done drop take-up archive export", TREE),
        ],
        "service-manager": [(PLAN, f"{WRITE} submit close", TREE), (ITEM, f"{WRITE} done drop take-up", TREE)],
        "top-management": [(PLAN, f"{WRITE} submit approve return close", ALL), (ITEM, f"{WRITE} done drop", ALL)],
        "quality-supervisor": [(PLAN, "view export history", ALL), (ITEM, "view export", ALL)],
    },
    tasks=[planned_tasks],
)
