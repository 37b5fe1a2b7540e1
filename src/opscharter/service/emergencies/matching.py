"""Which contingency plan an incident runs by, and which person plays which part."""

from __future__ import annotations

from typing import Any

from opscharter.kernel.access.actor import Actor
from opscharter.kernel.approvals.directory import directory
from opscharter.organization.models import Employee
from opscharter.service.emergencies.lifecycle import PlanState
from opscharter.service.emergencies.models import ContingencyPlan, Emergency
from opscharter.service.emergencies.models.plan import TaskRole


def plan_for(incident: Any) -> ContingencyPlan | None:
    """Return the plan in force that fits best: the customer's own before the service's before the type's."""
    best: ContingencyPlan | None = None
    best_rank = -1
    for plan in ContingencyPlan.objects.current().filter(state=PlanState.IN_FORCE).order_by("code"):
        rank = _rank(plan, incident)
        if rank > best_rank:
            best, best_rank = plan, rank
    return best


def _rank(plan: ContingencyPlan, incident: Any) -> int:
    """Return how closely a plan fits; -1 when it is for something else."""
    wanted = [
        (4, plan.customer_id, incident.customer_id),
        (2, plan.service_id, incident.service_id),
        (1, plan.category.casefold(), incident.category.casefold()),
    ]
    if any(asked and asked != given for _weight, asked, given in wanted):
        return -1
    return sum(weight for weight, asked, _given in wanted if asked)


def name_of_plan(incident: Any) -> str:
    """Return the name of the plan that matches an incident, or nothing."""
    plan = plan_for(incident)
    return str(plan) if plan else ""


def in_role(code: str) -> Employee | None:
    """Return a person who holds a role today."""
    found = sorted(directory().in_role(code, None))
    return Employee.objects.filter(pk__in=found).order_by("pk").first()


def leader(incident: Any, actor: Actor) -> Employee | None:
    """Return who leads at first: the head of the team, else the service manager, else whoever declared."""
    head = incident.team.head if incident.team else None
    declarer = Employee.objects.filter(pk=actor.person_id).first() if actor.person_id else None
    return head or in_role("service-manager") or declarer or incident.assignee


def speaker(incident: Any, actor: Actor) -> Employee | None:
    """Return who speaks to the customers at first: the account manager, else the service manager."""
    manager = incident.customer.account_manager if incident.customer else None
    return manager or in_role("service-manager") or leader(incident, actor)


def owner_of(role: str, emergency: Emergency) -> Employee | None:
    """Return the person who plays a part; the commander plays those that nobody holds."""
    incident = emergency.incident
    people = {
        TaskRole.COMMANDER: emergency.commander,
        TaskRole.COMMUNICATIONS: emergency.communications,
        TaskRole.HANDLER: incident.assignee,
        TaskRole.TEAM_HEAD: incident.team.head if incident.team else None,
        TaskRole.ACCOUNT_MANAGER: incident.customer.account_manager if incident.customer else None,
    }
    person = in_role("service-manager") if role == TaskRole.SERVICE_MANAGER else people.get(TaskRole(role))
    return person or emergency.commander or incident.assignee
