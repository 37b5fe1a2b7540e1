"""Hand-overs from shift to shift."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from opscharter.kernel import moment
from opscharter.kernel.access.actor import Actor
from opscharter.kernel.access.scope import Scope
from opscharter.kernel.records.lifecycle import Lifecycle, Move
from opscharter.kernel.records.numbering import Numbering
from opscharter.kernel.records.record import Record
from opscharter.organization.models import Employee
from opscharter.service.oncall import guards, matters, notices
from opscharter.service.oncall.models.roster import Roster

Inputs = Mapping[str, Any]


def mark_offered(handover: Any, actor: Actor, inputs: Inputs) -> None:
    """List what is open at this moment, and begin to wait for the answer."""
    handover.matters = matters.open_matters(handover.roster)
    handover.offered_at = handover.offered_at or moment.now()


def mark_decided(handover: Any, actor: Actor, inputs: Inputs) -> None:
    """Note when it was answered, and whether it was refused on the way."""
    handover.decided_at = moment.now()


def mark_refused(handover: Any, actor: Actor, inputs: Inputs) -> None:
    """Note the refusal with its reason."""
    handover.refusals += 1
    handover.refused_because = inputs["reason"][:300]


class ShiftHandover(Record):
    """The hand-over of a shift: what happened, what is open, and whether the incoming person took it."""

    class State(models.TextChoices):
        DRAFT = "DRAFT", _("draft")
        OFFERED = "OFFERED", _("offered")
        ACCEPTED = "ACCEPTED", _("accepted")
        REFUSED = "REFUSED", _("refused")

    roster = models.ForeignKey(Roster, models.PROTECT, related_name="handovers", verbose_name=_("roster"))
    outgoing = models.ForeignKey(Employee, models.PROTECT, related_name="+", verbose_name=_("outgoing"))
    incoming = models.ForeignKey(Employee, models.PROTECT, related_name="+", verbose_name=_("incoming"))
    log = models.TextField(_("what happened"), blank=True)
    attention = models.TextField(_("to be watched"), blank=True)
    matters = models.JSONField(_("open matters"), default=list, blank=True, editable=False)
    offered_at = models.DateTimeField(_("offered"), null=True, editable=False, db_index=True)
    decided_at = models.DateTimeField(_("answered"), null=True, editable=False)
    refusals = models.PositiveSmallIntegerField(_("refusals"), default=0, editable=False)
    refused_because = models.CharField(_("refused because"), max_length=300, blank=True, editable=False)

    numbering = Numbering("HO-{date:%Y%m%d}-{seq:03}")
    scope = Scope(owner=("outgoing", "incoming"), department="roster__team")
    search_fields = ("log", "attention", "outgoing__name", "incoming__name")
    lifecycle = Lifecycle(
        State,
        start=State.DRAFT,
        moves=[
            Move("offer", [State.DRAFT, State.REFUSED], State.OFFERED, _("Hand over"), primary=True,
                 inputs=["log", "attention"], guards=[guards.handover_complete], prepare=[mark_offered],
                 effects=[notices.tell_incoming]),
            Move("accept", State.OFFERED, State.ACCEPTED, _("Take over"), primary=True,
                 guards=[guards.incoming_decides], prepare=[mark_decided]),
            Move("refuse", State.OFFERED, State.REFUSED, _("Refuse"), needs_reason=True,
                 guards=[guards.incoming_decides], prepare=[mark_decided, mark_refused],
                 effects=[notices.tell_refused]),
        ],
        final=[State.ACCEPTED],
    )  # fmt: skip

    class Meta:
        verbose_name = _("shift hand-over")
        verbose_name_plural = _("shift hand-overs")

    def __str__(self) -> str:
        return f"{self.number} {self.outgoing} → {self.incoming}"

    def clean(self) -> None:
        """Refuse handing over to oneself."""
        if self.outgoing_id is not None and self.outgoing_id == self.incoming_id:
            raise ValidationError({"incoming": _("A shift is handed over to somebody else.")})
