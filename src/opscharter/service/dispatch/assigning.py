"""The rules at work: at intake, and again when somebody declines; part of the ticket's own transaction."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from opscharter.kernel import moment
from opscharter.kernel.access.actor import Actor, system_actor
from opscharter.kernel.errors import Refused
from opscharter.kernel.timeline import entries
from opscharter.kernel.timeline.events import declare_event
from opscharter.kernel.timeline.models import TimelineEntry
from opscharter.service.dispatch.deciding import Decision, decide
from opscharter.service.dispatch.matching import case_of, rules_in_order
from opscharter.service.dispatch.models import AssignmentRule, Declined, RuleTurn

BY_RULE = declare_event("assigned-by-rule", _("By the rule “%(rule)s” (%(method)s): %(who)s. %(passed)s"))
NOBODY = declare_event("assigned-to-nobody", _("No assignment rule found anybody; it waits with the team."))
WAITS = ("NEW",)


def assign_at_intake(ticket: Any, actor: Actor, changes: Mapping[str, list[Any]]) -> None:
    """Assign a ticket that has just come in, by whatever channel, unless somebody has been named."""
    if not changes and ticket.assignee_id is None and ticket.state in WAITS and not ticket.imported_from:
        assign(ticket)


def pass_on(ticket: Any, actor: Actor, reason: str) -> bool:
    """Remember who declined and why, and give the ticket to the next; says whether there was one."""
    if actor.person_id is not None:
        Declined.objects.update_or_create(
            record_type=ticket._meta.label_lower, record_id=ticket.pk, employee_id=actor.person_id,
            defaults={"reason": reason[:200], "at": moment.now()},
        )  # fmt: skip
    return assign(ticket)


def assign(ticket: Any) -> bool:
    """Let the rules decide and take the step; says whether a person was found. What a guard refuses stays as it is."""
    rules = rules_in_order()
    if not rules:
        return False
    take_turns(rules)
    decision = decide(case_of(ticket), rules)
    if decision.rule is None or decision.team is None:
        entries.append(ticket, system_actor(), TimelineEntry.Kind.EVENT, verb=NOBODY, clause="3.1.2")
        return False
    try:
        if decision.person is not None:
            ticket.move("assign", system_actor("assignment"), team=decision.team, assignee=decision.person)
        elif ticket.team_id != decision.team.pk:
            ticket.team = decision.team
            ticket.save_as(system_actor("assignment"), note="assignment rule")
    except (Refused, ValidationError):
        return False
    _tell(ticket, decision)
    return decision.person is not None


def take_turns(rules: list[AssignmentRule]) -> None:
    """Lock the turns of the rules that go one after the other: two tickets at the same moment take two turns."""
    ids = [rule.pk for rule in rules if rule.method == AssignmentRule.Method.ROUND_ROBIN]
    if not ids:
        return
    RuleTurn.objects.bulk_create([RuleTurn(rule_id=pk) for pk in ids], ignore_conflicts=True)
    list(RuleTurn.objects.filter(rule_id__in=ids).order_by("pk").select_for_update())


def _tell(ticket: Any, decision: Decision) -> None:
    """Move the turn on, and put into the story by which rule it went to whom, and who was passed over."""
    rule = decision.rule
    assert rule is not None
    if rule.method == AssignmentRule.Method.ROUND_ROBIN and decision.person is not None:
        RuleTurn.objects.filter(rule=rule).update(last=decision.person)
    verdict = next(each for each in decision.verdicts if each.decides)
    passed = [f"{each.person}: {', '.join(each.why_not)}" for each in verdict.candidates if not each.fits]
    said = {
        "rule": rule.name, "method": str(rule.get_method_display()), "who": str(decision.person or decision.team),
        "passed": "; ".join(passed)[:400],
    }  # fmt: skip
    entries.append(ticket, system_actor(), TimelineEntry.Kind.EVENT, verb=BY_RULE, data=said, clause="3.1.2")
