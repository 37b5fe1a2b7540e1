"""Calls to whoever is on duty for a ticket, until somebody answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from opscharter.kernel import moment
from opscharter.kernel.access.actor import Actor
from opscharter.kernel.access.scope import Scope
from opscharter.kernel.records.lifecycle import Lifecycle, Move
from opscharter.kernel.records.numbering import Numbering
from opscharter.kernel.records.record import Record
from opscharter.organization.models import Department, Employee
from opscharter.service.oncall import guards
from opscharter.service.oncall.models.roster import Roster


def mark_answered(callout: Any, actor: Actor, inputs: Mapping[str, Any]) -> None:
    """Note who answered and when; nobody else is called."""
    callout.answered_at, callout.answered_by_id = moment.now(), actor.person_id
    callout.answer_seconds = int((callout.answered_at - callout.called_at).total_seconds())
    callout.next_call_at = None


def mark_over(callout: Any, actor: Actor, inputs: Mapping[str, Any]) -> None:
    """Call nobody else."""
    callout.next_call_at = None


class Callout(Record):
    """The calling of whoever is on duty for one ticket: who was called, and who answered after how long."""

    class State(models.TextChoices):
        CALLING = "CALLING", _("calling")
        ANSWERED = "ANSWERED", _("answered")
        UNANSWERED = "UNANSWERED", _("nobody answered")
        ENDED = "ENDED", _("ended")

    record_type = models.CharField(max_length=60, editable=False)
    record_id = models.BigIntegerField(editable=False)
    ticket_number = models.CharField(_("ticket"), max_length=40, editable=False)
    title = models.CharField(_("title"), max_length=200, editable=False)
    priority = models.PositiveSmallIntegerField(_("priority"), null=True, editable=False)
    roster = models.ForeignKey(Roster, models.PROTECT, related_name="callouts", verbose_name=_("roster"))
    team = models.ForeignKey(Department, models.PROTECT, related_name="+", verbose_name=_("team"))
    reason = models.CharField(_("reason"), max_length=200)
    called_at = models.DateTimeField(_("called"), editable=False, db_index=True)
    steps_done = models.PositiveSmallIntegerField(_("steps"), default=0, editable=False)
    next_call_at = models.DateTimeField(_("next call"), null=True, editable=False)
    answered_at = models.DateTimeField(_("answered"), null=True, editable=False)
    answered_by = models.ForeignKey(
        Employee, models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("answered by")
    )
    answer_seconds = models.PositiveIntegerField(_("seconds to the answer"), null=True, editable=False)

    numbering = Numbering("CALL-{date:%Y%m%d}-{seq:04}")
    scope = Scope(department="team")
    search_fields = ("title", "ticket_number", "reason")
    lifecycle = Lifecycle(
        State,
        start=State.CALLING,
        moves=[
            Move("answer", [State.CALLING, State.UNANSWERED], State.ANSWERED, _("I am on it"), primary=True,
                 guards=[guards.was_called], prepare=[mark_answered]),
            Move("give-up", State.CALLING, State.UNANSWERED, _("Nobody answered"), automatic=True,
                 prepare=[mark_over]),
            Move("end", [State.CALLING, State.UNANSWERED], State.ENDED, _("Stop calling"), needs_reason=True,
                 prepare=[mark_over]),
        ],
        final=[State.ANSWERED, State.ENDED],
    )  # fmt: skip

    class Meta:
        verbose_name = _("on-call page")
        verbose_name_plural = _("on-call pages")
        constraints = [models.UniqueConstraint(fields=["record_type", "record_id"], name="callout_once_a_ticket")]
        indexes = [models.Index(fields=["state", "next_call_at"], name="callout_next")]

    def __str__(self) -> str:
        return f"{self.ticket_number} {self.title}"


class Call(models.Model):
    """One person called in a callout; there is one per person, however often the ticket asks for help."""

    callout = models.ForeignKey(Callout, models.PROTECT, related_name="calls")
    employee = models.ForeignKey(Employee, models.PROTECT, related_name="+")
    step = models.CharField(max_length=8)
    called_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["callout", "employee"], name="call_once_a_person")]

    def __str__(self) -> str:
        return f"{self.callout_id} → {self.employee_id}"
