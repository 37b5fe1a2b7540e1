"""The cards on a change's page: its assessment, its plan, what stands in its way, whom it asks."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _

from opscharter.assets.drawing import draw
from opscharter.assets.graph import affected_services, dependants
from opscharter.kernel import moment
from opscharter.kernel.access.actor import Actor
from opscharter.kernel.approvals.models import ApprovalRequest, Vote
from opscharter.kernel.approvals.requests import waiting_for
from opscharter.kernel.controls.models import ControlException
from opscharter.kernel.controls.registry import clause_of
from opscharter.kernel.errors import Reason
from opscharter.kernel.records.writing import permitted
from opscharter.kernel.resources.declaration import Panel
from opscharter.kernel.resources.links import record_url
from opscharter.kernel.web.moving import exception_offers
from opscharter.organization.models import Employee
from opscharter.service.changes import answering, guards, timebar
from opscharter.service.changes.conflicts import conflicts_of, free_slots
from opscharter.service.changes.effects import customer_hash
from opscharter.service.changes.models import Change, ChangeTask
from opscharter.service.changes.words import (
    BEFORE_START,
    PLANNED,
    UNDER_WAY,
    UNSUCCESSFUL,
    Impact,
    Likelihood,
    State,
    risk_tone,
)
from opscharter.service.tickets.models import Incident

CHANGE, STEP = "service.change", "service.changetask"
RECENT = dt.timedelta(days=90)
QUESTIONS = [
    _("Has exactly this been done before, by whom, and how did it end?"),
    _("Can it be tried out beforehand on something that does not matter?"),
    _("Who notices if it fails, how many, and for how long?"),
    _("Is there a backup, and has restoring it been tried?"),
    _("What else happens at that time: month end, deliveries, holidays?"),
]
"""Asked of whoever assesses; the figures beside them are this house's own experience."""


def experience(change: Any) -> dict[str, Any]:
    """Return what the house knows that bears on the risk: earlier changes, incidents, what hangs on the assets."""
    ids = list(change.assets.values_list("pk", flat=True))
    hanging = dependants(ids)
    before = Change.objects.current().filter(assets__in=ids, finished_at__isnull=False).exclude(pk=change.pk)
    known = before.aggregate(
        done=Count("pk", distinct=True), failed=Count("pk", distinct=True, filter=Q(outcome__in=UNSUCCESSFUL))
    )
    since = moment.now() - RECENT
    incidents = Incident.objects.current().filter(assets__in=ids, opened_at__gte=since).distinct().count()
    return {
        "done": known["done"], "failed": known["failed"], "incidents": incidents, "days": RECENT.days,
        "hanging": len(hanging) - len(ids), "services": affected_services(ids), "assets": len(ids),
    }  # fmt: skip


def matrix_of(change: Any) -> list[tuple[int, Any, list[tuple[int, int, str, bool]]]]:
    """Return the rows of likelihood × impact, the likeliest first: (value, label, [(impact, risk, tone, chosen)])."""
    chosen = (change.likelihood, change.impact)
    return [
        (row.value, row.label, [
            (col.value, row.value * col.value, risk_tone(row.value * col.value), chosen == (row.value, col.value))
            for col in Impact
        ])
        for row in reversed(Likelihood)
    ]  # fmt: skip


def assessment_of(change: Any, actor: Actor) -> dict[str, Any] | None:
    """Return the verdict, the matrix and what helps to judge."""
    open_yet = change.state in BEFORE_START
    if not open_yet and not change.risk and not change.feasibility:
        return None
    return {
        "matrix": matrix_of(change), "impacts": list(Impact), "known": experience(change),
        "questions": QUESTIONS if change.state in (State.DRAFT, State.ASSESSING) else [],
    }  # fmt: skip


