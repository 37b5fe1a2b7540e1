"""The guards of §3.4: what must be there before a change may take a step."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils.translation import gettext_lazy as _

from opscharter.kernel import moment
from opscharter.kernel.access.actor import Actor
from opscharter.kernel.controls.registry import Parameter, guard
from opscharter.kernel.controls.wording import Sentence, Wording
from opscharter.service.changes import conflicts
from opscharter.service.changes.effects import customer_hash, minutes_of
from opscharter.service.changes.words import Feasibility, Kind

OPEN_RESULTS = ("pending", "running")


def steps_of(change: Any, phase: str) -> list[Any]:
    """Return the steps of the plan (`plan`) or of the way back (`rollback`), in order."""
    return list(change.steps.filter(phase=phase, archived_at__isnull=True).order_by("position", "pk"))


@guard("change.request-complete", clause="3.4.1", owner="change-manager", label=_("The request is complete"))
def request_complete(change: Any, actor: Actor) -> list[Sentence]:
    """A request says why, what, how far its impact reaches, and which assets are affected."""
    missing: list[Sentence] = []
    if not change.reason.strip():
        missing.append(_("State the reason for the change."))
    if not change.content.strip():
        missing.append(_("State the content of the change."))
    if not change.scope_note.strip():
        missing.append(_("State the scope of its impact."))
    if not change.assets.exists():
        missing.append(_("Name the affected assets."))
    return missing


@guard(
    "change.assessed", clause="3.4.2", owner="change-manager", label=_("Feasibility and risk are assessed"),
    parameters={"measures_from": Parameter(12, label=_("measures are needed from a risk of"))},
    fields=("feasibility", "likelihood", "impact"),
)  # fmt: skip
def assessed(change: Any, actor: Actor, parameters: Any) -> list[Sentence]:
    """Somebody has judged whether it can be done and what it would mean if it went wrong."""
    missing: list[Sentence] = []
    if not change.feasibility:
        missing.append(_("Give a verdict on its technical feasibility."))
    if change.feasibility == Feasibility.INFEASIBLE:
        missing.append(_("It was judged not feasible; alter the request or cancel it."))
    if not change.likelihood or not change.impact:
        missing.append(_("Assess the risk: likelihood and impact."))
    elif change.likelihood * change.impact >= parameters["measures_from"] and not change.risk_note.strip():
        missing.append(
            Wording(
                _("A risk of %(risk)s needs measures: say what is done against it."),
                {"risk": change.likelihood * change.impact},
            )
        )
    return missing


@guard("change.plan", clause="3.4.2", owner="change-manager", label=_("The plan is complete"))
def plan_ready(change: Any, actor: Actor) -> list[Sentence]:
    """The plan has a window, an engineer, and steps that each say who, how long, and what should come of it."""
    missing: list[Sentence] = []
    if not change.window_start or not change.window_end:
        missing.append(_("Set the window: from and to."))
    if change.engineer_id is None:
        missing.append(_("Name the implementing engineer."))
    steps = steps_of(change, "plan")
    if not steps:
        missing.append(_("Write the plan: at least one step."))
    for step in steps:
        if lacking := [
            text
            for text, there in ((_("who"), step.owner_id), (_("minutes"), step.minutes), (_("result"), step.expected))
            if not there
        ]:
            missing.append(Wording(_("Step %(n)s of the plan lacks: %(what)s."), {"n": step.position, "what": lacking}))
    if steps and change.window_start and change.window_end:
        room = int((change.window_end - change.window_start) / dt.timedelta(minutes=1))
        needed = minutes_of(change, "plan") + minutes_of(change, "rollback")
        if needed > room:
            missing.append(
                Wording(
                    _("Plan and way back take %(needed)s minutes, the window has %(room)s."),
                    {"needed": needed, "room": room},
                )
            )
    return missing


@guard("change.rollback-plan", clause="3.4.2", owner="change-manager", label=_("There is a way back"))
def rollback_ready(change: Any, actor: Actor) -> list[Sentence]:
    """The way back has steps with owner and minutes, a trigger, and a point of no return within the window."""
    steps = steps_of(change, "rollback")
    if not steps:
        return [_("A rollback plan is required: at least one step.")]
    missing: list[Sentence] = []
    for step in steps:
        if step.owner_id is None or not step.minutes:
            missing.append(
                Wording(_("Step %(n)s of the rollback plan lacks its owner or minutes."), {"n": step.position})
            )
    if not change.rollback_trigger.strip():
        missing.append(_("Say what triggers the roll-back."))
    if change.window_end is None:
        missing.append(_("Without a window the point of no return cannot be told."))
    elif change.window_start and change.window_end - dt.timedelta(minutes=minutes_of(change, "rollback")) <= (
        change.window_start
    ):
        missing.append(_("The way back does not fit into the window: there is no point of no return."))
    return missing


@guard("change.approved", clause="3.4.3", owner="change-manager", label=_("It is approved as it stands"))
def approved(change: Any, actor: Actor) -> list[Sentence]:
    """Those who had to approve it have approved exactly this plan, these assets and this window."""
    if change.kind == Kind.STANDARD:
        return from_template.missing(change, actor, {})
    approval = type(change).lifecycle.move("approve").approval
    lacking = approval.lacking(change, "approve")
    return [lacking] if lacking else []


@guard(
    "change.inside-window", clause="3.4.3", owner="change-manager", label=_("The window is open"),
    parameters={"early": Parameter(15, _("minutes"), _("may begin early by"))},
)  # fmt: skip
def inside_window(change: Any, actor: Actor, parameters: Any) -> list[Sentence]:
    """Work begins within the approved window."""
    if not change.window_start or not change.window_end:
        return []
    now = moment.now()
    if now < change.window_start - dt.timedelta(minutes=parameters["early"]):
        return [_("The window has not opened yet.")]
    return [_("The window is over; plan another one.")] if now >= change.window_end else []


@guard(
    "change.no-conflict", clause="3.4.3", owner="change-manager", label=_("Nothing stands in the way of the window"),
)  # fmt: skip
def no_conflict(change: Any, actor: Actor) -> list[Sentence]:
    """No other change on the same assets, no freeze, no other work of the engineer lies in the window."""
    return [clash.sentence for clash in conflicts.conflicts_of(change)]


@guard("change.window-agreed", clause="3.4.3", owner="change-manager", label=_("The customer agrees to the window"))
def window_agreed(change: Any, actor: Actor) -> list[Sentence]:
    """Where it was promised, the customer has agreed to exactly this change in exactly this window."""
    if not change.customer_must_agree:
        return []
    if not change.customer_answer:
        return [_("The customer has not answered for this window yet.")]
    if change.answered_hash != customer_hash(change):
        return [_("What the customer answered for has been changed since; it has to answer again.")]
    return [] if change.customer_answer == "agreed" else [_("The customer declines this window.")]


@guard("change.from-template", clause="3.4.3", owner="change-manager", label=_("It follows an approved template"))
def from_template(change: Any, actor: Actor) -> list[Sentence]:
    """A standard change needs no approval of its own, because its template has one and is followed to the letter."""
    template = change.template
    if template is None:
        return [_("Choose the template that this standard change follows.")]
    approval = type(template).lifecycle.move("approve").approval
    if template.state != "APPROVED" or approval.missing(template, "approve", actor):
        return [_("The template is not approved as it stands.")]
    steps = change.steps.filter(archived_at__isnull=True).order_by("phase", "position", "pk")
    plan = list(steps.values_list("phase", "position", "action", "minutes", "expected"))
    if sorted(plan) != sorted(template.plan):
        return [_("The steps differ from the template; ask for a normal change instead.")]
    return []


@guard(
    "change.board-quorate", clause="3.4.3", owner="change-manager", label=_("The board was quorate"),
    parameters={"quorum": Parameter(3, label=_("members present"))},
)  # fmt: skip
def board_quorate(meeting: Any, actor: Actor, parameters: Any) -> list[Sentence]:
    """A meeting counts when enough members attended it."""
    present = meeting.attendees.count()
    if present >= parameters["quorum"]:
        return []
    return [
        Wording(_("%(present)s attended, %(quorum)s are needed."), {"present": present, "quorum": parameters["quorum"]})
    ]


def _unexplained(steps: list[Any], tolerance: int) -> list[Sentence]:
    missing: list[Sentence] = []
    for step in steps:
        words = {"n": step.position, "step": step.action}
        if step.result in OPEN_RESULTS:
            missing.append(_("Step %(n)s has no result yet: %(step)s") % words)
        elif step.result in ("failed", "skipped") and not step.deviation.strip():
            missing.append(_("Explain why step %(n)s failed or was left out.") % words)
        elif overran(step, tolerance) and not step.deviation.strip():
            missing.append(_("Explain why step %(n)s took so much longer than planned.") % words)
    return missing


def overran(step: Any, tolerance: int) -> bool:
    """Say whether a step took longer than planned by more than `tolerance` percent, and by five minutes at least."""
    if not (step.began_at and step.ended_at and step.minutes):
        return False
    taken = (step.ended_at - step.began_at) / dt.timedelta(minutes=1)
    return bool(taken > step.minutes * (1 + tolerance / 100) and taken >= step.minutes + 5)


@guard(
    "change.follow-the-plan", clause="3.4.3", owner="change-manager", label=_("The plan was followed"),
    parameters={"tolerance": Parameter(50, "%", _("a step may take longer by"))},
)  # fmt: skip
def follow_the_plan(change: Any, actor: Actor, parameters: Any) -> list[Sentence]:
    """Every step has its result, and every deviation is explained."""
    phase = "rollback" if change.state == "ROLLING_BACK" else "plan"
    missing = _unexplained(steps_of(change, phase), parameters["tolerance"])
    if phase == "plan" and any(step.result == "failed" for step in steps_of(change, "plan")):
        missing.append(_("A step has failed: roll back, or end the change as failed."))
    return missing


@guard("change.verified", clause="3.4.3", owner="change-manager", label=_("It is verified, evaluated and reviewed"))
def verified(change: Any, actor: Actor) -> list[Sentence]:
    """A change is closed when it was verified and evaluated, and reviewed where a review is due."""
    missing: list[Sentence] = []
    if change.verified_at is None:
        missing.append(_("Verify the result first."))
    if change.evaluated_at is None:
        missing.append(_("Evaluate the change first."))
    if change.review_due_at is not None and change.reviewed_at is None:
        missing.append(_("Hold the review that is due after a failure or an emergency."))
    return missing
