"""What the steps of a change bring about: derived times and figures, approvals that open doors. No refusals here."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.apps import apps

from opscharter.customers.models import Contact
from opscharter.kernel import moment
from opscharter.kernel.access.actor import Actor, system_actor
from opscharter.kernel.approvals.requests import digest, latest, open_request, shown
from opscharter.kernel.calendars.engine import Calendar
from opscharter.kernel.errors import Refused
from opscharter.kernel.notices.sending import send
from opscharter.kernel.resources.links import record_url
from opscharter.service.changes import notices
from opscharter.service.changes.words import UNSUCCESSFUL, Answer, Feasibility, Kind, Outcome, State
from opscharter.service.tickets.services import company_calendar

Inputs = Mapping[str, Any]
SHOWN_TO_CUSTOMER = ["title", "kind", "content", "service", "assets", "window_start", "window_end"]
"""What a customer is shown and answers for: what is altered, on which assets, when."""
REVIEW_DAYS = 3
"""Working days in which a change that failed, was rolled back or was an emergency is reviewed."""


def minutes_of(change: Any, phase: str) -> int:
    """Return how many minutes the plan (`plan`) or the way back (`rollback`) takes, as far as it is written."""
    if change.pk is None:
        return 0
    steps = change.steps.filter(phase=phase, archived_at__isnull=True)
    return sum(minutes or 0 for minutes in steps.values_list("minutes", flat=True))


def point_of_no_return(change: Any) -> dt.datetime | None:
    """Return the last moment at which the way back still fits into the window; None while it cannot be told."""
    minutes = minutes_of(change, "rollback")
    return change.window_end - dt.timedelta(minutes=minutes) if change.window_end and minutes else None


def plan_altered(change: Any, actor: Actor) -> None:
    """Reckon the point of no return anew, and void the votes cast on the plan as it was."""
    stored = type(change)._default_manager.get(pk=change.pk)
    stored.point_of_no_return = point_of_no_return(stored)
    stored.save_as(system_actor(), note="plan altered")
    for step in stored.lifecycle.moves:
        if step.approval is not None:
            step.approval.recheck(stored, step.name, actor)


def ask_for_approval(change: Any, actor: Actor, inputs: Inputs) -> None:
    """Put the question to those whom the policy names."""
    open_request(change, "approve", actor)


def ask_for_ratification(change: Any, actor: Actor, inputs: Inputs) -> None:
    """An emergency change is approved afterwards: the question is put at once."""
    open_request(change, "ratify", actor)


def approval_decided(change: Any, move: str, state: str) -> None:
    """Take the step that was approved; guards may still refuse it, and say why in the guard log."""
    step = move if state == "approved" else {"approve": "return", "ratify": "disown"}[move]
    try:
        change.move(step, system_actor(), reason="" if state == "approved" else _grounds(change, move))
    except Refused:
        return
    if move == "approve" and state != "approved":
        tell(change, notices.REJECTED, key=f"{change.number}:{change.version}", reason=_grounds(change, move))


def _grounds(change: Any, move: str) -> str:
    """Return what those who rejected it said."""
    request = latest(change, move)
    said = request.votes.filter(decision="reject").values_list("comment", flat=True) if request else ()
    return " ".join(text for text in said if text) or "rejected"


def take_from_template(change: Any) -> None:
    """Fill in what was left empty from the template; it was judged feasible when it was approved."""
    template = change.template
    change.feasibility = change.feasibility or Feasibility.FEASIBLE
    for name in ("reason", "content", "scope_note", "likelihood", "impact", "rollback_trigger", "service"):
        if not getattr(change, name):
            setattr(change, name, getattr(template, name))


def mark_agreed(change: Any, actor: Actor, inputs: Inputs) -> None:
    """Note that the customer agrees to exactly this window."""
    _answer(change, actor, Answer.AGREED)


def mark_declined(change: Any, actor: Actor, inputs: Inputs) -> None:
    """Note that the customer does not agree to this window."""
    _answer(change, actor, Answer.DECLINED)


def customer_hash(change: Any) -> str:
    """Return the hash of what a customer is shown of a change, as it is stored: what an answer is bound to."""
    stored = type(change)._base_manager.get(pk=change.pk)
    return digest(shown(stored, SHOWN_TO_CUSTOMER))


def _answer(change: Any, actor: Actor, answer: Answer) -> None:
    change.answered_hash = customer_hash(change)
    change.customer_answer, change.customer_answered_at = answer, moment.now()
    change.customer_answered_by = Contact.objects.filter(user_id=actor.user_id or 0).first()
    change.answered_start, change.answered_end = change.window_start, change.window_end


def go_on_when_approved(change: Any, actor: Actor, inputs: Inputs) -> None:
    """Where the votes were in before the customer's word, that word opens the step they approved."""
    request = latest(change, "approve")
    if change.state == State.APPROVING and request is not None and request.state == "approved":
        approval_decided(type(change)._base_manager.get(pk=change.pk), "approve", "approved")


def tell_declined(change: Any, actor: Actor, inputs: Inputs) -> None:
    """Tell requester and engineer that another window is needed."""
    tell(change, notices.DECLINED, key=f"{change.number}:{change.version}", reason=inputs.get("reason", ""))