def plan_of(change: Any, actor: Actor) -> dict[str, Any]:
    """Return both parts of the plan, drawn to scale, and whether they may be written here."""
    steps = list(
        change.steps.filter(archived_at__isnull=True).select_related("owner").order_by("phase", "position", "pk")
    )
    plan = [step for step in steps if step.phase == ChangeTask.Phase.PLAN]
    back = [step for step in steps if step.phase == ChangeTask.Phase.ROLLBACK]
    may = change.state in BEFORE_START and actor.may(STEP, "edit") and permitted(change, actor, "edit")
    parts = [
        (ChangeTask.Phase.PLAN, _("Steps"), plan, sum(step.minutes or 0 for step in plan)),
        (ChangeTask.Phase.ROLLBACK, _("Way back"), back, sum(step.minutes or 0 for step in back)),
    ]
    return {
        "parts": parts, "bar": timebar.draw(change, plan, back), "may": may,
        "begun": any(step.began_at or step.result != "pending" for step in steps),
        "people": people_for(change, steps, actor) if may else [],
    }  # fmt: skip


def people_for(change: Any, steps: list[Any], actor: Actor) -> list[Employee]:
    """Return who may be named for a step: the team, the engineer, and whoever is named already."""
    named = {step.owner_id for step in steps} | {change.engineer_id, change.requester_id}
    rows = Employee.objects.visible_to(actor).current().filter(left_on__isnull=True)
    return list(rows.filter(Q(department_id=change.team_id or 0) | Q(pk__in=named - {None})).order_by("name"))


def window_of(change: Any, actor: Actor) -> dict[str, Any] | None:
    """Return what stands in the way of the window, the free ones near it, and the leave given to pass."""
    if change.state not in BEFORE_START:
        return None
    if not change.window_start or not change.window_end:
        return {"set": False, "may": permitted(change, actor, "edit")}
    found = conflicts_of(change)
    visible = set(
        Change.objects.visible_to(actor).filter(
            pk__in=[each.other.pk for each in found if isinstance(each.other, Change)]
        ).values_list("pk", flat=True)
    )  # fmt: skip
    may = permitted(change, actor, "edit")
    guard = guards.no_conflict
    leave = ControlException.objects.filter(
        guard=guard.id, record_type=change._meta.label_lower, record_id=change.pk, expires_at__gt=moment.now()
    ).order_by("-expires_at")
    reason = Reason(str(guard.label), guard.id, clause_of(guard))
    offers = [url for offer in exception_offers if (url := offer(change, reason, actor))] if found else []
    return {
        "set": True, "may": may, "leave": leave.first() if found else None,
        "conflicts": [(each, record_url(each.other) if each.other and (
            not isinstance(each.other, Change) or each.other.pk in visible) else "") for each in found],
        "slots": free_slots(change) if found and may else [], "override": offers[0] if offers else "",
    }  # fmt: skip


def execution_of(change: Any, actor: Actor) -> dict[str, Any] | None:
    """Return the way to the screen from which a change is carried out, and how far it is."""
    if actor.external or change.state not in (State.APPROVED, *UNDER_WAY):
        return None
    phase = "rollback" if change.state == State.ROLLING_BACK else "plan"
    steps = guards.steps_of(change, phase)
    ended = sum(step.result in ("done", "failed", "skipped") for step in steps)
    return {"ended": ended, "many": len(steps), "under_way": change.state in UNDER_WAY}


def customer_of(change: Any, actor: Actor) -> dict[str, Any] | None:
    """Return how the customer's approval stands and, for its contact, what to answer for."""
    standing = answering.standing_of(change)
    if standing == "unasked" or not change.window_start:
        return None
    asked = change.state in PLANNED
    may = asked and actor.external and permitted(change, actor, "agree")
    if actor.external and not may and standing in ("waiting", "outdated"):
        return None
    return {
        "standing": standing, "may": may and standing in ("waiting", "outdated"), "seen": customer_hash(change),
        "assets": change.assets.all() if actor.external else [],
    }  # fmt: skip


