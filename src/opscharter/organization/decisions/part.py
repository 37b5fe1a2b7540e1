"""Decisions: the part's table of contents."""

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
from opscharter.kernel.resources.site import Part, Policy, site
from opscharter.kernel.resources.tasks import Task
from opscharter.organization.decisions.lifecycle import FollowUpState, State
from opscharter.organization.decisions.models import Decision, FollowUp
from opscharter.organization.workload import Load, count_by_person, register

DECISION, FOLLOW = "organization.decision", "organization.followup"


def _follow_ups_of(decision: Any, actor: Actor) -> Mapping[str, Any] | None:
    if decision.state not in (State.DECIDED, State.CLOSED):
        return None
    rows = FollowUp.objects.visible_to(actor).current().filter(decision=decision).select_related("owner")
    may = decision.state == State.DECIDED and actor.may(FOLLOW, "create")
    add = f"{list_url(site.resource(FOLLOW))}new/?decision={decision.pk}" if may else ""
    return {"rows": rows.order_by("due_on", "pk"), "add_url": add, "today": moment.today()}


def _options_of(decision: Any, actor: Actor) -> Mapping[str, Any] | None:
    options = decision.option_list
    return {"options": options, "chosen": decision.chosen} if options else None


decisions = Resource(
    Decision, "decisions", icon="gavel",
    columns=["number", "title", "proposer", "department", "amount", "decide_by", "decided_on", "state"],
    filters=["state", "proposer", "department", "decide_by", "decided_on"], lead="proposal",
    create=["title", "proposal", "options", "proposer", "department", "amount", "decide_by"],
    form=[
        Section(_("Proposal"), ["title", "proposal", "options", "proposer", "department", "amount", "decide_by"]),
        Section(_("Decision"), ["chosen", "conditions", "outcome"]),
    ],
    facts=["proposer", "department", "amount", "decide_by", "chosen", "conditions", "decided_on", "outcome"],
    stages=[Stage(_("draft"), (State.DRAFT,)), Stage(_("proposed"), (State.PROPOSED,)),
            Stage(_("decided"), (State.DECIDED, State.REJECTED)), Stage(_("closed"), (State.CLOSED,))],
    views=[
        View("open", _("To decide"), lambda actor: Q(state=State.PROPOSED)),
        View("mine", _("Mine"), lambda actor: Q(proposer_id=actor.person_id or 0)),
    ],
    panels=[
        Panel(_("Options"), "organization/options.html", _options_of, place="main"),
        Panel(_("What follows from it"), "organization/follow_ups.html", _follow_ups_of, place="main"),
    ],
)  # fmt: skip
follow_ups = Resource(
    FollowUp, "follow-ups", icon="list-check", columns=["title", "decision", "owner", "due_on", "done_on", "state"],
    filters=["state", "decision", "owner", "due_on"], create=["decision", "title", "owner", "due_on"],
    form=["decision", "title", "owner", "due_on", "result"],
    facts=["decision", "owner", "due_on", "done_on", "result"],
    views=[
        View("mine", _("Mine"), lambda actor: Q(owner_id=actor.person_id or 0)),
        View("late", _("Late"), lambda actor: Q(state=FollowUpState.OPEN, due_on__lt=moment.today())),
    ],
)  # fmt: skip


def follow_ups_to_do(actor: Actor) -> list[Task]:
    """Return the person's own follow-ups."""
    rows = FollowUp.objects.current().filter(owner_id=actor.person_id, state=FollowUpState.OPEN)
    kind = FollowUp._meta.verbose_name or ""
    return [
        Task(row.title, kind, record_url(row), "2.2.1", end_of(row.due_on))
        for row in rows.order_by("due_on", "pk")[:40]
    ]


def _load(people: Any) -> dict[int, Load]:
    return count_by_person(FollowUp, "owner_id", people, Q(state=FollowUpState.OPEN), "due_on")


register(_("follow-ups"), FOLLOW, _load)

ALL, TREE, OWN = Reach.ALL, Reach.DEPARTMENT_TREE, Reach.OWN
PREPARE = "create edit comment propose withdraw"
PART = Part(
    label=_("Decisions"),
    icon="gavel",
    resources=[decisions, follow_ups],
    grants={
        "everyone": [(DECISION, "view comment", OWN), (FOLLOW, "view edit comment done", OWN)],
        "top-management": [
            (DECISION, f"view {PREPARE} decide reject close history", ALL),
            (FOLLOW, "view create edit comment done drop", ALL),
        ],
        "department-manager": [
            (DECISION, f"view {PREPARE} close", TREE), (DECISION, f"{PREPARE} close", OWN),
            (FOLLOW, "view create edit comment done drop", TREE),
        ],
        "project-manager": [(DECISION, f"{PREPARE}", OWN)],
        "quality-supervisor": [(DECISION, "view export history", ALL), (FOLLOW, "view export", ALL)],
    },
    policies=[
        Policy(
            _("Major decisions"), DECISION, "decide", deadline_hours=120,
            steps=[{"role": "top-management", "quorum": 1, "veto": True}],
        ),
    ],
    tasks=[follow_ups_to_do],
)  # fmt: skip
