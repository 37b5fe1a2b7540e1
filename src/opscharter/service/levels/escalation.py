"""Whom a clock tells at each level: the steps that the company has set, each once for everybody."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from opscharter.kernel.access.actor import Actor
from opscharter.kernel.approvals.directory import directory
from opscharter.organization.models import Employee, Role
from opscharter.service.levels.models import ClockEscalation
from opscharter.service.oncall.rosters import people_on_duty, roster_for


@dataclass(frozen=True)
class Step:
    """What an installation begins with: at a level, who is told."""

    level: int
    tells: tuple[str, ...]
    role: str = ""


DEFAULT = (
    Step(50, ("to_handler",)),
    Step(75, ("to_handler",)),
    Step(90, ("to_handler", "to_team_head")),
    Step(100, ("to_handler", "to_team_head")),
    Step(125, ("to_team_head", "to_on_duty")),
    Step(150, ("to_team_head",), "service-manager"),
    Step(200, ("to_head_above", "to_account_manager"), "service-manager"),
)
"""How a company without steps of its own escalates."""


def steps_for(ticket: Any, kind: str, level: int) -> list[Step]:
    """Return the steps that hold for a ticket's clock at a level."""
    rows = list(ClockEscalation.objects.current().select_related("role"))
    if not rows and not ClockEscalation.objects.exists():
        return [step for step in DEFAULT if step.level == level]
    return [
        Step(level, row.tells, row.role.code if row.role else "")
        for row in rows
        if row.level == level
        and row.kind in ("", kind)
        and row.team_id in (None, ticket.team_id)
        and (row.up_to_priority is None or (ticket.priority or 4) <= row.up_to_priority)
    ]


def people_to_tell(ticket: Any, kind: str, level: int) -> list[Employee]:
    """Return whom a clock tells at a level, each once; where nobody handles the ticket, the head stands in."""
    found: dict[int, Employee] = {}
    for step in steps_for(ticket, kind, level):
        for name in step.tells:
            found |= {person.pk: person for person in _RECIPIENTS[name](ticket)}
        if step.role:
            ids = list(directory().in_role(step.role, ticket))
            found |= {person.pk: person for person in Employee.objects.filter(pk__in=ids).select_related("user")}
    return list(found.values())


def _head(ticket: Any) -> list[Employee]:
    head = ticket.team.head if ticket.team else None
    return [head] if head is not None else []


def _handler(ticket: Any) -> list[Employee]:
    return [ticket.assignee] if ticket.assignee is not None else _head(ticket)


def _head_above(ticket: Any) -> list[Employee]:
    above = ticket.team.parent if ticket.team else None
    return [above.head] if above is not None and above.head is not None else []


def _on_duty(ticket: Any) -> list[Employee]:
    roster = roster_for(ticket)
    return people_on_duty(roster, 1) if roster is not None else []


def _account_manager(ticket: Any) -> list[Employee]:
    manager = ticket.customer.account_manager if ticket.customer else None
    return [manager] if manager is not None else []


_RECIPIENTS = {
    "to_handler": _handler, "to_team_head": _head, "to_head_above": _head_above, "to_on_duty": _on_duty,
    "to_account_manager": _account_manager,
}  # fmt: skip


def install_steps(actor: Actor) -> None:
    """Give a company that has never had steps the usual ones, to edit as it likes."""
    if ClockEscalation.objects.exists():
        return
    roles = {role.code: role for role in Role.objects.current()}
    for step in DEFAULT:
        ticked = dict.fromkeys(step.tells, True)
        ClockEscalation(level=step.level, role=roles.get(step.role), **ticked).save_as(actor)
