"""What incidents and service requests have in common."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from opscharter.assets.models import Asset
from opscharter.customers.models import Contact, Customer, Service
from opscharter.customers.models.contract import Priority
from opscharter.kernel import moment
from opscharter.kernel.access.actor import Actor, system_actor
from opscharter.kernel.access.scope import Scope
from opscharter.kernel.records.merging import changed_fields
from opscharter.kernel.records.record import Record
from opscharter.kernel.timeline.entries import entries_of
from opscharter.kernel.timeline.models import TimelineEntry
from opscharter.organization.models import Department, Employee
from opscharter.service.tickets import effects, guards, hooks, together

DECIDES_PRIORITY = {"impact", "urgency", "customer_id", "service_id"}


class Level(models.IntegerChoices):
    """How far impact and urgency go."""

    HIGH = 1, _("high")
    MEDIUM = 2, _("medium")
    LOW = 3, _("low")


class Channel(models.TextChoices):
    """By which way a ticket came in (§3.1.1)."""

    PHONE = "phone", _("hotline")
    EMAIL = "email", _("mailbox")
    PORTAL = "portal", _("portal")
    CHAT = "chat", _("live chat")
    MONITORING = "monitoring", _("monitoring")
    API = "api", _("API")
    VISIT = "visit", _("in person")


class WaitingFor(models.TextChoices):
    """Whom or what the work waits for."""

    CUSTOMER = "customer", _("customer")
    VENDOR = "vendor", _("vendor")
    PROBLEM = "problem", _("problem")
    EVIDENCE = "evidence", _("evidence")


class Ticket(Record):
    """Something that somebody must deal with for a customer, from the first word to the customer's confirmation."""

    title = models.CharField(_("title"), max_length=200)
    description = models.TextField(_("description"), blank=True)
    customer = models.ForeignKey(Customer, models.PROTECT, null=True, blank=True, verbose_name=_("customer"))
    contact = models.ForeignKey(Contact, models.PROTECT, null=True, blank=True, verbose_name=_("contact"))
    reported_by = models.CharField(_("reported by"), max_length=120, blank=True)
    service = models.ForeignKey(Service, models.PROTECT, null=True, blank=True, verbose_name=_("service"))
    assets = models.ManyToManyField(Asset, blank=True, verbose_name=_("assets"))
    channel = models.CharField(_("channel"), max_length=12, choices=Channel.choices, default=Channel.PHONE, blank=True)
    impact = models.PositiveSmallIntegerField(_("impact"), choices=Level.choices, default=Level.MEDIUM)
    urgency = models.PositiveSmallIntegerField(_("urgency"), choices=Level.choices, null=True, blank=True)
    priority = models.PositiveSmallIntegerField(_("priority"), choices=Priority.choices, null=True, blank=True)
    priority_reason = models.CharField(_("why not by the matrix"), max_length=200, blank=True, editable=False)
    category = models.CharField(_("type"), max_length=60, blank=True)
    severity = models.CharField(_("severity"), max_length=60, blank=True)
    scope_note = models.TextField(_("scope of impact"), blank=True)
    plan = models.TextField(_("handling plan"), blank=True)
    cause = models.TextField(_("cause"), blank=True)
    fix = models.TextField(_("repair"), blank=True)
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="merged_here", verbose_name=_("merged into")
    )
    waiting_for = models.CharField(_("waiting for"), max_length=10, choices=WaitingFor.choices, blank=True)
    # Indexes of their own would only be written and never read: longer ones begin with these fields, see Meta.
    team = models.ForeignKey(Department, models.PROTECT, null=True, blank=True, db_index=False, verbose_name=_("team"))
    assignee = models.ForeignKey(
        Employee, models.PROTECT, null=True, blank=True, db_index=False, verbose_name=_("handler")
    )

    opened_at = models.DateTimeField(_("opened"), editable=False, db_index=True)
    assigned_at = models.DateTimeField(_("assigned at"), null=True, editable=False)
    assign_seconds = models.PositiveIntegerField(_("working seconds to assignment"), null=True, editable=False)
    responded_at = models.DateTimeField(_("responded"), null=True, editable=False)
    assessed_at = models.DateTimeField(_("assessed at"), null=True, editable=False)
    assess_seconds = models.PositiveIntegerField(_("working seconds to assessment"), null=True, editable=False)
    critical_since = models.DateTimeField(_("critical since"), null=True, editable=False)
    resolved_at = models.DateTimeField(_("resolved at"), null=True, editable=False)
    closed_at = models.DateTimeField(_("closed at"), null=True, editable=False, db_index=True)
    confirmed_at = models.DateTimeField(_("confirmed by the customer"), null=True, editable=False)
    resolution_met = models.BooleanField(_("resolved in time"), null=True, editable=False)
    reopen_count = models.PositiveIntegerField(_("reopened"), default=0, editable=False)
    reassignment_count = models.PositiveIntegerField(_("reassigned"), default=0, editable=False)
    customer_updates = models.PositiveIntegerField(_("words to the customer"), default=0, editable=False)
    late_updates = models.PositiveIntegerField(_("late words to the customer"), default=0, editable=False)
    imported_from = models.CharField(_("imported from"), max_length=40, blank=True, editable=False)

    name_fields = ("number", "title")
    scope = Scope(owner=("assignee",), department="team", customer="customer", contact="contact")
    create_guards = (guards.request_complete,)
    timeline_fields = ("title", "priority", "impact", "urgency", "team", "assignee", "customer", "service", "plan")
    search_fields = ("title", "description", "customer__name", "reported_by")

    class Meta:
        abstract = True
        indexes = [
            models.Index(fields=["state", "priority", "opened_at"], name="%(class)s_queue"),
            models.Index(fields=["assignee", "state"], name="%(class)s_handler"),
            models.Index(fields=["team", "state"], name="%(class)s_team"),
            models.Index(fields=["customer", "opened_at"], name="%(class)s_customer"),
            models.Index(fields=["team", "opened_at"], name="%(class)s_of_team"),
            models.Index(fields=["assignee", "opened_at"], name="%(class)s_of_handler"),
            models.Index(fields=["created_by", "opened_at"], name="%(class)s_of_author"),
            models.Index(fields=["resolved_at"], name="%(class)s_resolved"),
            models.Index(fields=["priority", "opened_at"], name="%(class)s_priority"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    def full_clean(self, *args: Any, **kwargs: Any) -> None:
        """Fill in what follows from what was given, then validate."""
        if self.opened_at is None:
            self.opened_at = moment.now()
        if self.pk is None and self.team_id is None:
            self.team = self._natural_team()
        if self.pk is None:
            self.__dict__["_levels"] = effects.levels_of(self)
            effects.derive_priority(self, self.__dict__["_levels"])
        elif DECIDES_PRIORITY & set(changed_fields(self)):
            effects.derive_priority(self)
        if self.pk is None and self.priority == Priority.P1:
            self.critical_since = self.opened_at
        super().full_clean(*args, **kwargs)

    def _natural_team(self) -> Department | None:
        """Return who serves: the service's team, else the customer's."""
        service_team = self.service.team if self.service else None
        return service_team or (self.customer.team if self.customer else None)

    def before_create(self, actor: Actor) -> None:
        """What a contact asks for in the portal is theirs and their organization's, whatever else was sent.

        Who writes from outside without an account has no contact id: whose it is, says the practice that takes it in.
        """
        if actor.external and actor.contact_id is not None:
            self.contact = Contact.objects.select_related("customer").get(pk=actor.contact_id)
            self.customer = self.contact.customer
            self.channel, self.reported_by, self.team, self.assignee = Channel.PORTAL, "", None, None

    def on_create(self, actor: Actor) -> None:
        """Start the clocks."""
        effects.start_clocks(self, self.__dict__.pop("_levels", None))
        if self.assignee_id is not None:
            self.move("assign", actor, team=self.team, assignee=self.assignee)
        hooks.follow(self, actor, {})

    def on_change(self, actor: Actor, changes: Mapping[str, list[Any]]) -> None:
        """Put the clocks under the new promise when the priority, the customer or the service changed."""
        if {"priority", "customer_id", "service_id"} & set(changes):
            effects.retarget_clocks(self, "priority or contract changed")
        if "state" in changes:
            together.tell_watchers(self, actor, self.get_state_display(), f"v{self.version}")
            for follow in hooks.after_step:
                follow(self, actor, changes["state"][0])
        if changes:
            hooks.follow(self, actor, changes)

    def on_comment(self, actor: Actor, visibility: str) -> None:
        """A word to the customer restarts the update clock; a word from the customer tells the team."""
        if actor.external:
            effects.tell_team(self, actor)
        elif visibility == "customer":
            effects.mark_customer_told(self, actor, {})
            self.save_as(system_actor(), note="customer told")
        if said := entries_of(self).filter(kind=TimelineEntry.Kind.COMMENT).first():
            together.follow_comment(self, actor, said)
            for follow in hooks.after_comment:
                follow(self, actor, said)
