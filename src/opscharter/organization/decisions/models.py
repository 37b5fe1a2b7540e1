"""Decisions and what follows from them."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from opscharter.kernel.access.scope import Scope
from opscharter.kernel.records.numbering import Numbering
from opscharter.kernel.records.record import Record
from opscharter.organization.decisions.lifecycle import FOLLOW_UP, LIFECYCLE, State
from opscharter.organization.models.department import Department
from opscharter.organization.models.employee import Employee


class Decision(Record):
    """A major question put to top management: the proposal, its options, what was chosen, and on which conditions."""

    title = models.CharField(_("title"), max_length=160)
    proposal = models.TextField(_("proposal"))
    options = models.TextField(_("options"), blank=True, help_text=_("One a line."))
    proposer = models.ForeignKey(Employee, models.PROTECT, related_name="proposals", verbose_name=_("proposer"))
    department = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, related_name="decisions", verbose_name=_("department")
    )
    amount = models.DecimalField(
        _("amount (CNY)"), max_digits=14, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(0)]
    )
    decide_by = models.DateField(_("to be decided by"), null=True, blank=True)
    chosen = models.CharField(_("chosen"), max_length=200, blank=True)
    conditions = models.TextField(_("conditions"), blank=True)
    decided_on = models.DateField(_("decided on"), null=True, editable=False)
    outcome = models.TextField(_("outcome"), blank=True)

    numbering = Numbering("DEC-{date:%Y}-{seq:03}")
    scope = Scope(owner="proposer", department="department")
    search_fields = ("title", "number", "proposal", "chosen")
    lifecycle = LIFECYCLE

    class Meta:
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        indexes = [models.Index(fields=["state", "decide_by"], name="decision_open")]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    @property
    def option_list(self) -> list[str]:
        """Return the options."""
        return [line.strip() for line in self.options.splitlines() if line.strip()]

    def clean(self) -> None:
        """Refuse a choice that is none of the options."""
        if self.chosen and self.chosen not in self.option_list:
            raise ValidationError({"chosen": _("This is none of the options; choose one as it is written there.")})


class FollowUp(Record):
    """Something that has to be done because of a decision, by one person until a day."""

    decision = models.ForeignKey(Decision, models.PROTECT, related_name="follow_ups", verbose_name=_("decision"))
    title = models.CharField(_("what is to be done"), max_length=200)
    owner = models.ForeignKey(Employee, models.PROTECT, related_name="follow_ups", verbose_name=_("owner"))
    due_on = models.DateField(_("due"))
    done_on = models.DateField(_("done on"), null=True, editable=False)
    result = models.TextField(_("result"), blank=True)

    scope = Scope(owner=("owner", "decision__proposer"), department="owner__department")
    search_fields = ("title", "decision__title")
    timeline_fields = ("owner", "due_on")
    lifecycle = FOLLOW_UP

    class Meta:
        verbose_name = _("follow-up")
        verbose_name_plural = _("follow-ups")
        indexes = [models.Index(fields=["state", "due_on"], name="follow_up_due")]

    def __str__(self) -> str:
        return self.title

    def clean(self) -> None:
        """Refuse what follows from something that is not decided."""
        if self.pk is None and self.decision_id and self.decision.state != State.DECIDED:
            raise ValidationError({"decision": _("Only what is decided has follow-ups.")})
