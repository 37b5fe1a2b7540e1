"""The steps of a change's plan, and of its way back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from opscharter.kernel.access.actor import Actor
from opscharter.kernel.access.scope import Scope
from opscharter.kernel.errors import Reason
from opscharter.kernel.records.merging import changed_fields
from opscharter.kernel.records.record import Record
from opscharter.organization.models import Employee
from opscharter.service.changes import effects
from opscharter.service.changes.models.change import Change
from opscharter.service.changes.words import BEFORE_START

PLAN = {"change_id", "phase", "position", "action", "owner_id", "minutes", "expected", "go_no_go"}
"""The fields that are the plan itself; the rest tells how it was carried out."""


class ChangeTask(Record):
    """One step of a change's plan or of its way back: who does what, how long it takes, and what should come of it."""

    class Phase(models.TextChoices):
        PLAN = "plan", _("implementation")
        ROLLBACK = "rollback", _("roll-back")

    class Result(models.TextChoices):
        PENDING = "pending", _("not begun")
        RUNNING = "running", _("under way")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")
        SKIPPED = "skipped", _("left out")

    change = models.ForeignKey(Change, models.PROTECT, related_name="steps", verbose_name=_("change"))
    phase = models.CharField(_("part"), max_length=10, choices=Phase.choices, default=Phase.PLAN)
    position = models.PositiveSmallIntegerField(_("position"), default=1)
    action = models.CharField(_("what is done"), max_length=300)
    owner = models.ForeignKey(
        Employee, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("done by")
    )
    minutes = models.PositiveSmallIntegerField(_("minutes"), null=True, blank=True, validators=[MinValueValidator(1)])
    expected = models.CharField(_("expected result"), max_length=300, blank=True)
    go_no_go = models.BooleanField(_("go or no-go afterwards"), default=False)

    result = models.CharField(
        _("result"), max_length=10, choices=Result.choices, default=Result.PENDING, editable=False
    )
    began_at = models.DateTimeField(_("begun"), null=True, editable=False)
    ended_at = models.DateTimeField(_("ended"), null=True, editable=False)
    deviation = models.CharField(_("deviation explained"), max_length=500, blank=True, editable=False)
    go_at = models.DateTimeField(_("go given"), null=True, editable=False)
    go_by = models.ForeignKey(
        Employee, models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("go given by")
    )

    scope = Scope(
        owner=("change__requester", "change__engineer", "owner"), department="change__team", customer="change__customer"
    )
    search_fields = ("action",)

    class Meta:
        verbose_name = _("change task")
        verbose_name_plural = _("change tasks")
        ordering = ["phase", "position", "pk"]
        indexes = [models.Index(fields=["change", "phase", "position"], name="change_task_order")]

    def __str__(self) -> str:
        return self.action

    def clean(self) -> None:
        """The plan of a change that has begun stands as it was approved."""
        altered = PLAN if self.pk is None else PLAN & set(changed_fields(self))
        if altered and self.change_id and self.change.state not in BEFORE_START:
            raise ValidationError(_("The change has begun; its plan can no longer be altered, only explained."))

    def archiving(self) -> list[Reason]:
        """A step that belongs to what was approved and begun stays: it is carried out, or explained."""
        if self.change.state in BEFORE_START:
            return []
        text = _("The change has begun; its plan can no longer be altered, only explained.")
        return [Reason(str(text), "change.follow-the-plan", "3.4.3")]

    def on_archive(self, actor: Actor) -> None:
        """A step fewer is another plan: votes cast on the old one are void."""
        effects.plan_altered(self.change, actor)

    def on_create(self, actor: Actor) -> None:
        """A new step is another plan: votes cast on the old one are void."""
        effects.plan_altered(self.change, actor)

    def on_change(self, actor: Actor, changes: Mapping[str, list[Any]]) -> None:
        """An altered step is another plan: votes cast on the old one are void."""
        if PLAN & set(changes):
            effects.plan_altered(self.change, actor)
