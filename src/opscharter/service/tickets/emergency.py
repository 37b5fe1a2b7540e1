"""What an emergency does to an incident, and to the incidents that are part of it (§3.3.1)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from opscharter.kernel import moment
from opscharter.kernel.access.actor import Actor, system_actor
from opscharter.kernel.clocks import ledger
from opscharter.service.tickets import hooks

Inputs = Mapping[str, Any]
ASSESSMENT = ("category", "severity", "scope_note")


def name_plan(incident: Any, actor: Actor, inputs: Inputs) -> None:
    """Name the contingency plan that matches, unless the person who declares names one."""
    if not incident.contingency_plan:
        known = (name for choose in hooks.choose_plan if (name := choose(incident)))
        incident.contingency_plan = next(known, "")[:120]


def start_plan(incident: Any, actor: Actor, inputs: Inputs) -> None:
    """Let the practices that join in begin their part: tasks, war room, the customer's word."""
    for begin in hooks.after_declare:
        begin(incident, actor)


def inherit(child: Any, actor: Actor, inputs: Inputs) -> None:
    """Take over cause, repair and assessment from the major incident, where the part has none of its own."""
    parent = child.parent
    child.cause, child.fix = child.cause or parent.cause, child.fix or parent.fix
    child.plan = child.plan or parent.plan
    if child.assessed_at is None:
        for name in ASSESSMENT:
            setattr(child, name, getattr(child, name) or getattr(parent, name))
    if child.assignee_id is None:
        child.assignee_id = parent.assignee_id
    note_earlier_steps(child)


def note_earlier_steps(ticket: Any) -> None:
    """Note as done now what nobody had done when a ticket was resolved otherwise; its clocks stop with it."""
    for kind, done in (("assess", "assessed"), ("assign", "assigned")):
        if getattr(ticket, f"{done}_at") is None:
            setattr(ticket, f"{done}_at", moment.now())
            stopped = ledger.stop(ticket, [kind], done)
            setattr(ticket, f"{kind}_seconds", stopped[0].elapsed_seconds if stopped else None)
    if ticket.responded_at is None:
        ticket.responded_at = moment.now()
        ledger.stop(ticket, ["respond"], "accepted")


def mark_recovered(incident: Any, actor: Actor, inputs: Inputs) -> None:
    """Note an incident that recovered before anybody took it on."""
    note_earlier_steps(incident)


def settle_watched_tests(incident: Any, actor: Actor, inputs: Inputs) -> None:
    """Say of every test that nobody made that monitoring vouches for it."""
    for step in incident.test_steps.filter(result="pending", archived_at__isnull=True):
        step.result, step.note = "not-applicable", _("recovered by itself, monitoring is quiet")
        step.save_as(system_actor())


def settle_tests(child: Any, actor: Actor, inputs: Inputs) -> None:
    """Say of every test that nobody made that it was made with the major incident."""
    for step in child.test_steps.filter(result="pending", archived_at__isnull=True):
        step.result, step.note = "not-applicable", _("tested with %(number)s") % {"number": child.parent.number}
        step.save_as(system_actor())
