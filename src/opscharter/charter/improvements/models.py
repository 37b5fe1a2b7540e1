"""Improvements."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from opscharter.charter.assurance.references import split, tidy_clauses
from opscharter.charter.improvements import lifecycle
from opscharter.kernel import moment
from opscharter.kernel.access.scope import Scope
from opscharter.kernel.records.numbering import Numbering
from opscharter.kernel.records.record import Record


class Improvement(Record):
    """Something to do better: where it comes from, who does it by when, what it is to bring, and what it brought."""

    class Source(models.TextChoices):
        INCIDENT = "incident", _("incident")
        PROBLEM = "problem", _("problem")
        AUDIT = "audit", _("audit")
        REPORT = "report", _("service report")
        ANALYSIS = "analysis", _("service analysis")
        DRILL = "drill", _("drill")
        FORUM = "forum", _("staff forum")
        COMPLAINT = "complaint", _("complaint")
        CHECK = "check", _("check of the regulation")
        REVIEW = "review", _("management review")
        IDEA = "idea", _("a colleague's idea")

    title = models.CharField(_("title"), max_length=200)
    description = models.TextField(_("what is to be improved"))
    source = models.CharField(_("comes from"), max_length=12, choices=Source.choices, default=Source.IDEA)
    source_type = models.CharField(max_length=60, blank=True, editable=False)
    source_id = models.BigIntegerField(null=True, editable=False)
    source_number = models.CharField(_("source"), max_length=80, blank=True, editable=False)
    clauses = models.CharField(_("clauses"), max_length=200, blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("owner")
    )
    due_on = models.DateField(_("due"), null=True, blank=True)
    expected_effect = models.TextField(_("expected effect"), blank=True)
    done = models.TextField(_("what was done"), blank=True)
    implemented_on = models.DateField(_("carried out on"), null=True, editable=False)
    effect_due_on = models.DateField(_("effect to be checked by"), null=True, blank=True)
    measured_effect = models.TextField(_("measured effect"), blank=True)
    effect_checked_on = models.DateField(_("effect checked on"), null=True, editable=False)
    effect_checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+",
        verbose_name=_("effect checked by"),
    )  # fmt: skip

    numbering = Numbering("IMP-{date:%Y}-{seq:04}")
    scope = Scope(owner="owner__employee")
    search_fields = ("title", "number", "description", "source_number")
    timeline_fields = ("owner", "due_on")
    lifecycle = lifecycle.LIFECYCLE

    class Meta:
        verbose_name = _("improvement")
        verbose_name_plural = _("improvements")
        indexes = [models.Index(fields=["source_type", "source_id"], name="improvement_source")]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    def clean(self) -> None:
        """Bring the clauses into one form."""
        self.clauses = tidy_clauses(self.clauses)

    @property
    def clause_numbers(self) -> list[str]:
        """Return the numbers of the clauses it serves."""
        return split(self.clauses)

    @property
    def overdue(self) -> bool:
        """Say whether the work, or the check of its effect, is late."""
        if self.state == lifecycle.State.IMPLEMENTED:
            return self.effect_due_on is not None and self.effect_due_on < moment.today()
        return self.state in lifecycle.WORKED_ON and self.due_on is not None and self.due_on < moment.today()
