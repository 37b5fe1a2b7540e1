"""The guards of §1.3.2: a complaint is not closed over the customer's head."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from opscharter.kernel import moment
from opscharter.kernel.access.actor import Actor
from opscharter.kernel.calendars.models import calendar_of
from opscharter.kernel.controls.registry import Parameter, guard
from opscharter.kernel.controls.wording import Sentence, Wording
from opscharter.service.complaints.calendar import hours_of


@guard(
    "complaint.answered", clause="1.3.2", owner="service-manager", label=_("Reply, outcome and cause are on record"),
    fields=("root_cause",),
)  # fmt: skip
def answered(complaint: Any, actor: Actor) -> list[Sentence]:
    """A complaint is closed with what was replied, what came of it, and why it arose."""
    missing: list[Sentence] = []
    if not complaint.reply.strip() or not complaint.outcome:
        missing.append(_("Answer the customer and say what came of it."))
    if not complaint.root_cause.strip():
        missing.append(_("Say why it arose."))
    return missing


@guard(
    "complaint.customer-has-spoken", clause="1.3.2", owner="service-manager",
    label=_("The customer has accepted the reply, or has had time to"), fields=("customer_answer",),
    parameters={"working_days": Parameter(5, unit=_("working days"), label=_("or after"))},
)  # fmt: skip
def customer_has_spoken(complaint: Any, actor: Actor, parameters: Mapping[str, Any]) -> list[Sentence]:
    """It is closed when the customer is content, or has kept silent for so many working days."""
    if complaint.customer_answer == "accepted":
        return []
    if complaint.customer_answer == "refused":
        return [_("The customer does not accept the reply; go on with it.")]
    days = int(parameters["working_days"])
    if complaint.replied_at is not None:
        silent_until = calendar_of(hours_of(complaint)).add_days(complaint.replied_at, days)
        if silent_until <= moment.now():
            return []
    return [Wording(_("Record the customer's answer, or wait %(days)s working days."), {"days": days})]
