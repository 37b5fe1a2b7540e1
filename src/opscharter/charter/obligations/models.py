"""What binds the company from outside."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dateutil.relativedelta import relativedelta
from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from opscharter.charter.assurance.references import split, tidy_clauses, tidy_controls
from opscharter.kernel import moment
from opscharter.kernel.access.actor import Actor
from opscharter.kernel.access.scope import Scope
from opscharter.kernel.records.lifecycle import STAY, Lifecycle, Move
from opscharter.kernel.records.record import Record


def note_review(obligation: Any, actor: Actor, inputs: Mapping[str, Any]) -> None:
    """Keep who reviewed it and when, and set the day of the next review."""
    obligation.reviewed_on, obligation.reviewed_by_id = moment.today(), actor.user_id
    obligation.review_due_on = moment.today() + relativedelta(months=obligation.review_months)


class Obligation(Record):
    """A law, standard or contract that binds the company, with who watches it and which clauses keep it."""

    class Kind(models.TextChoices):
        LAW = "law", _("law or regulation")
        STANDARD = "standard", _("standard")
        CONTRACT = "contract", _("contract")
        POLICY = "policy", _("policy of the group or an authority")

    class State(models.TextChoices):
        IN_FORCE = "IN_FORCE", _("binding")
        ENDED = "ENDED", _("no longer binding")

    code = models.CharField(_("identifier"), max_length=60, unique=True)
    title = models.CharField(_("title"), max_length=200)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices, default=Kind.LAW)
    issuer = models.CharField(_("issued by"), max_length=120, blank=True)
    binding_since = models.DateField(_("binding since"), null=True, blank=True)
    asks = models.TextField(_("what it asks of us"))
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("owner")
    )
    review_months = models.PositiveSmallIntegerField(
        _("reviewed every (months)"), default=12, validators=[MinValueValidator(1), MaxValueValidator(60)]
    )
    review_due_on = models.DateField(_("next review"))
    reviewed_on = models.DateField(_("last reviewed"), null=True, editable=False)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+",
        verbose_name=_("reviewed by"),
    )  # fmt: skip
    review_note = models.TextField(_("finding of the review"), blank=True)
    clauses = models.CharField(
        _("clauses"), max_length=400, blank=True, help_text=_("Numbers with commas between them, such as 3.4.2, 7.3.1.")
    )
    controls = models.CharField(
        _("guards and checks"), max_length=600, blank=True, help_text=_("Ids with commas between them.")
    )

    scope = Scope(owner="owner__employee")
    search_fields = ("title", "code", "asks", "issuer")
    timeline_fields = ("owner", "review_due_on")
    lifecycle = Lifecycle(
        State,
        start=State.IN_FORCE,
        moves=[
            Move("review", State.IN_FORCE, STAY, _("Record the review"), primary=True, inputs=["review_note"],
                 required=["review_note"], prepare=[note_review]),
            Move("end", State.IN_FORCE, State.ENDED, _("No longer binding"), needs_reason=True),
        ],
        final=[State.ENDED],
    )  # fmt: skip

    class Meta:
        verbose_name = _("obligation")
        verbose_name_plural = _("obligations")

    def __str__(self) -> str:
        return f"{self.code} {self.title}"

    def clean(self) -> None:
        """Bring clauses and controls into one form; refuse those that do not exist."""
        self.clauses = tidy_clauses(self.clauses)
        self.controls = tidy_controls(self.controls)

    @property
    def clause_numbers(self) -> list[str]:
        """Return the numbers of the clauses that keep it."""
        return split(self.clauses)

    @property
    def overdue(self) -> bool:
        """Say whether its review is late."""
        return self.state == self.State.IN_FORCE and self.review_due_on < moment.today()
