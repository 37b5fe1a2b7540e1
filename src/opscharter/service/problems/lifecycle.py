"""The life of a problem: found, analysed, known, solved, closed after a look back."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from opscharter.kernel.records.lifecycle import STAY, Lifecycle, Move
from opscharter.service.problems import effects, guards


class ProblemState(models.TextChoices):
    """Where a problem stands."""

    NEW = "NEW", _("new")
    ANALYSING = "ANALYSING", _("being analysed")
    KNOWN_ERROR = "KNOWN_ERROR", _("known error")
    RESOLVED = "RESOLVED", _("resolved")
    CLOSED = "CLOSED", _("closed")
    CANCELLED = "CANCELLED", _("cancelled")


OPEN = [ProblemState.NEW, ProblemState.ANALYSING, ProblemState.KNOWN_ERROR]

PROBLEM = Lifecycle(
    ProblemState, start=ProblemState.NEW, final=[ProblemState.CLOSED, ProblemState.CANCELLED],
    moves=[
        Move("analyse", ProblemState.NEW, ProblemState.ANALYSING, _("Begin the analysis"), primary=True,
             inputs=["team", "owner", "method", "review_on"], required=["owner", "method", "review_on"],
             effects=[effects.tell_owner]),
        Move("know", ProblemState.ANALYSING, ProblemState.KNOWN_ERROR, _("Record as known error"), primary=True,
             inputs=["root_cause", "workaround"], guards=[guards.cause_and_workaround],
             prepare=[effects.mark_known], effects=[effects.tell_handlers]),
        Move("resolve", [ProblemState.ANALYSING, ProblemState.KNOWN_ERROR], ProblemState.RESOLVED, _("Mark as solved"),
             inputs=["root_cause", "solution"], guards=[guards.solved], prepare=[effects.mark_resolved]),
        Move("review", [ProblemState.ANALYSING, ProblemState.KNOWN_ERROR], STAY, _("Reviewed"), inputs=["review_on"],
             required=["review_on"], needs_reason=True, prepare=[effects.mark_reviewed]),
        Move("close", ProblemState.RESOLVED, ProblemState.CLOSED, _("Close"), primary=True,
             guards=[guards.stayed_away], prepare=[effects.mark_closed]),
        Move("reopen", [ProblemState.RESOLVED, ProblemState.CLOSED], ProblemState.ANALYSING, _("Reopen"),
             needs_reason=True, prepare=[effects.mark_reopened]),
        Move("cancel", OPEN, ProblemState.CANCELLED, _("No problem after all"), needs_reason=True),
    ],
)  # fmt: skip
