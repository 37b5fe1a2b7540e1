"""The guards of §3.3.1: a plan is whole before it is in force, an emergency is settled before it is put away."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from opscharter.kernel.access.actor import Actor
from opscharter.kernel.controls.registry import guard
from opscharter.kernel.controls.wording import Sentence, Wording


@guard("contingency-plan.complete", clause="3.3.1", owner="service-manager", label=_("Steps and customer texts exist"))
def plan_complete(plan: Any, actor: Actor) -> list[Sentence]:
    """A plan in force says what is done and what the customer is told."""
    missing: list[Sentence] = []
    if not plan.steps.filter(archived_at__isnull=True).exists():
        missing.append(_("Write down the steps; at least one."))
    if not all(text.strip() for text in (plan.text_started, plan.text_update, plan.text_resolved)):
        missing.append(_("Write the three texts to the customer: started, progress, resolved."))
    return missing


@guard("emergency.incident-resolved", clause="3.3.3", owner="service-manager", label=_("The incident is resolved"))
def parent_resolved(emergency: Any, actor: Actor) -> list[Sentence]:
    """The war room closes when its incident was repaired and fully tested."""
    if emergency.incident.is_open:
        return [
            Wording(_("Resolve %(number)s first: cause, repair and full test."), {"number": emergency.incident.number})
        ]
    return []


@guard("emergency.tasks-settled", clause="3.3.1", owner="service-manager", label=_("Every task is settled"))
def tasks_settled(emergency: Any, actor: Actor) -> list[Sentence]:
    """Every task of the plan was done, or left out with a reason."""
    count = emergency.tasks.filter(state="OPEN", archived_at__isnull=True).count()
    return [Wording(_("Settle the open tasks: %(n)s are neither done nor left out."), {"n": count})] if count else []


@guard(
    "emergency.lessons-written", clause="3.3.1", owner="service-manager", label=_("The lessons are written down"),
    fields=("lessons",),
)  # fmt: skip
def lessons_written(emergency: Any, actor: Actor) -> list[Sentence]:
    """The review says what is to be learned."""
    return [] if emergency.lessons.strip() else [_("Write down what is to be learned.")]
