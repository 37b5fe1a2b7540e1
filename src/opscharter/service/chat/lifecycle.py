"""The life of a chat: it waits, somebody answers, it ends with what became of it."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from opscharter.kernel.records.lifecycle import STAY, Lifecycle, Move
from opscharter.service.chat import effects, guards


class State(models.TextChoices):
    """Where a chat stands."""

    WAITING = "WAITING", _("waiting")
    ACTIVE = "ACTIVE", pgettext_lazy("chat", "talking")
    LEFT = "LEFT", _("customer has left")
    MESSAGE = "MESSAGE", _("message left")
    ENDED = "ENDED", _("ended")
    ABANDONED = "ABANDONED", _("given up")


OPEN = (State.WAITING, State.ACTIVE, State.LEFT, State.MESSAGE)
LIVE = (State.WAITING, State.ACTIVE)
TO_SETTLE = (State.ACTIVE, State.LEFT, State.MESSAGE)

LIFE = Lifecycle(
    State,
    start=State.WAITING,
    moves=[
        Move("take", State.WAITING, State.ACTIVE, _("Take"), primary=True, guards=[guards.answered_by_name],
             prepare=[effects.name_agent], effects=[effects.greet, effects.tell_queue]),
        Move("take-message", State.MESSAGE, State.LEFT, _("Take the message"), primary=True,
             guards=[guards.answered_by_name], prepare=[effects.name_agent], effects=[effects.tell_pages]),
        Move("leave-message", State.WAITING, State.MESSAGE, _("Leave a message"), automatic=True,
             effects=[effects.tell_queue]),
        Move("pass-on", State.ACTIVE, STAY, _("Hand to a colleague"), inputs=["agent"], required=["agent"],
             effects=[effects.tell_passed, effects.tell_pages]),
        Move("put-back", State.ACTIVE, State.WAITING, _("Back to the queue"), needs_reason=True,
             prepare=[effects.forget_agent], effects=[effects.tell_queue]),
        Move("hang-up", State.ACTIVE, State.LEFT, _("Customer leaves"), rare=True, prepare=[effects.mark_left],
             effects=[effects.say_left, effects.tell_pages]),
        Move("give-up", State.WAITING, State.ABANDONED, _("Given up while waiting"), rare=True,
             prepare=[effects.mark_left, effects.mark_over], effects=[effects.tell_queue]),
        Move("file", [*TO_SETTLE, State.ENDED, State.ABANDONED], STAY, _("Make or join a ticket"), automatic=True,
             inputs=["request", "incident", "customer", "contact"], prepare=[effects.mark_filed],
             effects=[effects.tell_pages]),
        Move("end", TO_SETTLE, State.ENDED, _("End"), inputs=["outcome", "note"], guards=[guards.settled],
             prepare=[effects.mark_over], effects=[effects.say_ended, effects.tell_pages]),
        Move("rate", [State.LEFT, State.ENDED], STAY, _("Rate"), inputs=["rating", "rating_text"], required=["rating"],
             rare=True, applies=lambda chat: chat.rated_at is None, prepare=[effects.mark_rated],
             effects=[effects.tell_pages]),
    ],
    final=[State.ENDED, State.ABANDONED],
)  # fmt: skip
