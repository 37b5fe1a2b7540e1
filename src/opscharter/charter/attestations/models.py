"""Plans of attestations, and the attestations that fall due by them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from opscharter.charter.assurance.references import clause_numbers
from opscharter.charter.attestations import guards
from opscharter.kernel import moment
from opscharter.kernel.access.actor import Actor
from opscharter.kernel.access.scope import Scope
from opscharter.kernel.controls.registry import CHECKS, clause_of
from opscharter.kernel.records.lifecycle import Lifecycle, Move
from opscharter.kernel.records.numbering import Numbering
from opscharter.kernel.records.record import Record


class AttestationPlan(Record):
    """Who confirms a clause that nothing can measure, what they confirm, and how often."""

    clause = models.CharField(_("clause"), max_length=12)
    statement = models.TextField(_("what is confirmed"))
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("confirmed by")
    )
    every_months = models.PositiveSmallIntegerField(
        _("every (months)"), default=12, validators=[MinValueValidator(1), MaxValueValidator(36)]
    )
    next_due_on = models.DateField(_("next due"))
    asked_before_days = models.PositiveSmallIntegerField(_("asked before (days)"), default=14)

    scope = Scope(owner="owner__employee")
    search_fields = ("statement", "clause")

    class Meta:
        verbose_name = _("plan of an attestation")
        verbose_name_plural = _("plans of attestations")

    def __str__(self) -> str:
        return f"§{self.clause} {self.statement[:60]}"

    def clean(self) -> None:
        """Refuse a clause that does not exist, and one that a check measures: a measure needs no oath."""
        known = clause_numbers()
        if known and self.clause not in known:
            message = _t("The regulation in force has no clause %(numbers)s.") % {"numbers": self.clause}
            raise ValidationError({"clause": message})
        if any(clause_of(check) == self.clause for check in CHECKS.values()):
            raise ValidationError({"clause": _t("This clause is measured by a check; it needs no attestation.")})


def note_answer(attestation: Any, actor: Actor, inputs: Mapping[str, Any]) -> None:
    """Keep when it was answered."""
    attestation.answered_at = moment.now()


class Attestation(Record):
    """One confirmation by a named person that a clause is kept, due on a day, with its evidence attached."""

    class State(models.TextChoices):
        DUE = "DUE", _("due")
        CONFIRMED = "CONFIRMED", _("confirmed")
        DENIED = "DENIED", _("not kept")

    plan = models.ForeignKey(AttestationPlan, models.PROTECT, related_name="attestations", verbose_name=_("plan"))
    clause = models.CharField(_("clause"), max_length=12, editable=False)
    statement = models.TextField(_("what is confirmed"), editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, editable=False, related_name="+", verbose_name=_("confirmed by")
    )
    due_on = models.DateField(_("due"))
    remark = models.TextField(_("remark"), blank=True)
    answered_at = models.DateTimeField(_("answered"), null=True, editable=False)

    numbering = Numbering("ATT-{date:%Y}-{seq:04}")
    scope = Scope(owner="owner__employee")
    search_fields = ("number", "statement", "remark")
    lifecycle = Lifecycle(
        State,
        start=State.DUE,
        moves=[
            Move("confirm", State.DUE, State.CONFIRMED, _("Confirm"), primary=True, inputs=["remark"],
                 guards=[guards.by_its_owner, guards.evidence], prepare=[note_answer]),
            Move("deny", State.DUE, State.DENIED, _("Cannot confirm"), needs_reason=True,
                 guards=[guards.by_its_owner], prepare=[note_answer]),
        ],
        final=[State.CONFIRMED, State.DENIED],
    )  # fmt: skip

    class Meta:
        verbose_name = _("attestation")
        verbose_name_plural = _("attestations")
        constraints = [models.UniqueConstraint(fields=["plan", "due_on"], name="attestation_once_a_day")]
        indexes = [models.Index(fields=["clause", "-due_on"], name="attestation_clause")]

    def __str__(self) -> str:
        return f"{self.number} §{self.clause}"

    def clean(self) -> None:
        """Take clause, statement and person from the plan: what was asked stays as it was asked."""
        if self.pk is None and self.plan_id is not None:
            self.clause, self.statement, self.owner_id = self.plan.clause, self.plan.statement, self.plan.owner_id

    @property
    def overdue(self) -> bool:
        """Say whether the answer is late."""
        return self.state == self.State.DUE and self.due_on < moment.today()
