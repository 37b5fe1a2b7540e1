"""What a team has in hand, shown to whoever assigns a ticket by hand."""

from __future__ import annotations

from typing import Any

from opscharter.kernel.access.actor import Actor
from opscharter.service.dispatch.candidates import Candidate, candidates
from opscharter.service.dispatch.matching import case_of
from opscharter.service.dispatch.models import AssignmentRule

MOST = 12


def who_has_room(ticket: Any, actor: Actor) -> list[Candidate]:
    """Return the people of the ticket's team, those with least in hand first, each with the skills that count."""
    if ticket.team is None or actor.external:
        return []
    case = case_of(ticket)
    by_load = AssignmentRule(method=AssignmentRule.Method.LEAST_LOAD, team=ticket.team)
    return candidates(by_load, case, ticket.team)[:MOST]