def people_of(change: Any) -> list[Any]:
    """Return the accounts of those whom a change concerns: requester, engineer, owners of its steps."""
    owners = [step.owner for step in change.steps.filter(archived_at__isnull=True).select_related("owner__user")]
    return [
        person.user for person in (change.requester, change.engineer, *owners) if person is not None and person.user
    ]


def tell(change: Any, kind: Any, *, key: str, **words: Any) -> None:
    """Tell those whom a change concerns."""
    data = {"number": change.number, "title": change.title, **words}
    send(kind, people_of(change), key=key, record=change, url=record_url(change), data=data)


def mark_approved(change: Any, actor: Actor, inputs: Inputs) -> None:
    """Note when it was approved."""
    change.approved_at = moment.now()


def mark_not_approved(change: Any, actor: Actor, inputs: Inputs) -> None:
    """What goes back to planning is approved no longer."""
    change.approved_at = None


def mark_started(change: Any, actor: Actor, inputs: Inputs) -> None:
    """Note when the work began."""
    change.started_at = moment.now()


def mark_rolling_back(change: Any, actor: Actor, inputs: Inputs) -> None:
    """Note when one turned back."""
    change.rollback_at = moment.now()


def _finish(change: Any, outcome: Outcome) -> None:
    change.finished_at, change.outcome = moment.now(), outcome
    if outcome in UNSUCCESSFUL or change.kind == Kind.EMERGENCY:
        change.review_due_at = company_calendar().add_days(change.finished_at, REVIEW_DAYS)


def mark_done(change: Any, actor: Actor, inputs: Inputs) -> None:
    """Note that it was carried out."""
    _finish(change, Outcome.DONE)


def _link_incident(change: Any) -> None:
    """Open the incident that a change gone wrong is, unless one was named; without a customer nobody is served."""
    if change.caused_incident_id is not None or change.customer_id is None:
        return
    incident = apps.get_model("service.incident")(
        title=str(change)[:200], description=change.content or change.title, customer=change.customer,
        service=change.service, team=change.team, channel="", impact=2, urgency=2,
    )  # fmt: skip
    change.caused_incident = incident.save_as(system_actor(), note=change.number)


def mark_failed(change: Any, actor: Actor, inputs: Inputs) -> None:
    """Note that it failed; a review is due, and what went wrong is an incident."""
    _finish(change, Outcome.FAILED)
    _link_incident(change)


def mark_rolled_back(change: Any, actor: Actor, inputs: Inputs) -> None:
    """Note that everything is as it was before; a review is due, and what went wrong is an incident."""
    _finish(change, Outcome.ROLLED_BACK)
    _link_incident(change)


def working_days(calendar: Calendar, start: dt.datetime, end: dt.datetime) -> int:
    """Return in how many working days after `start` the moment `end` falls: the least that would have sufficed."""
    days = 0
    while calendar.add_days(start, days) < end:
        days += 1
    return days


def mark_verified(change: Any, actor: Actor, inputs: Inputs) -> None:
    """Note when it was verified, and how long that took."""
    change.verified_at = moment.now()
    change.verify_days = working_days(company_calendar(), change.finished_at, change.verified_at)


def mark_evaluated(change: Any, actor: Actor, inputs: Inputs) -> None:
    """Note when it was evaluated."""
    change.evaluated_at = moment.now()


def mark_reviewed(change: Any, actor: Actor, inputs: Inputs) -> None:
    """Note when the review was held."""
    change.reviewed_at = moment.now()


def mark_ratified(change: Any, actor: Actor, inputs: Inputs) -> None:
    """Note when the emergency change was approved afterwards."""
    change.ratified_at = moment.now()


def mark_unauthorised(change: Any, actor: Actor, inputs: Inputs) -> None:
    """Note that nobody had the authority for this change."""
    change.unauthorised_at = moment.now()


def find_unauthorised(change: Any, actor: Actor, inputs: Inputs) -> None:
    """Keep the rejected emergency change among the unauthorised ones, which is a nonconformity."""
    found = apps.get_model("service.unauthorisedchange")(
        title=str(change)[:200],
        source="rejection",
        description=change.content or change.title,
        change=change,
        customer=change.customer,
        team=change.team,
        asset=change.assets.first(),
        explanation=inputs.get("reason", ""),
    )
    found.save_as(system_actor(), note=change.number)


def accept_alteration(alteration: Any, actor: Actor, inputs: Inputs) -> None:
    """Keep an alteration that nobody explains among the unauthorised changes, which is a nonconformity."""
    source = "reconciliation" if alteration.via in ("import", "scan") else "audit"
    found = apps.get_model("service.unauthorisedchange")(
        title=f"{alteration.asset}: {alteration.told}"[:200], source=source, description=alteration.told,
        asset=alteration.asset, customer=alteration.customer, team=alteration.team,
    )  # fmt: skip
    alteration.unauthorised = found.save_as(system_actor(), note=alteration.number)
    alteration.save_as(system_actor(), note=found.number)


def unflag(change: Any) -> None:
    """Take the flag off a change whose window was moved; the conflict check judges the new one."""
    change.flagged_at, change.flag_note = None, ""
    change.save_as(system_actor(), note="window moved")
