"""The life of a ticket, shared by incidents and service requests; an incident has an emergency and tests besides."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from opscharter.kernel.records.lifecycle import STAY, Lifecycle, Move
from opscharter.service.tickets import effects, emergency, guards, merging


class State(models.TextChoices):
    """Where a ticket stands."""

    NEW = "NEW", _("new")
    ASSIGNED = "ASSIGNED", _("assigned")
    IN_PROGRESS = "IN_PROGRESS", _("in progress")
    WAITING = "WAITING", _("waiting")
    RESOLVED = "RESOLVED", _("resolved")
    CLOSED = "CLOSED", _("closed")
    CANCELLED = "CANCELLED", _("cancelled")


UNDER_WAY = [State.ASSIGNED, State.IN_PROGRESS]
OPEN = [State.NEW, *UNDER_WAY, State.WAITING]

_BEFORE_RESOLVING = [guards.request_assessed, guards.request_has_plan, guards.cause_and_fix]

_SHARED = [
    Move("assign", [State.NEW, *UNDER_WAY], State.ASSIGNED, _("Assign"), inputs=["team", "assignee"],
         required=["team"], prepare=[effects.mark_assigned], effects=[effects.tell_assignee]),
    Move("accept", [State.NEW, State.ASSIGNED], State.IN_PROGRESS, _("Take on"), primary=True,
         prepare=[effects.mark_accepted]),
    Move("decline", State.ASSIGNED, State.NEW, _("Decline"), needs_reason=True, rare=True,
         guards=[guards.declined_by_handler], prepare=[effects.mark_declined], effects=[effects.pass_on]),
    Move("assess", [State.NEW, *UNDER_WAY], State.IN_PROGRESS, _("Assess"),
         inputs=["category", "severity", "scope_note", "impact", "urgency"],
         required=["category", "severity", "scope_note", "impact", "urgency"], prepare=[effects.mark_assessed]),
    Move("prioritise", [State.NEW, *UNDER_WAY, State.WAITING], STAY, _("Change priority"), inputs=["priority"],
         required=["priority"], needs_reason=True, rare=True, prepare=[effects.mark_prioritised]),
    Move("wait", State.IN_PROGRESS, State.WAITING, _("Wait"), inputs=["waiting_for"], required=["waiting_for"],
         guards=[guards.request_assessed], needs_reason=True, customer_visible=True,
         prepare=[effects.mark_customer_told], effects=[effects.pause_clocks]),
    Move("resume", State.WAITING, State.IN_PROGRESS, _("Go on"), primary=True, effects=[effects.resume_clocks]),
    Move("confirm", State.RESOLVED, State.CLOSED, _("Confirm and close"), primary=True, customer_visible=True,
         prepare=[effects.mark_closed, effects.mark_confirmed]),
    Move("close", State.RESOLVED, State.CLOSED, _("Close unanswered"), automatic=True, customer_visible=True,
         prepare=[effects.mark_closed]),
    Move("reopen", [State.RESOLVED, State.CLOSED], State.IN_PROGRESS, _("Reopen"), needs_reason=True,
         customer_visible=True, prepare=[effects.mark_reopened], effects=[effects.run_on]),
    Move("merge", [*OPEN, State.RESOLVED], State.CANCELLED, _("Merge into another"), inputs=["merged_into"],
         required=["merged_into"], guards=[guards.merge_within_customer], rare=True,
         effects=[merging.carry_over]),
    Move("unmerge", State.CANCELLED, State.IN_PROGRESS, _("Take out of the merge"), guards=[guards.was_merged],
         needs_reason=True, applies=lambda ticket: ticket.merged_into_id is not None, rare=True,
         prepare=[merging.remember_home], effects=[merging.run_again]),
    Move("cancel", OPEN, State.CANCELLED, _("Cancel"), needs_reason=True, rare=True, effects=[effects.cancel_clocks]),
]  # fmt: skip


def _resolve(*more: object) -> Move:
    return Move(
        "resolve",
        State.IN_PROGRESS,
        State.RESOLVED,
        _("Mark as resolved"),
        primary=True,
        customer_visible=True,
        inputs=["cause", "fix"],
        guards=[*_BEFORE_RESOLVING, *more],
        prepare=[effects.mark_resolved],
    )


DECLARE = Move(
    "declare", [State.NEW, *UNDER_WAY, State.WAITING], State.IN_PROGRESS, _("Declare emergency"), needs_reason=True,
    inputs=["contingency_plan"], customer_visible=True, applies=lambda incident: incident.emergency_at is None,
    prepare=[effects.mark_declared, effects.mark_customer_told, emergency.name_plan],
    effects=[effects.resume_clocks, effects.tell_emergency, emergency.start_plan],
)  # fmt: skip
FOLLOW = Move(
    "follow", OPEN, State.RESOLVED, _("Resolved with the major incident"), automatic=True, customer_visible=True,
    guards=[guards.parent_tested], prepare=[emergency.inherit, effects.mark_resolved],
    effects=[emergency.settle_tests],
)  # fmt: skip

RECOVER = Move(
    "recover", [State.NEW, *UNDER_WAY], State.RESOLVED, _("Recovered by itself"), automatic=True, customer_visible=True,
    inputs=["category", "severity", "scope_note", "plan", "cause", "fix"], required=["cause", "fix"],
    guards=[guards.monitoring_quiet], prepare=[emergency.mark_recovered, effects.mark_resolved],
    effects=[emergency.settle_watched_tests],
)  # fmt: skip

_FINAL = [State.CLOSED, State.CANCELLED]
REQUEST = Lifecycle(State, start=State.NEW, moves=[*_SHARED, _resolve()], final=_FINAL)
INCIDENT = Lifecycle(
    State, start=State.NEW, moves=[*_SHARED, DECLARE, _resolve(guards.fully_tested), FOLLOW, RECOVER], final=_FINAL
)
