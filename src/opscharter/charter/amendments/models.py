"""Rehearsals of draft editions."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from opscharter.charter.models.edition import Edition
from opscharter.kernel.access.actor import Actor
from opscharter.kernel.access.scope import Scope
from opscharter.kernel.errors import Reason
from opscharter.kernel.records.lifecycle import Lifecycle, Move
from opscharter.kernel.records.numbering import Numbering
from opscharter.kernel.records.record import Record


class Rehearsal(Record):
    """What a draft would have meant over the last 90 days: every check and guard replayed, frozen with a hash.

    `checks` and `guards` hold what `amendments.replay` found, one entry a control; see there for their keys.
    """

    class State(models.TextChoices):
        WAITING = "WAITING", _("under way")
        DONE = "DONE", _("done")
        FAILED = "FAILED", _("failed")

    edition = models.ForeignKey(Edition, models.PROTECT, related_name="rehearsals", verbose_name=_("edition"))
    since = models.DateTimeField(_("from"), null=True, editable=False)
    until = models.DateTimeField(_("to"), null=True, editable=False)
    content = models.CharField(_("hash of the draft"), max_length=64, blank=True, editable=False)
    checks = models.JSONField(_("checks"), default=list, editable=False)
    guards = models.JSONField(_("guards"), default=list, editable=False)
    newly_failing = models.PositiveIntegerField(_("would newly fail"), null=True, editable=False)
    newly_refused = models.PositiveIntegerField(_("would have been refused"), null=True, editable=False)
    problem = models.CharField(_("error"), max_length=200, blank=True, editable=False)
    hash = models.CharField(_("hash"), max_length=64, blank=True, editable=False)

    numbering = Numbering("RH{seq:04}")
    scope = Scope(public=True)
    search_fields = ("edition__label",)
    lifecycle = Lifecycle(
        State,
        start=State.WAITING,
        moves=[
            Move("finish", State.WAITING, State.DONE, _("Finish"), automatic=True),
            Move("fail", State.WAITING, State.FAILED, _("Fail"), automatic=True),
        ],
        final=[State.DONE, State.FAILED],
    )

    class Meta:
        verbose_name = _("rehearsal")
        verbose_name_plural = _("rehearsals")

    def __str__(self) -> str:
        return f"{self.number} · {self.edition.label}"

    def clean(self) -> None:
        """Refuse to rehearse what is in force already, or was."""
        if self.pk is None and self.edition_id and not self.edition.is_draft:
            raise ValidationError({"edition": _("Only a draft is rehearsed.")})

    def on_create(self, actor: Actor) -> None:
        """Let the worker replay the 90 days."""
        from opscharter.charter.amendments.rehearsing import rehearse_job  # late: the job reads this model

        rehearse_job.enqueue(self.pk)

    def archiving(self) -> list[Reason]:
        """Refuse to take away what an approval was shown."""
        if self.state == self.State.DONE:
            return [Reason(_t("A rehearsal stays on record: approvals were given in its knowledge."), clause="10.1.2")]
        return []

    def findings(self) -> dict[str, Any]:
        """Return all that the hash covers."""
        return {
            "edition": self.edition_id, "content": self.content, "checks": self.checks, "guards": self.guards,
            "since": self.since.timestamp() if self.since else None,
            "until": self.until.timestamp() if self.until else None,
        }  # fmt: skip
