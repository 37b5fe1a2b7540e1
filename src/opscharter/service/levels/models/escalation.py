"""Who is told at which share of a clock's time."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from opscharter.customers.models.contract import Priority
from opscharter.kernel.access.scope import Scope
from opscharter.kernel.clocks.course import BREACH, LEVELS
from opscharter.kernel.clocks.ledger import KINDS
from opscharter.kernel.records.record import Record
from opscharter.organization.models import Department, Role


def kind_choices() -> list[tuple[str, Any]]:
    """Return every kind of clock."""
    return list(KINDS.items())


class ClockEscalation(Record):
    """Who is told when a clock has used up a share of its time; the breach is 100 %."""

    level = models.PositiveSmallIntegerField(
        _("share of the time"),
        choices=[
            (level, _("breach (100)") if level == BREACH else format_lazy(_("at {level} %"), level=level))
            for level in LEVELS
        ],
    )
    kind = models.CharField(
        _("clock"), max_length=20, blank=True, choices=kind_choices, help_text=_("Empty: every clock.")
    )
    team = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("team"),
        help_text=_("Empty: every team."),
    )  # fmt: skip
    up_to_priority = models.PositiveSmallIntegerField(
        _("up to priority"), choices=Priority.choices, null=True, blank=True, help_text=_("Empty: every priority.")
    )
    to_handler = models.BooleanField(_("tell the handler"), default=False)
    to_team_head = models.BooleanField(_("tell the head of the team"), default=False)
    to_head_above = models.BooleanField(_("tell the head of the department above"), default=False)
    to_on_duty = models.BooleanField(_("tell who is on duty"), default=False)
    to_account_manager = models.BooleanField(_("tell the account manager"), default=False)
    role = models.ForeignKey(
        Role, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("tell everybody in the role")
    )

    scope = Scope(department="team")
    search_fields = ("team__name",)

    class Meta:
        verbose_name = _("escalation of clocks")
        verbose_name_plural = _("escalation of clocks")

    def __str__(self) -> str:
        return " · ".join(
            str(part) for part in (self.get_level_display(), KINDS.get(self.kind, ""), self.team or "") if part
        )

    @property
    def tells(self) -> tuple[str, ...]:
        """Return the names of the ticked recipients."""
        return tuple(name for name in RECIPIENTS if getattr(self, name))

    def clean(self) -> None:
        """Refuse a step that tells nobody."""
        if not self.tells and self.role_id is None:
            raise ValidationError({"to_handler": _("Say who is told.")})


RECIPIENTS = ("to_handler", "to_team_head", "to_head_above", "to_on_duty", "to_account_manager")
