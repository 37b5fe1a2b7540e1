"""The life of a complaint: somebody owns it, the customer is answered, and it ends with the customer."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from opscharter.kernel.records.lifecycle import STAY, Lifecycle, Move
from opscharter.service.complaints import effects, guards


class State(models.TextChoices):
    """Where a complaint stands."""

    RECEIVED = "RECEIVED", _("received")
    HANDLING = "HANDLING", _("being handled")
    ANSWERED = "ANSWERED", _("answered")
    CLOSED = "CLOSED", _("closed")


OPEN = (State.RECEIVED, State.HANDLING)

LIFE = Lifecycle(
    State,
    start=State.RECEIVED,
    moves=[
        Move("assign", OPEN, State.HANDLING, _("Name the owner"), primary=True, inputs=["owner", "department"],
             required=["owner"], effects=[effects.tell_owner]),
        Move("reply", State.HANDLING, State.ANSWERED, _("Reply"), primary=True,
             inputs=["reply", "outcome", "root_cause"], required=["reply", "outcome"], customer_visible=True,
             prepare=[effects.mark_replied], effects=[effects.tell_customer]),
        Move("accept", State.ANSWERED, STAY, _("The reply will do"), customer_visible=True,
             applies=lambda complaint: complaint.customer_answer != "accepted", prepare=[effects.mark_accepted],
             effects=[effects.tell_owner]),
        Move("close", State.ANSWERED, State.CLOSED, _("Close"), primary=True, inputs=["customer_answer", "root_cause"],
             guards=[guards.answered, guards.customer_has_spoken], customer_visible=True,
             prepare=[effects.mark_closed]),
        Move("not-content", [State.ANSWERED, State.CLOSED], State.HANDLING, _("The reply does not do"),
             needs_reason=True, customer_visible=True, prepare=[effects.mark_not_content],
             effects=[effects.tell_owner]),
    ],
    final=[State.CLOSED],
)  # fmt: skip
