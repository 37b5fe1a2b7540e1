"""Meetings of the change advisory board."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from opscharter.kernel.access.scope import Scope
from opscharter.kernel.records.lifecycle import Lifecycle, Move
from opscharter.kernel.records.numbering import Numbering
from opscharter.kernel.records.record import Record
from opscharter.organization.models import Employee
from opscharter.service.changes import guards
from opscharter.service.changes.models.change import Change


class BoardMeeting(Record):
    """A meeting of the change advisory board: its agenda, who was there, and what was said; votes are cast apart."""

    class State(models.TextChoices):
        PLANNED = "PLANNED", _("planned")
        HELD = "HELD", _("held")
        CANCELLED = "CANCELLED", _("cancelled")

    subject = models.CharField(_("subject"), max_length=200)
    meets_at = models.DateTimeField(_("meets"))
    place = models.CharField(_("place"), max_length=120, blank=True)
    chair = models.ForeignKey(Employee, models.PROTECT, related_name="+", verbose_name=_("chair"))
    changes = models.ManyToManyField(Change, blank=True, related_name="meetings", verbose_name=_("agenda"))
    attendees = models.ManyToManyField(Employee, blank=True, related_name="+", verbose_name=_("attended"))
    minutes = models.TextField(_("minutes of the meeting"), blank=True)

    numbering = Numbering("CAB-{date:%Y}-{seq:03}")
    scope = Scope(owner=("chair", "attendees"))
    search_fields = ("subject", "minutes")
    lifecycle = Lifecycle(
        State,
        start=State.PLANNED,
        moves=[
            Move("hold", State.PLANNED, State.HELD, _("Record as held"), primary=True, inputs=["minutes"],
                 required=["minutes"], guards=[guards.board_quorate]),
            Move("cancel", State.PLANNED, State.CANCELLED, _("Cancel"), needs_reason=True),
        ],
        final=[State.HELD, State.CANCELLED],
    )  # fmt: skip

    class Meta:
        verbose_name = _("board meeting")
        verbose_name_plural = _("board meetings")

    def __str__(self) -> str:
        return f"{self.number} {self.subject}"
