"""Editions of the regulation."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from opscharter.kernel.access.scope import Scope
from opscharter.kernel.records.lifecycle import Lifecycle, Move
from opscharter.kernel.records.record import Record

LANGUAGES = ("zh-hant", "zh-hans", "en")


def in_language(texts: dict[str, str], language: str | None = None) -> str:
    """Return a text in the active language, or in the first that has it."""
    wanted = (language or get_language() or "").lower()
    order = [wanted, *LANGUAGES]
    return next((texts[code] for code in order if texts.get(code)), "")


class Edition(Record):
    """One version of the management regulation; one is in force at a time."""

    class State(models.TextChoices):
        DRAFT = "DRAFT", _("draft")
        IN_FORCE = "IN_FORCE", _("in force")
        SUPERSEDED = "SUPERSEDED", _("superseded")

    label = models.CharField(_("version"), max_length=20, unique=True)
    titles = models.JSONField(_("title"), default=dict)
    preambles = models.JSONField(_("preamble"), default=dict, blank=True)
    headings = models.JSONField(_("headings"), default=dict)
    """Chapter and section number → language → heading."""
    effective_on = models.DateField(_("in force from"), null=True, blank=True)
    interpreter = models.CharField(_("interpreted by"), max_length=120, blank=True)

    scope = Scope(public=True)
    search_fields = ("label",)
    lifecycle = Lifecycle(
        State,
        start=State.DRAFT,
        moves=[
            Move("publish", State.DRAFT, State.IN_FORCE, _("Publish"), primary=True, inputs=["effective_on"],
                 required=["effective_on"]),
            Move("supersede", State.IN_FORCE, State.SUPERSEDED, _("Supersede"), needs_reason=True),
        ],
        final=[State.SUPERSEDED],
    )  # fmt: skip

    class Meta:
        verbose_name = _("edition of the regulation")
        verbose_name_plural = _("editions of the regulation")

    def __str__(self) -> str:
        return f"{self.title} · {self.label}"

    @property
    def title(self) -> str:
        """Return the title in the active language."""
        return in_language(self.titles)

    def heading(self, number: str) -> str:
        """Return the heading of a chapter or section in the active language."""
        texts: Any = self.headings.get(number, {})
        return in_language(texts)
