"""The rules by which tickets are assigned when they come in."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from opscharter.customers.models import Customer, Service
from opscharter.customers.models.contract import Priority
from opscharter.kernel.access.scope import Scope
from opscharter.kernel.calendars.models import BusinessCalendar
from opscharter.kernel.records.record import Record
from opscharter.organization.models import Department, Employee
from opscharter.service.dispatch.models.skill import Skill
from opscharter.service.tickets.models.ticket import Channel


class AssignmentRule(Record):
    """To whom a ticket goes when it comes in, for the tickets that meet its conditions; the first that fits decides."""

    class Kind(models.TextChoices):
        INCIDENT = "service.incident", _("incident")
        REQUEST = "service.servicerequest", _("service request")

    class When(models.TextChoices):
        ANY = "", _("at any time")
        INSIDE = "inside", _("in the calendar's working time")
        OUTSIDE = "outside", _("outside the calendar's working time")

    class Method(models.TextChoices):
        ON_CALL = "on-call", _("who is on call")
        LEAST_LOAD = "least-load", _("who has least in hand")
        ROUND_ROBIN = "round-robin", _("one after the other")
        SKILL = "skill", _("who has the skill")
        CUSTOMER_TEAM = "customer-team", _("the customer's own team, least in hand")
        TEAM_ONLY = "team-only", _("the team alone, nobody yet")

    name = models.CharField(_("name"), max_length=80)
    rank = models.PositiveIntegerField(_("order"), default=100, help_text=_("The lowest number is asked first."))
    active = models.BooleanField(_("in use"), default=True)
    customers = models.ManyToManyField(Customer, blank=True, related_name="+", verbose_name=_("customers"))
    services = models.ManyToManyField(Service, blank=True, related_name="+", verbose_name=_("services"))
    kind = models.CharField(_("type"), max_length=30, choices=Kind.choices, blank=True)
    channel = models.CharField(_("channel"), max_length=12, choices=Channel.choices, blank=True)
    from_priority = models.PositiveSmallIntegerField(
        _("from priority"), choices=Priority.choices, null=True, blank=True
    )
    to_priority = models.PositiveSmallIntegerField(_("to priority"), choices=Priority.choices, null=True, blank=True)
    when = models.CharField(_("when"), max_length=8, choices=When.choices, blank=True, default=When.ANY)
    calendar = models.ForeignKey(
        BusinessCalendar, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("calendar")
    )
    team = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("team"),
        help_text=_("Empty: the team that serves the ticket's service or customer."),
    )  # fmt: skip
    method = models.CharField(_("to whom"), max_length=16, choices=Method.choices)
    skill = models.ForeignKey(
        Skill, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("skill"),
        help_text=_("Empty: what the ticket's service asks for."),
    )  # fmt: skip
    least_level = models.PositiveSmallIntegerField(
        _("least level"), default=3, validators=[MinValueValidator(1), MaxValueValidator(5)]
    )
    most_open = models.PositiveIntegerField(
        _("most open tickets"), null=True, blank=True, help_text=_("Who has as many in hand gets no more.")
    )

    scope = Scope(department="team")
    search_fields = ("name",)

    class Meta:
        verbose_name = _("assignment rule")
        verbose_name_plural = _("assignment rules")
        ordering = ["rank", "pk"]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Refuse a time without a calendar, and priorities the wrong way round."""
        if self.when and self.calendar_id is None:
            raise ValidationError({"calendar": _("Name the calendar whose working time counts.")})
        if self.from_priority and self.to_priority and self.from_priority > self.to_priority:
            raise ValidationError({"to_priority": _("This ends before it begins.")})


class RuleTurn(models.Model):
    """Whose turn it was last under a rule that goes one after the other; the row is locked to take the next."""

    rule = models.OneToOneField(AssignmentRule, models.PROTECT, related_name="turn")
    last = models.ForeignKey(Employee, models.PROTECT, null=True, related_name="+")

    def __str__(self) -> str:
        return f"{self.rule_id}: {self.last_id}"


class Declined(models.Model):
    """Somebody declined a ticket, with the reason; no rule offers it to them again."""

    record_type = models.CharField(max_length=60)
    record_id = models.BigIntegerField()
    employee = models.ForeignKey(Employee, models.PROTECT, related_name="+")
    reason = models.CharField(max_length=200)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["record_type", "record_id", "employee"], name="declined_once_a_person")
        ]

    def __str__(self) -> str:
        return f"{self.record_type} {self.record_id}: {self.employee_id}"
