"""Verbs of problems."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from opscharter.kernel.access.actor import Actor
from opscharter.service.problems.models import Problem
from opscharter.service.tickets.models import Incident


@transaction.atomic
def open_for(incident: Incident, actor: Actor, *, major: bool = False) -> Problem:
    """Open a problem for an incident: what is known already comes along, the parts of a major incident too."""
    problem = Problem(
        title=incident.title, description=incident.description, service=incident.service, team=incident.team,
        category=incident.category, priority=incident.priority or 3, root_cause=incident.cause,
        origin=Problem.Origin.MAJOR if major else Problem.Origin.OTHER,
    )  # fmt: skip
    family = [incident, *Incident.objects.visible_to(actor).filter(parent=incident)]
    return problem.save_as(actor, links={"incidents": family, "assets": list(incident.assets.all())})


@transaction.atomic
def add_incident(problem: Problem, incident: Incident, actor: Actor) -> None:
    """Link one more incident."""
    links: dict[str, Any] = {"incidents": [*problem.incidents.all(), incident]}
    problem.save_as(actor, links=links)
