"""The life of a telephone call: talking, parked, hung up, closed with its outcome."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from opscharter.kernel.records.lifecycle import STAY, Lifecycle, Move
from opscharter.service.hotline import effects, guards


class State(TextChoices):
    """Where a call stands."""

    TALKING = "TALKING", _("talking")
    PARKED = "PARKED", _("parked")
    ENDED = "ENDED", _("hung up, to be closed")
    CLOSED = "CLOSED", _("closed")


OPEN = (State.TALKING, State.PARKED, State.ENDED)
ON_THE_LINE = (State.TALKING, State.PARKED)

LIFECYCLE = Lifecycle(
    State,
    start=State.TALKING,
    moves=[
        Move("park", State.TALKING, State.PARKED, _("Park"), prepare=[effects.mark_parked]),
        Move("go-on", State.PARKED, State.TALKING, _("Talk on"), primary=True, prepare=[effects.mark_back],
             effects=[effects.park_the_others]),
        Move("hang-up", ON_THE_LINE, State.ENDED, _("Hang up"), prepare=[effects.mark_ended]),
        Move("close", OPEN, State.CLOSED, _("Close the call"), primary=True, inputs=["outcome", "note"],
             guards=[guards.outcome_recorded, guards.content_recorded], prepare=[effects.mark_closed]),
        Move("page", OPEN, STAY, _("Hand to on-call"), needs_reason=True, guards=[guards.has_ticket],
             prepare=[effects.mark_handed], effects=[effects.page_on_call]),
        Move("take-up", State.CLOSED, State.ENDED, _("Take up again"), needs_reason=True, rare=True,
             prepare=[effects.mark_open_again]),
    ],
    final=[State.CLOSED],
)  # fmt: skip
