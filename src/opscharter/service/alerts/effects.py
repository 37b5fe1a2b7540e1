"""What deciding about a major incident candidate brings about."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from opscharter.kernel import moment
from opscharter.kernel.access.actor import Actor
from opscharter.service.emergencies.services import join, on_behalf
from opscharter.service.tickets.lifecycle import OPEN
from opscharter.service.tickets.models import Incident

Inputs = Mapping[str, Any]


def mark_decided(candidate: Any, actor: Actor, inputs: Inputs) -> None:
    """Note who decided, when, and how long it took; the next storm may raise another."""
    candidate.decided_at, candidate.decided_by_id = moment.now(), actor.person_id
    candidate.decide_seconds = int((candidate.decided_at - candidate.raised_at).total_seconds())
    candidate.open_key = None


def name_lead(candidate: Any, actor: Actor, inputs: Inputs) -> None:
    """Choose the incident that leads: one that is an emergency already, else the gravest and oldest."""
    standing = candidate.incidents.filter(state__in=OPEN, parent__isnull=True)
    found = standing.filter(emergency_at__isnull=False).order_by("emergency_at").first()
    candidate.lead = found or standing.order_by("priority", "opened_at", "pk").first()


def declare_lead(candidate: Any, actor: Actor, inputs: Inputs) -> None:
    """Declare the leading incident an emergency, by whose plan it runs, and make the others parts of it."""
    lead: Incident | None = candidate.lead
    if lead is None:
        return
    house = on_behalf(actor)
    if lead.emergency_at is None:
        lead.move("declare", house, reason=inputs["reason"])
    emergency: Any = lead.emergency  # type: ignore[attr-defined]
    others = candidate.incidents.filter(state__in=OPEN, parent__isnull=True, children__isnull=True)
    join(emergency, list(others.exclude(pk=lead.pk)), house)
