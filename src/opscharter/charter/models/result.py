"""What checks found."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from opscharter.kernel.audit import rules


class CheckResult(models.Model):
    """One evaluation of one check, kept as it was; the past is never computed again with today's rules.

    `sample` holds up to 200 exceptions as [record type, id, name, reason], the reason as `controls.wording` keeps it;
    `omitted` says how many more there were.
    `months` holds [month, population, exceptions].
    """

    class State(models.TextChoices):
        PASS = "pass", _("pass")
        FAIL = "fail", _("exceptions")
        NO_DATA = "no-data", _("no data")
        ERROR = "error", _("error")

    control = models.CharField(_("check"), max_length=80)
    clause = models.CharField(_("clause"), max_length=12)
    edition = models.CharField(_("regulation version"), max_length=40, blank=True)
    collected_at = models.DateTimeField(_("measured"))
    expires_at = models.DateTimeField(_("valid until"))
    state = models.CharField(_("result"), max_length=10, choices=State.choices)
    value = models.DecimalField(_("share without exception"), max_digits=6, decimal_places=2, null=True)
    population = models.PositiveBigIntegerField(_("population"), default=0)
    exceptions = models.PositiveBigIntegerField(_("exceptions"), default=0)
    sample = models.JSONField(default=list)
    omitted = models.PositiveBigIntegerField(default=0)
    months = models.JSONField(default=list)
    parameters = models.JSONField(default=dict)
    mode = models.CharField(max_length=10)
    error = models.CharField(max_length=200, blank=True)
    hash = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("check result")
        verbose_name_plural = _("check results")
        indexes = [models.Index(fields=["control", "-id"], name="check_result_latest")]

    def __str__(self) -> str:
        return f"{self.control} {self.state} {self.value}"

    @property
    def target(self) -> float:
        """Return the least share that passes, as it was at the time."""
        return float(self.parameters.get("target", 100))

    @property
    def numerator(self) -> int:
        """Return how many of the population are no exception."""
        return self.population - self.exceptions


rules.APPEND_ONLY.append(CheckResult._meta.db_table)
