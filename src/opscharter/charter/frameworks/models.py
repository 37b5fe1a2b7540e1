"""Frameworks and their requirements: identifiers and short words of our own, never the standards' text."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from opscharter.charter.assurance.references import split, tidy_clauses
from opscharter.kernel.access.scope import Scope
from opscharter.kernel.records.record import Record


class Framework(Record):
    """A standard or catalogue of controls that the company holds itself to."""

    code = models.CharField(_("identifier"), max_length=60, unique=True)
    title = models.CharField(_("title"), max_length=200)
    publisher = models.CharField(_("issued by"), max_length=120, blank=True)
    note = models.TextField(_("note"), blank=True)

    scope = Scope(public=True)
    search_fields = ("code", "title")

    class Meta:
        verbose_name = _("framework")
        verbose_name_plural = _("frameworks")

    def __str__(self) -> str:
        return f"{self.code} {self.title}"


class Requirement(Record):
    """One requirement of a framework in our own short words, and the clauses that keep it."""

    framework = models.ForeignKey(Framework, models.PROTECT, related_name="requirements", verbose_name=_("framework"))
    code = models.CharField(_("identifier"), max_length=40)
    title = models.CharField(_("in our words"), max_length=200, blank=True)
    clauses = models.CharField(_("kept by clauses"), max_length=400, blank=True)

    scope = Scope(public=True)
    search_fields = ("title", "code")

    class Meta:
        verbose_name = _("requirement")
        verbose_name_plural = _("requirements")
        constraints = [models.UniqueConstraint(fields=["framework", "code"], name="requirement_once")]

    def __str__(self) -> str:
        return f"{self.framework.code} {self.code}"

    def clean(self) -> None:
        """Bring the clauses into one form; refuse those that do not exist."""
        self.clauses = tidy_clauses(self.clauses)

    @property
    def clause_numbers(self) -> list[str]:
        """Return the numbers of the clauses that keep it."""
        return split(self.clauses)
