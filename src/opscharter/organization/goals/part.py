"""Goals: the part's table of contents."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path
from django.utils.translation import gettext_lazy as _

from opscharter.kernel import moment
from opscharter.kernel.access.actor import Actor, Reach
from opscharter.kernel.indicators.periods import Period
from opscharter.kernel.resources.declaration import Panel, Resource, Section, View
from opscharter.kernel.resources.site import Page, Part
from opscharter.kernel.web.base import SignedInPage
from opscharter.organization.aim_form import AimForm
from opscharter.organization.aims import FIGURE, aim_of
from opscharter.organization.goals.tree import Node, only_mine, tree_of, years
from opscharter.organization.models.goal import Goal, State

LABEL = "organization.goal"


def _progress_of(goal: Any, actor: Actor) -> Mapping[str, Any] | None:
    aim = aim_of(goal.indicator, goal.target, Period.parse(str(goal.year)), goal.department_id, actor)
    children = list(Goal.objects.visible_to(actor).current().filter(parent=goal).order_by("pk"))
    return {"aim": aim, "children": children} if aim or children else None


goals = Resource(
    Goal, "goals", icon="target-arrow",
    columns=["number", "title", "year", "level", "department", "post", FIGURE, "target", "weight", "state"],
    filters=["state", "level", "department", "post", "owner"], lead="description",
    form=[
        Section(_("Goal"), ["year", "level", "title", "description", "parent", "weight"]),
        Section(_("Whose"), ["department", "post", "owner"]),
        Section(_("Aim"), ["indicator", "target"]),
    ],
    facts=["year", "level", "parent", "weight", "department", "post", "owner", "indicator", "target", "outcome"],
    form_class=AimForm,
    views=[View("running", _("Pursued"), lambda actor: Q(state=State.ACTIVE))],
    panels=[Panel(_("How it stands"), "organization/goal_progress.html", _progress_of, place="main")],
)  # fmt: skip


@dataclass
class GoalsContext:
    """The tree of a year."""

    year: int
    years: list[int]
    nodes: list[Node]
    mine: bool


class GoalsPage(SignedInPage):
    """The goals of a year as a tree, with what the figures say of them."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the year asked for, whole or only the branches that concern the reader."""
        if not self.actor.may(LABEL, "view"):
            raise Http404
        known = years()
        wanted = request.GET.get("year", "")
        year = int(wanted) if wanted.isdecimal() and int(wanted) in known else (known or [moment.today().year])[0]
        mine = request.GET.get("mine") == "1"
        nodes = tree_of(year, self.actor)
        return self.render(
            "organization/goals.html", GoalsContext(year, known, only_mine(nodes) if mine else nodes, mine)
        )


ALL, TREE = Reach.ALL, Reach.DEPARTMENT_TREE
WRITE = "create edit comment pursue close history"
PART = Part(
    label=_("Goals"),
    icon="target-arrow",
    pages=[Page(_("Goals as a tree"), "/organization/goal-tree/", "binary-tree-2", lambda a: a.may(LABEL, "view"))],
    resources=[goals],
    grants={
        "everyone": [(LABEL, "view", ALL)],
        "top-management": [(LABEL, f"{WRITE} archive", ALL)],
        "department-manager": [(LABEL, WRITE, TREE)],
        "quality-supervisor": [(LABEL, f"{WRITE} export", ALL)],
    },
    urls=[path("organization/goal-tree/", GoalsPage.as_view(), name="goal-tree")],
)
