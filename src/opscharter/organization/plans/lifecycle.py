"""The life of a department's plan, and of the items under it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from opscharter.kernel import moment
from opscharter.kernel.access.actor import Actor
from opscharter.kernel.controls.registry import guard
from opscharter.kernel.controls.wording import Sentence, Wording
from opscharter.kernel.records.lifecycle import Lifecycle, Move


class State(models.TextChoices):
    DRAFT = "DRAFT", _("draft")
    SUBMITTED = "SUBMITTED", _("submitted")
    APPROVED = "APPROVED", _("in force")
    CLOSED = "CLOSED", _("reviewed and closed")


class ItemState(models.TextChoices):
    OPEN = "OPEN", _("open")
    DONE = "DONE", _("done")
    DROPPED = "DROPPED", _("dropped")


@guard("plan.has-goals", clause="2.2.2", owner="department-manager", label=_("The plan has a goal bound to a figure"))
def has_goals(plan: Any, actor: Actor) -> list[Sentence]:
    """A plan says what is aimed at: at least one item is bound to a goal or a figure."""
    items = plan.items.filter(archived_at__isnull=True)
    if not items.filter(~models.Q(indicator="") | models.Q(goal__isnull=False)).exists():
        return [_("Add at least one item that is bound to a goal or a figure.")]
    return []


@guard("plan.items-settled", clause="2.2.2", owner="department-manager", label=_("Every item is done or dropped"))
def items_settled(plan: Any, actor: Actor) -> list[Sentence]:
    """A plan is closed when each of its tasks has been done, or dropped with a reason."""
    left = plan.items.filter(archived_at__isnull=True, state=ItemState.OPEN, due_on__isnull=False).count()
    return (
        [Wording(_("%(n)s tasks are still open: finish them or drop them with a reason."), {"n": left})] if left else []
    )


def note_submission(plan: Any, actor: Actor, inputs: Mapping[str, Any]) -> None:
    """Keep who submitted the plan: another person approves it."""
    plan.submitted_by_id = actor.person_id


def note_approval(plan: Any, actor: Actor, inputs: Mapping[str, Any]) -> None:
    """Keep who approved it, and when."""
    plan.approved_by_id, plan.approved_on = actor.person_id, moment.today()


PLAN = Lifecycle(
    State,
    start=State.DRAFT,
    moves=[
        Move("submit", State.DRAFT, State.SUBMITTED, _("Submit"), primary=True, guards=[has_goals],
             prepare=[note_submission]),
        Move("approve", State.SUBMITTED, State.APPROVED, _("Approve"), primary=True, reserved=True,
             separate_from=["submitted_by", "owner"], prepare=[note_approval]),
        Move("return", State.SUBMITTED, State.DRAFT, _("Return"), needs_reason=True),
        Move("close", State.APPROVED, State.CLOSED, _("Review and close"), primary=True, guards=[items_settled],
             inputs=["review"], required=["review"]),
    ],
    final=[State.CLOSED],
)  # fmt: skip


def note_done(item: Any, actor: Actor, inputs: Mapping[str, Any]) -> None:
    """Keep the day on which it was done."""
    item.done_on = moment.today()


ITEM = Lifecycle(
    ItemState,
    start=ItemState.OPEN,
    moves=[
        Move("done", ItemState.OPEN, ItemState.DONE, _("Done"), primary=True, inputs=["result"], prepare=[note_done]),
        Move("drop", ItemState.OPEN, ItemState.DROPPED, _("Drop"), needs_reason=True),
        Move("take-up", (ItemState.DONE, ItemState.DROPPED), ItemState.OPEN, _("Take up again"), needs_reason=True),
    ],
    final=[ItemState.DONE, ItemState.DROPPED],
)  # fmt: skip
