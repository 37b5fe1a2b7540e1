"""The life of a change, from the request to the review."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from opscharter.kernel.approvals.requests import Approval
from opscharter.kernel.records.lifecycle import STAY, Lifecycle, Move
from opscharter.service.changes import effects, guards
from opscharter.service.changes.words import BEFORE_START, Kind, Outcome, State

BOUND = [
    "title", "kind", "reason", "content", "scope_note", "customer", "assets", "engineer", "risk",
    "window_start", "window_end", "rollback_trigger", "steps",
]  # fmt: skip
"""What the votes are bound to: plan, assets and window. Editing any of it voids them."""
DECIDED_AFTERWARDS = ["title", "reason", "content", "scope_note", "customer", "assets", "started_at"]
ASSESSMENT = ["feasibility", "feasibility_note", "likelihood", "impact", "risk_note"]


def _emergency(change: Any) -> bool:
    return bool(change.kind == Kind.EMERGENCY)


def _planned(change: Any) -> bool:
    return bool(change.kind == Kind.NORMAL)


def _standard(change: Any) -> bool:
    return bool(change.kind == Kind.STANDARD)


def _asks_customer(change: Any) -> bool:
    return bool(change.customer_must_agree and change.window_start and change.window_end)


def _to_be_ratified(change: Any) -> bool:
    return _emergency(change) and change.ratified_at is None and change.unauthorised_at is None


def _to_be_reviewed(change: Any) -> bool:
    return change.review_due_at is not None or change.outcome != Outcome.DONE


READY = [guards.assessed, guards.plan_ready, guards.rollback_ready]

LIFECYCLE = Lifecycle(
    State,
    start=State.DRAFT,
    moves=[
        Move("submit", State.DRAFT, State.ASSESSING, _("Submit the request"), primary=True, applies=_planned,
             guards=[guards.request_complete]),
        Move("assess", State.ASSESSING, State.PLANNING, _("Assess"), primary=True, inputs=ASSESSMENT,
             required=["feasibility", "likelihood", "impact"], guards=[guards.request_complete, guards.assessed]),
        Move("propose", State.PLANNING, State.APPROVING, _("Submit for approval"), primary=True,
             guards=[*READY, guards.no_conflict], effects=[effects.ask_for_approval]),
        Move("approve", State.APPROVING, State.APPROVED, _("Approve"), primary=True,
             guards=[*READY, guards.no_conflict, guards.window_agreed],
             separate_from=["requester", "engineer"], approval=Approval("3.4.3", binds=BOUND),
             prepare=[effects.mark_approved], customer_visible=True),
        Move("schedule", State.DRAFT, State.APPROVED, _("Schedule"), primary=True, applies=_standard,
             inputs=["engineer", "window_start", "window_end"], required=["engineer", "window_start", "window_end"],
             guards=[guards.request_complete, guards.from_template, guards.plan_ready, guards.rollback_ready,
                     guards.no_conflict], prepare=[effects.mark_approved], customer_visible=True),
        Move("agree", [State.PLANNING, State.APPROVING, State.APPROVED], STAY, _("Agree to the window"),
             applies=_asks_customer, prepare=[effects.mark_agreed], effects=[effects.go_on_when_approved],
             customer_visible=True),
        Move("decline", [State.PLANNING, State.APPROVING, State.APPROVED], STAY, _("Decline the window"),
             applies=_asks_customer, needs_reason=True, prepare=[effects.mark_declined],
             effects=[effects.tell_declined], customer_visible=True),
        Move("return", [State.APPROVING, State.APPROVED], State.PLANNING, _("Back to planning"), needs_reason=True,
             prepare=[effects.mark_not_approved]),
        Move("start", State.APPROVED, State.IMPLEMENTING, _("Begin the implementation"), primary=True,
             guards=[guards.approved, *READY, guards.no_conflict, guards.window_agreed, guards.inside_window],
             prepare=[effects.mark_started], customer_visible=True),
        Move("start-emergency", State.DRAFT, State.IMPLEMENTING, _("Begin at once"), primary=True, applies=_emergency,
             guards=[guards.request_complete, guards.plan_ready, guards.rollback_ready, guards.no_conflict],
             prepare=[effects.mark_started], effects=[effects.ask_for_ratification], customer_visible=True),
        Move("finish", State.IMPLEMENTING, State.REVIEW, _("Finish"), primary=True, guards=[guards.follow_the_plan],
             prepare=[effects.mark_done], customer_visible=True),
        Move("roll-back", State.IMPLEMENTING, State.ROLLING_BACK, _("Roll back"), needs_reason=True,
             prepare=[effects.mark_rolling_back]),
        Move("rolled-back", State.ROLLING_BACK, State.REVIEW, _("Roll-back finished"), primary=True,
             guards=[guards.follow_the_plan], inputs=["caused_incident"], prepare=[effects.mark_rolled_back],
             customer_visible=True),
        Move("fail", [State.IMPLEMENTING, State.ROLLING_BACK], State.REVIEW, _("End as failed"), needs_reason=True,
             inputs=["caused_incident"], prepare=[effects.mark_failed], customer_visible=True),
        Move("verify", State.REVIEW, STAY, _("Verify"), inputs=["verification"], required=["verification"],
             separate_from=["engineer"], prepare=[effects.mark_verified]),
        Move("evaluate", State.REVIEW, STAY, _("Evaluate"), inputs=["evaluation"], required=["evaluation"],
             prepare=[effects.mark_evaluated]),
        Move("review", State.REVIEW, STAY, _("Record the review"), inputs=["review_findings", "review_actions"],
             required=["review_findings"], applies=_to_be_reviewed, prepare=[effects.mark_reviewed]),
        Move("close", State.REVIEW, State.CLOSED, _("Close"), primary=True,
             guards=[guards.verified, guards.rollback_ready]),
        Move("ratify", [State.IMPLEMENTING, State.ROLLING_BACK, State.REVIEW, State.CLOSED], STAY,
             _("Approve afterwards"), applies=_to_be_ratified, separate_from=["requester", "engineer"],
             approval=Approval("3.4.3", binds=DECIDED_AFTERWARDS), prepare=[effects.mark_ratified]),
        Move("disown", [State.IMPLEMENTING, State.ROLLING_BACK, State.REVIEW, State.CLOSED], STAY,
             _("Declare unauthorised"), automatic=True, applies=_to_be_ratified, needs_reason=True,
             prepare=[effects.mark_unauthorised], effects=[effects.find_unauthorised]),
        Move("cancel", BEFORE_START, State.CANCELLED, _("Cancel"), needs_reason=True),
    ],
    final=[State.CLOSED, State.CANCELLED],
)  # fmt: skip
