"""The life of a survey: sent, answered once; a low score is followed up by somebody by a day."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from opscharter.kernel.records.lifecycle import STAY, Lifecycle, Move
from opscharter.service.satisfaction import effects


class State(models.TextChoices):
    """Where a survey stands."""

    SENT = "SENT", _("sent")
    ANSWERED = "ANSWERED", _("answered")
    FOLLOW_UP = "FOLLOW_UP", _("to be followed up")
    SETTLED = "SETTLED", _("followed up")
    EXPIRED = "EXPIRED", _("not answered")


LIFE = Lifecycle(
    State,
    start=State.SENT,
    moves=[
        Move("answer", State.SENT, State.ANSWERED, _("Answer"), automatic=True, inputs=["score", "text"],
             required=["score"], prepare=[effects.mark_answered], effects=[effects.follow_low_score]),
        Move("follow", State.ANSWERED, State.FOLLOW_UP, _("Follow up"), automatic=True,
             prepare=[effects.name_owner], effects=[effects.tell_owner]),
        Move("hand-on", State.FOLLOW_UP, STAY, _("Change owner or day"), inputs=["owner", "due_on"],
             required=["owner", "due_on"], needs_reason=True, effects=[effects.tell_owner]),
        Move("settle", State.FOLLOW_UP, State.SETTLED, _("Followed up"), primary=True, inputs=["resolution"],
             required=["resolution"], prepare=[effects.mark_settled]),
        Move("expire", State.SENT, State.EXPIRED, _("Not answered"), automatic=True),
    ],
    final=[State.ANSWERED, State.SETTLED, State.EXPIRED],
)  # fmt: skip
