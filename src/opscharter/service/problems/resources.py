"""How problems appear."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from opscharter.kernel import moment
from opscharter.kernel.access.actor import Actor
from opscharter.kernel.resources.declaration import Panel, Resource, Section, Stage, Text, View
from opscharter.service.problems.lifecycle import OPEN, ProblemState
from opscharter.service.problems.models import Problem
from opscharter.service.tickets.models import Incident


def _incidents_of(problem: Any, actor: Actor) -> dict[str, Any]:
    visible = Incident.objects.visible_to(actor).filter(problems=problem).select_related("customer")
    return {"incidents": list(visible.order_by("-opened_at")[:50]), "count": problem.incidents.count()}


def _problems_of(incident: Any, actor: Actor) -> dict[str, Any] | None:
    found = list(Problem.objects.visible_to(actor).filter(incidents=incident).order_by("-pk"))
    may = actor.may("service.problem", "create") and not actor.external
    return {"problems": found, "incident": incident, "may": may} if found or may else None


def _problems_of_room(emergency: Any, actor: Actor) -> dict[str, Any] | None:
    context = _problems_of(emergency.incident, actor)
    return None if context is None else {**context, "major": True}


def _badges(problem: Any) -> list[tuple[Text, str]]:
    badges: list[tuple[Text, str]] = [(problem.get_priority_display(), {1: "r", 2: "a"}.get(problem.priority, "n"))]
    if problem.is_known_error:
        badges.append((_("cause and workaround known"), "g"))
    if problem.state in OPEN and problem.review_on and problem.review_on < moment.today():
        badges.append((_("review overdue"), "r"))
    return badges


ON_INCIDENT = Panel(_("Problems"), "service/problems/on_incident.html", _problems_of, later=True)
ON_ROOM = Panel(_("Problems"), "service/problems/on_incident.html", _problems_of_room)

problems = Resource(
    Problem, "problems", icon="bug", order="-opened_at", badges=_badges, lead="description",
    columns=["number", "title", "priority", "state", "service", "owner", "origin", "review_on", "opened_at"],
    filters=["state", "priority", "service", "team", "owner", "origin", "method", "review_on"],
    views=[
        View("mine", _("Mine"), lambda actor: Q(owner_id=actor.person_id or 0, state__in=OPEN)),
        View("candidates", _("Candidates"), lambda actor: Q(state=ProblemState.NEW, origin=Problem.Origin.REPEATS)),
        View("known", _("Known errors"), lambda actor: Q(state=ProblemState.KNOWN_ERROR)),
        View("overdue", _("Review overdue"), lambda actor: Q(state__in=OPEN, review_on__lt=moment.today())),
    ],
    create=["title", "description", "origin", "service", "assets", "incidents", "priority", "team", "owner"],
    form=[
        Section(_("Problem"), ["title", "description", "origin", "service", "assets", "incidents", "category",
                               "priority"]),
        Section(_("Analysis"), ["team", "owner", "method", "review_on", "analysis", "root_cause"]),
        Section(_("Way out"), ["workaround", "solution"]),
    ],
    facts=["service", "assets", "category", "origin", "team", "owner", "method", "review_on", "reviewed_at",
           "opened_at", "known_at", "resolved_at", "closed_at", "analysis", "root_cause", "workaround", "solution"],
    stages=[
        Stage(_("Found"), (ProblemState.NEW,)), Stage(_("Analysis"), (ProblemState.ANALYSING,)),
        Stage(_("Known error"), (ProblemState.KNOWN_ERROR,)), Stage(_("Solved"), (ProblemState.RESOLVED,)),
        Stage(_("Closed"), (ProblemState.CLOSED,)),
    ],
    panels=[Panel(_("Incidents"), "service/problems/incidents.html", _incidents_of, place="main")],
    choices={"owner": lambda actor: Q(left_on__isnull=True)},
)  # fmt: skip
