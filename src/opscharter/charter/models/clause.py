"""Clauses of the regulation."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from opscharter.charter.models.edition import LANGUAGES, Edition, in_language
from opscharter.charter.publication import APPROVAL
from opscharter.kernel.access.actor import Actor
from opscharter.kernel.access.scope import Scope
from opscharter.kernel.errors import Reason
from opscharter.kernel.records.record import Record


def position_of(number: str) -> int:
    """Return where a clause stands among the others: 3.4.2 after 3.4.1 and before 3.10.1."""
    chapter, section, article = (int(part) for part in number.split("."))
    return (chapter * 1000 + section) * 1000 + article


class Clause(Record):
    """One article of an edition: what it asks, who answers for it, and which standards ask the same."""

    class Expectation(models.TextChoices):
        CONTROLLED = "", _("controlled")
        ATTESTED = "attested", _("attested")
        INDICATIVE = "indicative", _("indicative")

    edition = models.ForeignKey(Edition, models.PROTECT, related_name="clauses", verbose_name=_("edition"))
    number = models.CharField(_("clause"), max_length=12)
    position = models.PositiveIntegerField(_("position"), editable=False)
    """Its place in the order of numbers."""
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
        constraints = [
            models.UniqueConstraint(
                fields=["edition", "number"], condition=Q(archived_at__isnull=True), name="clause_once"
            )
        ]
        indexes = [models.Index(fields=["edition", "position"], name="clause_order")]

    def __str__(self) -> str:
        return f"§{self.number} {self.heading}"

    def clean(self) -> None:
        """Refuse to reword a clause that binds people; amendments are made in a draft."""
        if self.pk and self._bound and any(getattr(self, name) != value for name, value in self._loaded.items()):
            raise ValidationError(_("A clause in force is changed by a new edition; open or start a draft."))
        if not self.pk and self._bound:
            raise ValidationError(_("Clauses are added to a draft."))
        if self.pk and self._loaded["edition_id"] != self.edition_id:
            raise ValidationError({"edition": _("A clause stays in its edition.")})
        if not re.fullmatch(r"\d{1,3}\.\d{1,3}\.\d{1,3}", self.number):
            raise ValidationError({"number": _("A clause is numbered chapter.section.article, such as 3.4.2.")})
        self.position = position_of(self.number)
        # In the order of the languages: a database may hand JSON keys back in another order than they were given.
        self.words = " ".join(
            told[code] for told in (self.headings, self.texts) for code in LANGUAGES if told.get(code)
        )

    def archiving(self) -> list[Reason]:
        """Refuse to take away a clause that people are or were bound by."""
        if self._bound:
            text = _t("A clause in force is taken away by a new edition; open or start a draft.")
            return [Reason(text, clause="10.1.2")]
        return []

    def on_create(self, actor: Actor) -> None:
        """Void the votes on a draft that has got a clause."""
        self._recheck(actor)

    def on_change(self, actor: Actor, changes: Mapping[str, list[Any]]) -> None:
        """Void the votes on a draft whose wording was changed."""
        self._recheck(actor)

    def _recheck(self, actor: Actor) -> None:
        APPROVAL.recheck(self.edition, "publish", actor)

    @property
    def _bound(self) -> bool:
        """Say whether the edition is a draft no longer."""
        return self.edition_id is not None and self.edition.state != Edition.State.DRAFT

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
