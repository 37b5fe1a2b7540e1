"""What may become of a call, and by which way it ran."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Direction(TextChoices):
    """Who called whom."""

    IN = "in", pgettext_lazy("call", "incoming")
    OUT = "out", pgettext_lazy("call", "outgoing")


class Outcome(TextChoices):
    """What became of a call."""

    TICKET = "ticket", _("ticket made")
    JOINED = "joined", _("added to a ticket")
    ANSWERED = "answered", _("question answered")
    WRONG = "wrong-number", _("wrong number")
    HUNG_UP = "hung-up", _("caller hung up")
    NO_ANSWER = "no-answer", _("nobody answered")


WITH_TICKET = (Outcome.TICKET, Outcome.JOINED)
ABOUT_SOMETHING = (*WITH_TICKET, Outcome.ANSWERED)
"""Outcomes of calls in which somebody wanted something."""
