"""Editions of the regulation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from opscharter.charter import publication
from opscharter.kernel.access.actor import Actor
from opscharter.kernel.access.scope import Scope
from opscharter.kernel.errors import Reason
from opscharter.kernel.records.lifecycle import Lifecycle, Move
from opscharter.kernel.records.record import Record

LANGUAGES = ("zh-hant", "zh-hans", "en")
WORDING = frozenset({"label", "titles", "preambles", "headings", "settings", "bindings", "base_id"})
"""What an edition says; it is written while the edition is a draft, and never afterwards."""


def in_language(texts: dict[str, str], language: str | None = None) -> str:
    """Return a text in the active language, or in the first that has it."""
    wanted = (language or get_language() or "").lower()
    order = [wanted, *LANGUAGES]
    return next((texts[code] for code in order if texts.get(code)), "")


class Edition(Record):
    """One version of the management regulation; one is in force at a time."""

    class State(models.TextChoices):
        DRAFT = "DRAFT", _("draft")
        PUBLISHED = "PUBLISHED", _("published, not yet in force")
        IN_FORCE = "IN_FORCE", _("in force")
        SUPERSEDED = "SUPERSEDED", _("superseded")
        WITHDRAWN = "WITHDRAWN", _("withdrawn")

    label = models.CharField(_("version"), max_length=20, unique=True)
    purpose = models.TextField(_("why it is amended"), blank=True)
    base = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, editable=False, related_name="amendments",
        verbose_name=_("amends"),
    )  # fmt: skip
    titles = models.JSONField(_("title"), default=dict)
    preambles = models.JSONField(_("preamble"), default=dict, blank=True)
    headings = models.JSONField(_("headings"), default=dict)
    """Chapter and section number → language → heading."""
    settings = models.JSONField(_("settings of controls"), default=dict, blank=True, editable=False)
    """Control id → {"mode": …, "parameters": {…}}: what this edition sets anew from the day it takes effect."""
    bindings = models.JSONField(_("clauses of controls"), default=dict, blank=True, editable=False)
    """Control id → number of the clause it serves in this edition, where that is not the one its code names."""
    effective_on = models.DateField(_("in force from"), null=True, blank=True)
    took_effect_at = models.DateTimeField(_("took effect"), null=True, editable=False)
    superseded_at = models.DateTimeField(_("superseded at"), null=True, editable=False)
    interpreter = models.CharField(_("interpreted by"), max_length=120, blank=True)

    scope = Scope(public=True)
    search_fields = ("label",)
    lifecycle = Lifecycle(
        State,
        start=State.DRAFT,
        moves=[
            Move("publish", State.DRAFT, State.PUBLISHED, _("Publish"), primary=True,
                 inputs=["effective_on", "interpreter"], required=["effective_on", "interpreter"],
                 guards=[publication.rehearsed, publication.dated], approval=publication.APPROVAL,
                 effects=[publication.take_effect_if_due]),
            Move("take-effect", State.PUBLISHED, State.IN_FORCE, _("Take effect"), automatic=True,
                 prepare=[publication.note_effect], effects=[publication.replace_former, publication.apply_settings,
                                                             publication.tell_others]),
            Move("supersede", State.IN_FORCE, State.SUPERSEDED, _("Supersede"), automatic=True,
                 prepare=[publication.note_end]),
            Move("withdraw", State.DRAFT, State.WITHDRAWN, _("Withdraw the draft"), needs_reason=True),
        ],
        final=[State.SUPERSEDED, State.WITHDRAWN],
    )  # fmt: skip

    class Meta:
        verbose_name = _("edition of the regulation")
        verbose_name_plural = _("editions of the regulation")

    def __str__(self) -> str:
        return f"{self.title} · {self.label}"

    def clean(self) -> None:
        """Refuse to reword what people have been bound by."""
        changed = {name for name, value in self._loaded.items() if name in WORDING and getattr(self, name) != value}
        if self.pk and changed and self._loaded.get("state") != self.State.DRAFT:
            raise ValidationError(_("An edition that was published is not changed; draft a new one."))

    def archiving(self) -> list[Reason]:
        """Refuse to take a published edition away: people were bound by it."""
        if self.state in (self.State.DRAFT, self.State.WITHDRAWN):
            return []
        return [Reason(_t("An edition that was published stays on record."), clause="10.1.2")]

    def on_change(self, actor: Actor, changes: Mapping[str, list[Any]]) -> None:
        """Let nobody see an edition that is no longer in force as the present one."""
        if "state" in changes:
            publication.forget_present()

    @property
    def title(self) -> str:
        """Return the title in the active language."""
        return in_language(self.titles)

    @property
    def is_draft(self) -> bool:
        """Say whether it may still be edited."""
        return self.state == self.State.DRAFT

    def heading(self, number: str) -> str:
        """Return the heading of a chapter or section in the active language."""
        texts: Any = self.headings.get(number, {})
        return in_language(texts)

    def clause_of(self, control: Any) -> str:
        """Return the number of the clause that a control serves in this edition."""
        return str(self.bindings.get(control.id, control.clause))
