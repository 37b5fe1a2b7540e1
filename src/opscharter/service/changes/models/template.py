"""Templates of standard changes."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from opscharter.customers.models import Service
from opscharter.kernel.access.scope import Scope
from opscharter.kernel.approvals.requests import Approval
from opscharter.kernel.records.lifecycle import Lifecycle, Move
from opscharter.kernel.records.numbering import Numbering
from opscharter.kernel.records.record import Record
from opscharter.service.changes.words import Impact, Likelihood

PHASES = ("plan", "rollback")


class ChangeTemplate(Record):
    """A change done often and approved once for all: whoever follows it to the letter needs no further approval."""

    class State(models.TextChoices):
        DRAFT = "DRAFT", _("draft")
        APPROVED = "APPROVED", _("approved")
        RETIRED = "RETIRED", _("withdrawn")

    title = models.CharField(_("title"), max_length=200)
    service = models.ForeignKey(
        Service, models.PROTECT, null=True, blank=True, related_name="change_templates", verbose_name=_("service")
    )
    reason = models.TextField(_("reason for the change"))
    content = models.TextField(_("content of the change"))
    scope_note = models.TextField(_("scope of impact"))
    likelihood = models.PositiveSmallIntegerField(_("likelihood of failure"), choices=Likelihood.choices, default=1)
    impact = models.PositiveSmallIntegerField(_("impact of failure"), choices=Impact.choices, default=2)
    rollback_trigger = models.TextField(_("when to roll back"))
    steps = models.JSONField(
        _("steps"), default=list,
        help_text=_('A list such as [{"phase": "plan", "action": "Copy", "minutes": 10, "expected": "copied"}]; '
                    'phase is "plan" or "rollback".'),
    )  # fmt: skip

    numbering = Numbering("STD-{seq:04}")
    scope = Scope(public=True)
    search_fields = ("title", "content")
    lifecycle = Lifecycle(
        State,
        start=State.DRAFT,
        moves=[
            Move("approve", State.DRAFT, State.APPROVED, _("Approve"), primary=True,
                 approval=Approval("3.4.3", binds=["title", "content", "likelihood", "impact", "rollback_trigger",
                                                   "steps"])),
            Move("revise", State.APPROVED, State.DRAFT, _("Revise"), needs_reason=True),
            Move("withdraw", [State.DRAFT, State.APPROVED], State.RETIRED, _("Withdraw"), needs_reason=True),
        ],
        final=[State.RETIRED],
    )  # fmt: skip

    class Meta:
        verbose_name = _("standard change template")
        verbose_name_plural = _("standard change templates")

    def __str__(self) -> str:
        return self.title

    def clean(self) -> None:
        """Refuse a template without complete steps forward and a way back."""
        if not isinstance(self.steps, list):
            raise ValidationError({"steps": _("The steps are a list.")})
        for number, step in enumerate(self.steps, start=1):
            if not _complete(step):
                raise ValidationError({"steps": _("Step %(n)s needs phase, action and minutes.") % {"n": number}})
        if {step["phase"] for step in self.steps} != set(PHASES):
            raise ValidationError({"steps": _("A template has steps of the plan and steps of the way back.")})

    @property
    def plan(self) -> list[tuple[str, int, str, int, str]]:
        """Return the steps as (phase, position, action, minutes, expected)."""
        counted = dict.fromkeys(PHASES, 0)
        found = []
        for step in self.steps:
            counted[step["phase"]] += 1
            place = (step["phase"], counted[step["phase"]])
            found.append((*place, step["action"], int(step["minutes"]), step.get("expected", "")))
        return found


def _complete(step: Any) -> bool:
    return (
        isinstance(step, dict)
        and step.get("phase") in PHASES
        and isinstance(step.get("action"), str)
        and bool(step["action"].strip())
        and len(step["action"]) <= 300
        and isinstance(step.get("minutes"), int)
        and 0 < step["minutes"] < 10_000
        and isinstance(step.get("expected", ""), str)
    )
