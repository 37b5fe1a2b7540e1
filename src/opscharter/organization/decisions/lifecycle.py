"""The life of a decision: drafted, put forward, decided by those entitled to, followed up, closed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from opscharter.kernel import moment
from opscharter.kernel.access.actor import Actor
from opscharter.kernel.approvals.requests import Approval
from opscharter.kernel.controls.registry import guard
from opscharter.kernel.controls.wording import Sentence, Wording
from opscharter.kernel.records.lifecycle import Lifecycle, Move


class State(models.TextChoices):
    DRAFT = "DRAFT", _("draft")
    PROPOSED = "PROPOSED", _("proposed")
    DECIDED = "DECIDED", _("decided")
    REJECTED = "REJECTED", _("rejected")
    CLOSED = "CLOSED", _("closed")


@guard(
    "decision.options-weighed", clause="2.2.1", owner="top-management", label=_("At least two options are weighed"),
    fields=("options",),
)  # fmt: skip
def options_weighed(decision: Any, actor: Actor) -> list[Sentence]:
    """A proposal says between what is to be chosen; doing nothing may be one of the options."""
    if len(decision.option_list) < 2:
        return [_("Name at least two options, one a line; leaving things as they are may be one.")]
    return []


@guard(
    "decision.follow-ups-done", clause="2.2.1", owner="top-management", label=_("What follows from it has been done")
)
def follow_ups_done(decision: Any, actor: Actor) -> list[Sentence]:
    """A decision is closed when nothing that follows from it is open."""
    open_ones = decision.follow_ups.filter(archived_at__isnull=True, state=FollowUpState.OPEN).count()
    return [Wording(_("%(n)s follow-ups are still open."), {"n": open_ones})] if open_ones else []


def note_decision(decision: Any, actor: Actor, inputs: Mapping[str, Any]) -> None:
    """Keep the day of the decision."""
    decision.decided_on = moment.today()


LIFECYCLE = Lifecycle(
    State,
    start=State.DRAFT,
    moves=[
        Move("propose", State.DRAFT, State.PROPOSED, _("Put forward"), primary=True, guards=[options_weighed],
             inputs=["options"]),
        Move("decide", State.PROPOSED, State.DECIDED, _("Decide"), primary=True, reserved=True,
             inputs=["chosen", "conditions"], required=["chosen"], separate_from=["proposer"],
             approval=Approval("2.2.1", ["title", "proposal", "options", "amount"]), prepare=[note_decision]),
        Move("reject", State.PROPOSED, State.REJECTED, _("Reject"), needs_reason=True, reserved=True,
             separate_from=["proposer"], prepare=[note_decision]),
        Move("withdraw", State.PROPOSED, State.DRAFT, _("Back to draft"), needs_reason=True),
        Move("close", State.DECIDED, State.CLOSED, _("Close"), primary=True, guards=[follow_ups_done],
             inputs=["outcome"], required=["outcome"]),
    ],
    final=[State.REJECTED, State.CLOSED],
)  # fmt: skip


class FollowUpState(models.TextChoices):
    OPEN = "OPEN", _("open")
    DONE = "DONE", _("done")
    DROPPED = "DROPPED", _("dropped")


def note_done(follow_up: Any, actor: Actor, inputs: Mapping[str, Any]) -> None:
    """Keep the day on which it was done."""
    follow_up.done_on = moment.today()


FOLLOW_UP = Lifecycle(
    FollowUpState,
    start=FollowUpState.OPEN,
    moves=[
        Move("done", FollowUpState.OPEN, FollowUpState.DONE, _("Done"), primary=True, inputs=["result"],
             required=["result"], prepare=[note_done]),
        Move("drop", FollowUpState.OPEN, FollowUpState.DROPPED, _("Drop"), needs_reason=True),
    ],
    final=[FollowUpState.DONE, FollowUpState.DROPPED],
)  # fmt: skip
