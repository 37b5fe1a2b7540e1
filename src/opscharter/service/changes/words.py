"""The choices of a change: its kinds, states, verdicts and outcomes."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Kind(models.TextChoices):
    """How a change comes to be authorised."""

    STANDARD = "standard", _("standard")
    NORMAL = "normal", _("normal")
    EMERGENCY = "emergency", _("emergency")


class State(models.TextChoices):
    """Where a change stands."""

    DRAFT = "DRAFT", _("draft")
    ASSESSING = "ASSESSING", _("being assessed")
    PLANNING = "PLANNING", _("being planned")
    APPROVING = "APPROVING", _("awaiting approval")
    APPROVED = "APPROVED", _("approved")
    IMPLEMENTING = "IMPLEMENTING", _("being implemented")
    ROLLING_BACK = "ROLLING_BACK", _("being rolled back")
    REVIEW = "REVIEW", _("to be verified")
    CLOSED = "CLOSED", _("closed")
    CANCELLED = "CANCELLED", _("cancelled")


class Feasibility(models.TextChoices):
    """The verdict on whether it can be done."""

    FEASIBLE = "feasible", _("feasible")
    CONDITIONAL = "conditional", _("feasible with conditions")
    INFEASIBLE = "infeasible", _("not feasible")


class Likelihood(models.IntegerChoices):
    """How likely it is that the change goes wrong."""

    RARE = 1, _("1 rare: done many times before")
    UNLIKELY = 2, _("2 unlikely: rehearsed")
    POSSIBLE = 3, _("3 possible: new to the team")
    LIKELY = 4, _("4 likely: hard to test beforehand")
    ALMOST_CERTAIN = 5, _("5 almost certain: has failed before")


class Impact(models.IntegerChoices):
    """What it would mean if the change went wrong."""

    NEGLIGIBLE = 1, _("1 negligible: nobody notices")
    MINOR = 2, _("2 minor: a few users, minutes")
    MODERATE = 3, _("3 moderate: one service slowed")
    MAJOR = 4, _("4 major: one service down")
    SEVERE = 5, _("5 severe: several services down or data lost")


class Outcome(models.TextChoices):
    """How the implementation ended."""

    DONE = "done", _("done")
    FAILED = "failed", _("failed")
    ROLLED_BACK = "rolled-back", _("rolled back")


class Answer(models.TextChoices):
    """What the customer says to the window."""

    AGREED = "agreed", _("agreed")
    DECLINED = "declined", _("declined")


PLANNED = (State.PLANNING, State.APPROVING, State.APPROVED)
"""States in which a change holds, or asks for, a place in the calendar."""
UNDER_WAY = (State.IMPLEMENTING, State.ROLLING_BACK)
BEFORE_START = (State.DRAFT, State.ASSESSING, *PLANNED)
UNSUCCESSFUL = (Outcome.FAILED, Outcome.ROLLED_BACK)


def risk_tone(risk: int) -> str:
    """Return the colour of a risk score."""
    return "r" if risk >= 12 else "a" if risk >= 6 else "g"
