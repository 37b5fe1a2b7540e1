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
        child.assessed_at = moment.now()
        stopped = ledger.stop(child, ["assess"], "assessed")
        child.assess_seconds = stopped[0].elapsed_seconds if stopped else None
    if child.assignee_id is None:
        child.assignee_id = parent.assignee_id
    if child.assigned_at is None:
        child.assigned_at = moment.now()
        stopped = ledger.stop(child, ["assign"], "assigned")
        child.assign_seconds = stopped[0].elapsed_seconds if stopped else None
    if child.responded_at is None:
        child.responded_at = moment.now()
        ledger.stop(child, ["respond"], "accepted")


def settle_tests(child: Any, actor: Actor, inputs: Inputs) -> None:
    """Say of every test that nobody made that it was made with the major incident."""
    for step in child.test_steps.filter(result="pending", archived_at__isnull=True):
        step.result, step.note = "not-applicable", _("tested with %(number)s") % {"number": child.parent.number}
        step.save_as(system_actor())
