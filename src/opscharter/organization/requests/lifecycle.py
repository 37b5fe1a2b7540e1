"""The life of a request between departments: asked, accepted or refused, replied to, closed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from opscharter.kernel import moment
from opscharter.kernel.access.actor import Actor
from opscharter.kernel.records.lifecycle import Lifecycle, Move


class State(models.TextChoices):
    ASKED = "ASKED", _("asked")
    ACCEPTED = "ACCEPTED", _("accepted")
    REFUSED = "REFUSED", _("refused")
    REPLIED = "REPLIED", _("replied")
    CLOSED = "CLOSED", _("closed")


def note_answer(request: Any, actor: Actor, inputs: Mapping[str, Any]) -> None:
    """Keep when the department asked said yes or no, and who takes it on when nobody else is named."""
    request.answered_at = moment.now()
    if request.handler_id is None:
        request.handler_id = actor.person_id


def note_refusal(request: Any, actor: Actor, inputs: Mapping[str, Any]) -> None:
    """Keep the reason of the refusal beside the request, for the department that asked."""
    request.answered_at, request.refusal = moment.now(), inputs["reason"]


def note_reply(request: Any, actor: Actor, inputs: Mapping[str, Any]) -> None:
    """Keep when the reply was given."""
    request.replied_at = moment.now()


OPEN = (State.ASKED, State.ACCEPTED)
LIFECYCLE = Lifecycle(
    State,
    start=State.ASKED,
    moves=[
        Move("accept", State.ASKED, State.ACCEPTED, _("Accept"), primary=True, inputs=["handler", "due_on"],
             separate_from=["requester"], prepare=[note_answer]),
        Move("refuse", State.ASKED, State.REFUSED, _("Refuse"), needs_reason=True, separate_from=["requester"],
             prepare=[note_refusal]),
        Move("reply", State.ACCEPTED, State.REPLIED, _("Reply"), primary=True, inputs=["reply"], required=["reply"],
             prepare=[note_reply]),
        Move("close", (State.REPLIED, State.REFUSED), State.CLOSED, _("Close"), primary=True),
        Move("ask-again", (State.REPLIED, State.REFUSED), State.ASKED, _("Ask again"), inputs=["due_on"],
             needs_reason=True),
    ],
    final=[State.CLOSED],
)  # fmt: skip
