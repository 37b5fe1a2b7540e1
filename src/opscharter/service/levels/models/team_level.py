"""Operational levels: how long a team may take while a ticket is with it, and how each stay went."""

from __future__ import annotations

import datetime as dt

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from opscharter.customers.models import Customer
from opscharter.customers.models.contract import Priority
from opscharter.kernel.access.scope import Scope
from opscharter.kernel.calendars.models import BusinessCalendar
from opscharter.kernel.records.record import Record
from opscharter.organization.models import Department, Employee


class TeamLevel(Record):
    """How long a team may take, at one priority, until it begins, and until it solves a ticket or hands it over."""

    class Kind(models.TextChoices):
        RESPOND = "respond", _("take it on")
        RESOLVE = "resolve", _("solve it or hand it over")

    team = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, related_name="levels", verbose_name=_("team"),
        help_text=_("Empty: every team that has none of its own."),
    )  # fmt: skip
    priority = models.PositiveSmallIntegerField(_("priority"), choices=Priority.choices)
    kind = models.CharField(_("step"), max_length=10, choices=Kind.choices)
    minutes = models.PositiveIntegerField(_("minutes"), validators=[MinValueValidator(1)])
    calendar = models.ForeignKey(
        BusinessCalendar, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("working time"),
        help_text=_("Empty: round the clock."),
    )  # fmt: skip
    since = models.DateField(
        _("holds from"), null=True, blank=True,
        help_text=_("For what comes to the team from this day on. Empty: always."),
    )  # fmt: skip

    scope = Scope(department="team")
    search_fields = ("team__name",)

    class Meta:
        verbose_name = _("team level")
        verbose_name_plural = _("team levels")

    def __str__(self) -> str:
        team = self.team or _("every team")
        return f"{team} {self.get_priority_display()} {self.get_kind_display()}"

    def holds_on(self, day: dt.date) -> bool:
        """Say whether the level holds for what comes in on a day, unless a later one does."""
        return self.since is None or self.since <= day


class TeamStay(Record):
    """The time that a ticket spent with one team, measured by the team's own level; written when it is over."""

    class End(models.TextChoices):
        HANDED_OVER = "handed-over", _("handed over")
        RESOLVED = "resolved", _("resolved")
        CANCELLED = "cancelled", _("cancelled")

    record_type = models.CharField(max_length=60, editable=False)
    record_id = models.BigIntegerField(editable=False)
    ticket_number = models.CharField(_("ticket"), max_length=40, editable=False)
    title = models.CharField(_("title"), max_length=200, editable=False)
    priority = models.PositiveSmallIntegerField(_("priority"), choices=Priority.choices, null=True, editable=False)
    team = models.ForeignKey(Department, models.PROTECT, related_name="+", editable=False, verbose_name=_("team"))
    handler = models.ForeignKey(
        Employee, models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("handler")
    )
    customer = models.ForeignKey(
        Customer, models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("customer")
    )
    began_at = models.DateTimeField(_("came in"), editable=False)
    ended_at = models.DateTimeField(_("went out"), editable=False, db_index=True)
    ended_by = models.CharField(_("how"), max_length=12, choices=End.choices, editable=False)
    taken_in_time = models.BooleanField(_("taken on in time"), null=True, editable=False)
    kept = models.BooleanField(_("level kept"), null=True, editable=False)
    seconds = models.PositiveIntegerField(_("working seconds"), null=True, editable=False)

    scope = Scope(owner="handler", department="team")
    search_fields = ("title", "ticket_number")

    class Meta:
        verbose_name = _("stay with a team")
        verbose_name_plural = _("stays with teams")
        indexes = [models.Index(fields=["record_type", "record_id"], name="team_stay_of_ticket")]

    def __str__(self) -> str:
        return f"{self.ticket_number} {self.team}"

    def clean(self) -> None:
        """Refuse what is made by hand: a stay is what a ticket's clocks say."""
        if self.record_id is None:
            raise ValidationError(_("A stay is written when a ticket leaves a team."))
