"""The guards of §3.1–§3.3: what must be there before a ticket may take a step."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from opscharter.kernel.access.actor import Actor
from opscharter.kernel.controls.registry import Parameter, guard
from opscharter.kernel.controls.wording import Sentence, Wording
from opscharter.service.tickets import hooks


@guard("request.complete", clause="3.1.2", owner="hotline", label=_("Content, customer and urgency are recorded"))
def request_complete(ticket: Any, actor: Actor) -> list[Sentence]:
    """A request says what is wanted, for whom, and how urgent it is."""
    missing: list[Sentence] = []
    if not ticket.title.strip() or not ticket.description.strip():
        missing.append(_("Say what is asked for: a title and a description."))
    if ticket.customer_id is None and not ticket.imported_from:
        missing.append(_("Name the customer."))
    if ticket.urgency is None:
        missing.append(_("Say how urgent it is."))
    return missing


@guard(
    "request.merge-within-customer", clause="3.1.2", owner="hotline", label=_("Both tickets are of one customer"),
    overridable=False, fields=("merged_into",),
)  # fmt: skip
def merge_within_customer(ticket: Any, actor: Actor) -> list[Sentence]:
    """Only two open tickets of one customer are merged: what one customer wrote is nothing for another."""
    target = ticket.merged_into
    if target is None:
        return [_("Name the ticket that goes on.")]
    if target.pk == ticket.pk:
        return [_("A ticket cannot be merged into itself.")]
    if target.customer_id != ticket.customer_id:
        return [_("These are tickets of two customers; link them instead.")]
    if target.merged_into_id is not None or target.state == "CANCELLED":
        return [Wording(_("%(number)s does not go on itself."), {"number": target.number})]
    return []


@guard(
    "request.declined-by-handler", clause="3.1.2", owner="engineer", label=_("Who declines is who was given it"),
    overridable=False,
)  # fmt: skip
def declined_by_handler(ticket: Any, actor: Actor) -> list[Sentence]:
    """Only the person to whom a ticket was assigned can decline it; others assign it to somebody else."""
    if ticket.assignee_id is None or actor.person_id != ticket.assignee_id:
        return [_("Only who was given the ticket can decline it.")]
    return []


@guard("request.was-merged", clause="3.1.2", owner="hotline", label=_("The ticket was merged"), overridable=False)
def was_merged(ticket: Any, actor: Actor) -> list[Sentence]:
    """Only what was merged can be taken out again."""
    return [] if ticket.merged_into_id else [_("This ticket was not merged into another.")]


@guard("request.assessed", clause="3.2.1", owner="engineer", label=_("Type, severity and scope are assessed"))
def request_assessed(ticket: Any, actor: Actor) -> list[Sentence]:
    """The handler has assessed type, severity and scope before the work proceeds."""
    if ticket.assessed_at is None:
        return [_("Assess type, severity and scope of impact first.")]
    return []


@guard(
    "request.has-plan", clause="3.2.2", owner="engineer", label=_("A handling plan exists for urgent cases"),
    parameters={"up_to_priority": Parameter(2, label=_("needed up to priority"))},
)  # fmt: skip
def request_has_plan(ticket: Any, actor: Actor, parameters: Any) -> list[Sentence]:
    """Urgent tickets are handled by a plan that was written down."""
    if (ticket.priority or 4) <= parameters["up_to_priority"] and not ticket.plan.strip():
        return [_("Write down the handling plan: this priority needs one.")]
    return []


@guard(
    "incident.cause-and-fix", clause="3.3.2", owner="engineer", label=_("Cause and repair are recorded"),
    fields=("cause", "fix"),
)  # fmt: skip
def cause_and_fix(ticket: Any, actor: Actor) -> list[Sentence]:
    """Resolving says what the cause was and what was done."""
    missing: list[Sentence] = []
    if not ticket.cause.strip():
        missing.append(_("Record the cause."))
    if not ticket.fix.strip():
        missing.append(_("Record what was done to repair it."))
    return missing


@guard("incident.parent-tested", clause="3.3.3", owner="engineer", label=_("The major incident is resolved and tested"))
def parent_tested(incident: Any, actor: Actor) -> list[Sentence]:
    """A part of a major incident is resolved with it: only when the whole was repaired and fully tested."""
    parent = incident.parent
    if parent is None:
        return [_("This is not part of a major incident.")]
    if parent.tested_at is None:
        return [Wording(_("Resolve %(number)s first: cause, repair and full test."), {"number": parent.number})]
    return []


@guard("incident.fully-tested", clause="3.3.3", owner="engineer", label=_("The test checklist is complete"))
def fully_tested(incident: Any, actor: Actor) -> list[Sentence]:
    """Every step of the test checklist has a result, and none has failed."""
    results = list(incident.test_steps.filter(archived_at__isnull=True).values_list("result", flat=True))
    done = sum(result != "pending" for result in results)
    missing: list[Sentence] = []
    if not results:
        missing.append(_("Set up the test checklist; at least one step."))
    elif done < len(results):
        missing.append(
            Wording(
                _("Finish the test checklist: %(done)s of %(all)s steps have a result."),
                {"done": done, "all": len(results)},
            )
        )
    if "failed" in results:
        missing.append(_("A test step has failed; repair it and test again."))
    return missing


@guard(
    "incident.monitoring-quiet", clause="3.3.3", owner="engineer", label=_("Monitoring is quiet"), overridable=False
)  # fmt: skip
def monitoring_quiet(incident: Any, actor: Actor) -> list[Sentence]:
    """What recovered by itself is resolved only when monitoring has been quiet long enough."""
    if not hooks.monitoring:
        return [_("No monitoring is connected.")]
    return [reason for ask in hooks.monitoring for reason in ask(incident)]
