"""How contingency plans and emergencies appear."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from opscharter.kernel.access.actor import Actor
from opscharter.kernel.resources.declaration import Panel, Resource, Section, Stage, Text, View
from opscharter.service.emergencies.lifecycle import EmergencyState, PlanState, TaskState
from opscharter.service.emergencies.models import ContingencyPlan, ContingencyStep, Emergency, EmergencyTask
from opscharter.service.emergencies.models.plan import TaskRole
from opscharter.service.emergencies.pages import WarRoomPage


def _steps_of(plan: Any, actor: Actor) -> dict[str, Any]:
    may = plan.state == PlanState.DRAFT and actor.may("service.contingencystep", "create")
    steps = plan.steps.filter(archived_at__isnull=True).order_by("position", "pk")
    return {"steps": steps, "may": may, "roles": TaskRole.choices}


def _editions_of(plan: Any, actor: Actor) -> dict[str, Any] | None:
    others = ContingencyPlan.objects.visible_to(actor).filter(code=plan.code).exclude(pk=plan.pk)
    found = list(others.order_by("-edition"))
    return {"editions": found} if found else None


def _plan_badges(plan: Any) -> list[tuple[Text, str]]:
    return [(_("edition %(n)s") % {"n": plan.edition}, "n")]


def _room_of(incident: Any, actor: Actor) -> dict[str, Any] | None:
    """Return the war room of an incident, or of the major incident it is part of."""
    main = incident.parent if incident.parent_id else incident
    room = Emergency.objects.visible_to(actor).filter(incident=main).select_related("commander", "plan").first()
    if room is None:
        return None
    tasks = list(room.tasks.filter(archived_at__isnull=True).values_list("state", flat=True))
    done = sum(state != TaskState.OPEN for state in tasks)
    return {"room": room, "part": main is not incident, "done": done, "all": len(tasks)}


def _still_here(actor: Actor) -> Q:
    """Return the condition on people who have not left."""
    return Q(left_on__isnull=True)


ROOM_PANEL = Panel(_("Major incident"), "service/emergencies/on_incident.html", _room_of)

plans = Resource(
    ContingencyPlan, "contingency-plans", icon="urgent",
    columns=["code", "title", "edition", "state", "service", "customer", "in_force_since", "review_on"],
    filters=["state", "service", "customer", "review_on"], order="code", badges=_plan_badges,
    views=[View("in-force", _("In force"), lambda actor: Q(state=PlanState.IN_FORCE))],
    form=[
        Section(_("Plan"), ["code", "title", "purpose", "review_on"]),
        Section(_("Matches"), ["service", "customer", "category"]),
        Section(_("Texts to the customer"), ["text_started", "text_update", "text_resolved"]),
        Section(_("People"), ["contacts"]),
    ],
    facts=["code", "service", "customer", "category", "in_force_since", "review_on", "replaces", "contacts",
           "text_started", "text_update", "text_resolved"],
    lead="purpose",
    stages=[Stage(_("Draft"), (PlanState.DRAFT,)), Stage(_("In force"), (PlanState.IN_FORCE,)),
            Stage(_("Retired"), (PlanState.RETIRED,))],
    panels=[
        Panel(_("Steps"), "service/emergencies/steps.html", _steps_of, place="main"),
        Panel(_("Other editions"), "service/emergencies/editions.html", _editions_of),
    ],
)  # fmt: skip
steps = Resource(
    ContingencyStep, "contingency-steps", icon="list-numbers", columns=["plan", "position", "title", "role", "minutes"],
    filters=["plan", "role"], in_menu=False, form=["plan", "position", "title", "role", "minutes"],
)  # fmt: skip
emergencies = Resource(
    Emergency, "major-incidents", icon="urgent",
    columns=["number", "title", "state", "incident", "commander", "plan", "started_at", "resolved_at"],
    filters=["state", "commander", "plan", "started_at"], order="-started_at",
    views=[
        View("running", _("Running"), lambda actor: Q(state=EmergencyState.RUNNING)),
        View("to-review", _("To review"), lambda actor: Q(state=EmergencyState.RESOLVED)),
    ],
    form=["title", "commander", "communications", "meeting", "situation", "lessons"],
    create=["title"],
    facts=["incident", "plan", "commander", "communications", "meeting", "started_at", "resolved_at", "reviewed_at",
           "situation", "lessons"],
    stages=[Stage(_("Running"), (EmergencyState.RUNNING,)), Stage(_("Resolved"), (EmergencyState.RESOLVED,)),
            Stage(_("Reviewed"), (EmergencyState.REVIEWED,))],
    choices={"commander": _still_here, "communications": _still_here},
    pages={"<int:pk>/": WarRoomPage},
)  # fmt: skip
emergency_tasks = Resource(
    EmergencyTask, "emergency-tasks", icon="checklist",
    columns=["emergency", "position", "title", "owner", "state", "due_at", "done_at"],
    filters=["emergency", "owner", "state", "due_at"], in_menu=False,
    form=["emergency", "position", "title", "role", "owner", "note"],
    choices={"owner": _still_here},
)  # fmt: skip