def answering_of(change: Any, actor: Actor) -> dict[str, Any]:
    """Return what a customer answers for, with its hash."""
    return {"seen": customer_hash(change), "assets": change.assets.all()}


def impact_of(change: Any, actor: Actor) -> dict[str, Any] | None:
    """Return the affected assets with what they need and what fails with them, drawn."""
    assets = list(change.assets.all())
    if not assets:
        return None
    drawing = draw([asset.pk for asset in assets], actor)
    return {"assets": assets, "drawing": drawing, "services": affected_services(asset.pk for asset in assets)}


IMPACT = Panel(_("Affected assets and what hangs on them"), "service/changes/impact.html", impact_of, place="main")


def agenda_of(meeting: Any, actor: Actor) -> dict[str, Any]:
    """Return what a meeting of the board decides on: each change with its risk, window, votes and what it lacks."""
    rows = Change.objects.visible_to(actor).filter(meetings=meeting).select_related("customer", "engineer")
    changes = list(rows.order_by("window_start", "pk"))
    asked: dict[int, ApprovalRequest] = {}
    requests = ApprovalRequest.objects.filter(
        record_type=CHANGE, record_id__in=[change.pk for change in changes], move="approve"
    )
    for request in requests.order_by("pk").prefetch_related("votes", "seats"):
        asked[request.record_id] = request
    waiting = set(waiting_for(actor).values_list("record_id", flat=True)) if changes else set()
    return {"lines": [(change, *_votes(asked.get(change.pk)), change.pk in waiting) for change in changes]}


def _votes(request: ApprovalRequest | None) -> tuple[ApprovalRequest | None, int, int, list[Any]]:
    """Return a request with how many of its present step agree, how many must, and the votes."""
    if request is None:
        return None, 0, 0, []
    votes = [vote for vote in request.votes.all() if vote.step == request.step]
    agreed = sum(vote.decision == Vote.Decision.APPROVE for vote in votes)
    return request, agreed, request.policy["steps"][request.step].get("quorum", 1), votes


def meetings_of(change: Any, actor: Actor) -> dict[str, Any] | None:
    """Return the meetings of the board that have it on their agenda."""
    if not actor.may("service.boardmeeting", "view"):
        return None
    found = list(change.meetings.filter(archived_at__isnull=True).order_by("-meets_at"))
    return {"meetings": found} if found else None


def altered_of(alteration: Any, actor: Actor) -> dict[str, Any]:
    """Return what was altered, and the changes of the asset about that time, which may explain it."""
    near = dt.timedelta(days=7)
    about = Change.objects.visible_to(actor).current().filter(
        assets=alteration.asset_id, started_at__gte=alteration.altered_at - near,
        started_at__lte=alteration.altered_at + near,
    )  # fmt: skip
    return {"lines": alteration.lines, "near": list(about.order_by("started_at"))}


ALTERED = Panel(_("What was altered"), "service/changes/altered.html", altered_of, place="main")
AGENDA = Panel(_("Agenda and votes"), "service/changes/agenda.html", agenda_of, place="main")
MEETINGS = Panel(_("Advisory board"), "service/changes/meetings.html", meetings_of)
CUSTOMER = Panel(
    _("The customer's approval of the window"), "service/changes/customer.html", customer_of, place="first",
    for_customers=True,
)  # fmt: skip
ANSWERING = Panel(_("The customer's approval of the window"), "service/changes/answering.html", answering_of)
EXECUTION = Panel(_("Carrying it out"), "service/changes/to_execution.html", execution_of, place="main")
ASSESSMENT = Panel(_("Assessment"), "service/changes/assessment.html", assessment_of, place="main")
PLAN = Panel(_("Plan and way back"), "service/changes/plan.html", plan_of, place="main")
WINDOW = Panel(_("Window and conflicts"), "service/changes/window.html", window_of, place="first")
ASSESSING = Panel(_("Assessment"), "service/changes/assessing.html", assessment_of)
