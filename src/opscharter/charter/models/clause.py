"""Clauses of the regulation."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from opscharter.charter.models.edition import Edition, in_language
from opscharter.kernel.access.scope import Scope
from opscharter.kernel.records.record import Record


class Clause(Record):
    """One article of an edition: what it asks, who answers for it, and which standards ask the same."""

    class Expectation(models.TextChoices):
        CONTROLLED = "", _("controlled")
        ATTESTED = "attested", _("attested")
        INDICATIVE = "indicative", _("indicative")

    edition = models.ForeignKey(Edition, models.PROTECT, related_name="clauses", verbose_name=_("edition"))
    number = models.CharField(_("clause"), max_length=12)
    position = models.PositiveIntegerField(_("position"))
    headings = models.JSONField(_("heading"), default=dict)
    texts = models.JSONField(_("text"), default=dict)
    words = models.TextField(editable=False, blank=True)
    """Every language's heading and text, for the search."""
    owner_role = models.CharField(_("owner"), max_length=40, blank=True)
    supervisor_role = models.CharField(_("supervised by"), max_length=40, blank=True)
    expectation = models.CharField(
        _("shown by"), max_length=12, choices=Expectation.choices, blank=True, default=Expectation.CONTROLLED
    )
    frameworks = models.JSONField(_("also asked by"), default=list, blank=True)
    duties = models.JSONField(_("duties"), default=list, blank=True)

    scope = Scope(public=True)
    search_fields = ("number", "words")

    class Meta:
        verbose_name = _("clause")
        verbose_name_plural = _("clauses")
        constraints = [models.UniqueConstraint(fields=["edition", "number"], name="clause_once")]
        indexes = [models.Index(fields=["edition", "position"], name="clause_order")]

    def __str__(self) -> str:
        return f"§{self.number} {self.heading}"

    @property
    def heading(self) -> str:
        """Return the heading in the active language."""
        return in_language(self.headings)

    @property
    def text(self) -> str:
        """Return the text in the active language."""
        return in_language(self.texts)

    @property
    def chapter(self) -> int:
        """Return the number of its chapter."""
        return int(self.number.split(".")[0])

    @property
    def section(self) -> str:
        """Return the number of its section, such as 3.2."""
        return ".".join(self.number.split(".")[:2])
