"""How changes appear."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from opscharter.kernel.access.actor import Actor
from opscharter.kernel.resources.declaration import Column, Resource, Section, Stage, Text, View
from opscharter.service.changes import panels
from opscharter.service.changes.api import ChangeTaskViewSet, ChangeViewSet
from opscharter.service.changes.models import (
    AssetAlteration,
    BoardMeeting,
    Change,
    ChangeFreeze,
    ChangeTask,
    ChangeTemplate,
    ChangeWindow,
    UnauthorisedChange,
)
from opscharter.service.changes.pages.planning import ChangeMovePage, ChangePage
from opscharter.service.changes.words import BEFORE_START, PLANNED, UNDER_WAY, Kind, Outcome, State, risk_tone


def badges_of(change: Any) -> list[tuple[Text, str]]:
    """Return the pills beside a change's number."""
    badges: list[tuple[Text, str]] = [
        (change.get_kind_display(), {Kind.EMERGENCY: "r", Kind.STANDARD: "g"}.get(change.kind, "b"))
    ]
    if change.risk:
        badges.append((_("risk %(risk)s / 25") % {"risk": change.risk}, risk_tone(change.risk)))
    if change.outcome:
        tone = {Outcome.DONE: "g", Outcome.FAILED: "r"}.get(change.outcome, "a")
        badges.append((change.get_outcome_display(), tone))
    if change.unauthorised_at:
        badges.append((_("unauthorised"), "r"))
    if change.flagged_at and change.state in PLANNED:
        badges.append((change.flag_note, "r"))
    return badges


def _mine(actor: Actor) -> Q:
    me = actor.person_id or 0
    return Q(requester_id=me) | Q(engineer_id=me)


ASKED = Section(
    _("Request"),
    [
        "title",
        "kind",
        "template",
        "reason",
        "content",
        "scope_note",
        "customer",
        "service",
        "assets",
        "incident",
        "requester",
    ],
)
ASSESSMENT = Section(_("Assessment"), ["feasibility", "feasibility_note", "likelihood", "impact", "risk_note"])
PLANNING = Section(
    _("Window and way back"),
    ["team", "engineer", "window_start", "window_end", "customer_must_agree", "rollback_trigger"],
)
WAITS_FOR_REVIEW = Q(state=State.REVIEW)

