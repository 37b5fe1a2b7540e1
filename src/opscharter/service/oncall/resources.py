"""How rosters, pages and hand-overs appear."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from opscharter.kernel import moment
from opscharter.kernel.access.actor import Actor
from opscharter.kernel.resources.declaration import Panel, Resource, Section, Stage, View
from opscharter.kernel.resources.links import record_url, url_of
from opscharter.service.oncall.models import (
    Callout,
    EscalationStep,
    Roster,
    RosterOverride,
    RosterShift,
    ShiftHandover,
    ShiftMember,
)
from opscharter.service.oncall.paging import rungs_of
from opscharter.service.oncall.rosters import plan_of, roster_for

WORKS_HERE = {"employee": lambda actor: Q(left_on__isnull=True), "instead_of": lambda actor: Q(left_on__isnull=True)}
Call = Callout.State
Hand = ShiftHandover.State


def _duty_of(roster: Roster, actor: Actor) -> Mapping[str, Any]:
    now = moment.now()
    plan = plan_of(roster, now, now + dt.timedelta(days=7))
    return {
        "now": plan.at(now),
        "next": [d for d in plan.duties(now, now + dt.timedelta(days=7)) if d.begins > now][:6],
    }


def _shifts_of(roster: Roster, actor: Actor) -> Mapping[str, Any]:
    rows = RosterShift.objects.current().filter(roster=roster).order_by("level", "begins")
    members: dict[int, list[str]] = {}
    turns = ShiftMember.objects.current().filter(shift__roster=roster).select_related("employee").order_by("position")
    for turn in turns:
        members.setdefault(turn.shift_id, []).append(str(turn.employee))
    return {
        "shifts": [(row, members.get(row.pk, [])) for row in rows], "rungs": rungs_of(roster),
    }  # fmt: skip


def _calls_of(callout: Callout, actor: Actor) -> Mapping[str, Any]:
    calls = callout.calls.select_related("employee").order_by("called_at", "pk")
    return {"calls": calls, "ticket_url": url_of(callout.record_type, callout.record_id)}


def _matters_of(handover: ShiftHandover, actor: Actor) -> Mapping[str, Any]:
    lines = [(each, url_of(each["type"], each["id"])) for each in handover.matters]
    return {"lines": lines, "handover": handover}


def _on_call_for(ticket: Any, actor: Actor) -> Mapping[str, Any] | None:
    """Return who is on duty for a ticket, and the calling that is under way; nothing without a roster."""
    roster = roster_for(ticket)
    if roster is None:
        return None
    now = moment.now()
    label = ticket._meta.label_lower
    callout = Callout.objects.filter(record_type=label, record_id=ticket.pk).select_related("answered_by").first()
    return {
        "roster": roster, "duties": plan_of(roster, now, now + dt.timedelta(hours=1)).at(now), "callout": callout,
        "callout_url": record_url(callout) if callout else "",
    }  # fmt: skip


ON_CALL_PANEL = Panel(_("On call"), "service/oncall/for_ticket.html", _on_call_for, later=True)

rosters = Resource(
    Roster, "rosters", icon="calendar-user", columns=["number", "name", "team", "calendar", "active"],
    filters=["team", "active"], form=["name", "team", "services", "calendar", "active"], order="name",
    panels=[
        Panel(_("On duty"), "service/oncall/duty.html", _duty_of, place="main"),
        Panel(_("Shifts and turns"), "service/oncall/shifts.html", _shifts_of, place="main"),
    ],
)  # fmt: skip
shifts = Resource(
    RosterShift, "roster-shifts", icon="clock-hour-4",
    columns=["roster", "name", "level", "days", "begins", "ends", "rotation"], filters=["roster", "days"],
    form=["roster", "name", "level", Section(_("When"), ["days", "begins", "ends", "rotation", "since", "until"])],
    in_menu=False,
)  # fmt: skip
members = Resource(
    ShiftMember, "roster-turns", icon="user-check", columns=["shift", "position", "employee"],
    related=["shift__roster"], filters=["shift", "employee"], order="position", in_menu=False, choices=WORKS_HERE,
)  # fmt: skip
overrides = Resource(
    RosterOverride, "roster-swaps", icon="arrows-exchange",
    columns=["roster", "level", "begins_at", "ends_at", "employee", "instead_of", "reason"],
    filters=["roster", "employee", "begins_at"], order="-begins_at", choices=WORKS_HERE,
)  # fmt: skip
steps = Resource(
    EscalationStep, "roster-escalation", icon="stairs-up", columns=["roster", "minutes", "whom", "role", "person"],
    filters=["roster", "whom"], order="minutes", in_menu=False,
)  # fmt: skip
callouts = Resource(
    Callout, "on-call-pages", icon="phone-call",
    columns=["number", "ticket_number", "title", "state", "roster", "called_at", "answered_by"],
    filters=["state", "roster", "team", "called_at"], form=["reason"], order="-called_at",
    facts=["ticket_number", "roster", "reason", "called_at", "answered_at", "answered_by", "answer_seconds"],
    stages=[Stage(_("Calling"), (Call.CALLING,)), Stage(_("Answered"), (Call.ANSWERED, Call.ENDED, Call.UNANSWERED))],
    views=[View("mine", _("Mine"), lambda actor: Q(calls__employee_id=actor.person_id or 0)),
           View("waiting", _("Waiting"), lambda actor: Q(state__in=(Call.CALLING, Call.UNANSWERED)))],
    panels=[Panel(_("Who was called"), "service/oncall/calls.html", _calls_of, place="main")],
)  # fmt: skip
handovers = Resource(
    ShiftHandover, "handovers", icon="transfer", order="-id",
    columns=["number", "roster", "outgoing", "incoming", "state", "offered_at", "decided_at"],
    filters=["roster", "outgoing", "incoming", "state", "offered_at"], lead="log",
    form=["roster", "outgoing", "incoming", "log", "attention"],
    facts=["roster", "outgoing", "incoming", "attention", "offered_at", "decided_at", "refused_because"],
    stages=[Stage(_("draft"), (Hand.DRAFT,)), Stage(_("offered"), (Hand.OFFERED, Hand.REFUSED)),
            Stage(_("accepted"), (Hand.ACCEPTED,))],
    panels=[Panel(_("Open matters"), "service/oncall/matters.html", _matters_of, place="main")],
    choices={"outgoing": lambda actor: Q(left_on__isnull=True), "incoming": lambda actor: Q(left_on__isnull=True)},
)  # fmt: skip
