"""The life of a major incident candidate: declared, or put aside with the reason."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from opscharter.kernel.records.lifecycle import Lifecycle, Move
from opscharter.service.alerts import effects, guards


class CandidateState(models.TextChoices):
    """Where a candidate stands."""

    OPEN = "OPEN", _("to be decided")
    DECLARED = "DECLARED", _("declared")
    DISMISSED = "DISMISSED", _("put aside")


CANDIDATE = Lifecycle(
    CandidateState,
    start=CandidateState.OPEN,
    moves=[
        Move("declare", CandidateState.OPEN, CandidateState.DECLARED, _("Declare a major incident"), primary=True,
             needs_reason=True, guards=[guards.stands_open], prepare=[effects.mark_decided, effects.name_lead],
             effects=[effects.declare_lead]),
        Move("dismiss", CandidateState.OPEN, CandidateState.DISMISSED, _("Not one major incident"), needs_reason=True,
             prepare=[effects.mark_decided]),
    ],
    final=[CandidateState.DECLARED, CandidateState.DISMISSED],
)  # fmt: skip
