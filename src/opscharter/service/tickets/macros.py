"""Using macros on tickets."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _t

from opscharter.kernel.access.actor import Actor
from opscharter.kernel.records.writing import permitted
from opscharter.organization.models import Employee
from opscharter.service.tickets.lifecycle import State
from opscharter.service.tickets.models import Macro

WAITS = {Macro.Step.WAIT_CUSTOMER: "customer", Macro.Step.WAIT_VENDOR: "vendor"}
CAN_ACCEPT = (State.NEW, State.ASSIGNED)


def macros_for(actor: Actor) -> list[Macro]:
    """Return the macros of everybody and of the actor's own teams."""
    teams = {pk for ids in actor.units.values() for pk in ids}
    rows = Macro.objects.visible_to(actor).current().filter(Q(team__isnull=True) | Q(team_id__in=teams))
    return list(rows.order_by("name"))


@transaction.atomic
def apply(macro: Macro, ticket: Any, actor: Actor, text: str) -> None:
    """Do all that a macro holds, or nothing of it: fields, comment, step; each by its own rules and grants."""
    if macro.take and actor.person_id is not None and ticket.assignee_id != actor.person_id:
        person = Employee.objects.get(pk=actor.person_id)
        if ticket.state in (*CAN_ACCEPT, State.IN_PROGRESS):
            ticket.move("assign", actor, team=ticket.team or person.department, assignee=person)
    changed = False
    for name in ("category", "plan"):
        if (value := getattr(macro, name)) and not getattr(ticket, name):
            setattr(ticket, name, value)
            changed = True
    if changed:
        ticket.save_as(actor, note=macro.name)
    if text.strip():
        ticket.comment_as(actor, text, visibility=macro.reader)
        ticket.refresh_from_db()
    _step(macro, ticket, actor)


def _step(macro: Macro, ticket: Any, actor: Actor) -> None:
    if macro.step == Macro.Step.ACCEPT and ticket.state in CAN_ACCEPT:
        ticket.move("accept", actor)
    elif macro.step in WAITS:
        ticket.move("wait", actor, waiting_for=WAITS[Macro.Step(macro.step)], reason=macro.name)
    elif macro.step == Macro.Step.RESUME and ticket.state == State.WAITING:
        ticket.move("resume", actor)


def told(macro: Macro) -> list[str]:
    """Say in words what a macro changes, for the person who is about to use it."""
    changes = [str(macro.get_step_display())] if macro.step else []
    if macro.take:
        changes.append(_t("the ticket becomes mine"))
    words: dict[str, Any] = {"category": _t("type"), "plan": _t("handling plan")}
    changes += [f"{label}: {value}" for name, label in words.items() if (value := getattr(macro, name))]
    return changes


def may_use(ticket: Any, actor: Actor) -> bool:
    """Say whether the actor may write on the ticket at all."""
    return not actor.external and permitted(ticket, actor, "comment")