changes = Resource(
    Change, "changes", icon="arrows-exchange",
    columns=["number", "title", "kind", "risk", "state", "customer", "window_start", "engineer", "outcome"],
    filters=["state", "kind", "customer", "team", "engineer", "outcome", "window_start"],
    views=[
        View("mine", _("Mine"), _mine),
        View("planned", _("Planned"), lambda actor: Q(state__in=PLANNED)),
        View("flagged", _("In a freeze"), lambda actor: Q(flagged_at__isnull=False, state__in=PLANNED)),
        View("under-way", _("Under way"), lambda actor: Q(state__in=UNDER_WAY)),
        View("unverified", _("To be verified"), lambda actor: WAITS_FOR_REVIEW),
        View("unsuccessful", _("Failed or rolled back"), lambda actor: Q(outcome__in=("failed", "rolled-back"))),
    ],
    form=[ASKED, ASSESSMENT, PLANNING], create=ASKED.fields, lead="content",
    facts=[
        "reason", "scope_note", "customer", "service", "incident", "team", "requester", "engineer",
        "window_start", "window_end", "point_of_no_return", "approved_at", "started_at", "finished_at",
        "rollback_at", "outcome", "caused_incident", "verification", "verified_at", "evaluation", "review_due_at",
        "review_findings", "review_actions",
    ],
    customer_facts=["content", "kind", "service", "window_start", "window_end", "started_at", "finished_at", "outcome"],
    stages=[
        Stage(_("Request"), (State.DRAFT,)), Stage(_("Assessment"), (State.ASSESSING,)),
        Stage(_("Plan"), (State.PLANNING,)), Stage(_("Approval"), (State.APPROVING, State.APPROVED)),
        Stage(_("Implementation"), UNDER_WAY), Stage(_("Verification"), (State.REVIEW,)),
        Stage(_("Closed"), (State.CLOSED,)),
    ],
    badges=badges_of, order="-window_start",
    panels=[
        panels.EXECUTION, panels.ASSESSMENT, panels.IMPACT, panels.PLAN, panels.WINDOW, panels.CUSTOMER,
        panels.MEETINGS,
    ],
    beside={"assess": panels.ASSESSING, "agree": panels.ANSWERING, "decline": panels.ANSWERING},
    pages={"<int:pk>/": ChangePage, "<int:pk>/moves/<slug:name>/": ChangeMovePage}, viewset_class=ChangeViewSet,
    choices={
        "template": lambda actor: Q(state=ChangeTemplate.State.APPROVED),
        "engineer": lambda actor: Q(left_on__isnull=True), "requester": lambda actor: Q(left_on__isnull=True),
    },
)  # fmt: skip
steps = Resource(
    ChangeTask, "change-tasks", icon="list-numbers",
    columns=["change", "phase", "position", "action", "owner", "minutes", "result"],
    filters=["change", "phase", "owner", "result"],
    facts=[
        "change", "phase", "position", "action", "expected", "owner", "minutes", "go_no_go", "result", "began_at",
        "ended_at", "deviation", "go_at", "go_by",
    ],
    in_menu=False, viewset_class=ChangeTaskViewSet,
    choices={"change": lambda actor: Q(state__in=BEFORE_START)},
)  # fmt: skip
templates = Resource(
    ChangeTemplate, "change-templates", icon="template", columns=["number", "title", "service", "state", "impact"],
    filters=["service", "state"], lead="content",
)  # fmt: skip
freezes = Resource(
    ChangeFreeze, "change-freezes", icon="snowflake", columns=["name", "customer", "starts_at", "ends_at"],
    filters=["customer", "starts_at"], order="-starts_at", lead="reason",
)  # fmt: skip
windows = Resource(
    ChangeWindow, "change-windows", icon="clock", columns=["customer", "weekday", "begins", "minutes"],
    filters=["customer", "weekday"],
)  # fmt: skip
meetings = Resource(
    BoardMeeting, "board-meetings", icon="users-group", columns=["number", "subject", "meets_at", "chair", "state"],
    filters=["state", "chair", "meets_at"], order="-meets_at",
    form=["subject", "meets_at", "place", "chair", "changes", "attendees", "minutes"],
    facts=["meets_at", "place", "chair", "attendees", "minutes"], panels=[panels.AGENDA],
    choices={"chair": lambda actor: Q(left_on__isnull=True), "attendees": lambda actor: Q(left_on__isnull=True)},
)  # fmt: skip
alterations = Resource(
    AssetAlteration, "asset-alterations", icon="zoom-question",
    columns=[
        "number", "asset",
        Column("told", _("what was altered"), lambda row: row.told, ("what", "differences")),
        "who", "altered_at", "customer", "state",
    ],
    filters=["state", "asset", "customer", "team", "altered_at"], order="-altered_at",
    form=["asset", "altered_at", "what", "customer", "team"],
    facts=["asset", "what", "customer", "team", "altered_at", "who", "via", "explanation", "change", "unauthorised"],
    panels=[panels.ALTERED],
    views=[View("to-judge", _("To be judged"), lambda actor: Q(state=AssetAlteration.State.FOUND))],
)  # fmt: skip
unauthorised = Resource(
    UnauthorisedChange, "unauthorised-changes", icon="alert-octagon",
    columns=["number", "title", "source", "found_at", "asset", "customer", "state"],
    filters=["source", "state", "customer", "found_at"], order="-found_at", lead="description",
    form=["title", "source", "description", "asset", "customer", "team", "change", "explanation", "measures"],
)  # fmt: skip
