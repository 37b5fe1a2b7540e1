"""Alerts: what fires, how often it did, and what is grouped into one incident."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from opscharter.assets.models import Asset
from opscharter.customers.models import Customer, Service
from opscharter.kernel.access.actor import Actor
from opscharter.kernel.access.scope import Scope
from opscharter.kernel.records.numbering import Numbering
from opscharter.kernel.records.record import Record
from opscharter.organization.models import Department
from opscharter.service.alerts import hooks
from opscharter.service.alerts.models.delivery import Delivery
from opscharter.service.alerts.models.source import AlertSource
from opscharter.service.tickets.models import Incident

PLACE = {"customer_id", "service_id", "ignored"}


class Severity(models.IntegerChoices):
    """How grave a source finds what it reports, in three steps for all kinds of sources."""

    CRITICAL = 1, _("critical")
    WARNING = 2, _("warning")
    INFO = 3, _("information")


class AlertGroup(models.Model):
    """What shares one open incident: a customer with a service, or with the value of the label that groups.

    The row is locked while an incident is opened, reopened or resolved for it, so that there is never a second one.
    """

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="+")
    service = models.ForeignKey(Service, models.PROTECT, null=True, related_name="+")
    key = models.CharField(max_length=120)
    incident = models.ForeignKey(Incident, models.PROTECT, null=True, related_name="+")
    fired_at = models.DateTimeField(null=True, db_index=True)
    """Since when its incident stands."""
    quiet_since = models.DateTimeField(null=True, db_index=True)
    proposed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["customer", "key"], name="alert_group_once")]

    def __str__(self) -> str:
        return f"{self.customer_id}/{self.key}"


class Alert(Record):
    """One thing that a source watches and reports under one fingerprint, with all the times it fired."""

    source = models.ForeignKey(
        AlertSource, models.PROTECT, related_name="alerts", editable=False, verbose_name=_("alert source")
    )
    fingerprint = models.CharField(_("fingerprint"), max_length=64, editable=False, db_index=True)
    title = models.CharField(_("title"), max_length=200, editable=False)
    text = models.TextField(_("description"), blank=True, editable=False)
    labels = models.JSONField(_("labels"), default=dict, editable=False)
    link = models.CharField(_("where to look"), max_length=500, blank=True, editable=False)
    severity = models.PositiveSmallIntegerField(
        _("severity"), choices=Severity.choices, default=Severity.WARNING, editable=False
    )
    customer = models.ForeignKey(
        Customer, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("customer")
    )
    service = models.ForeignKey(
        Service, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("service")
    )
    asset = models.ForeignKey(Asset, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("asset"))
    ignored = models.BooleanField(_("opens no incident"), default=False)
    note = models.CharField(_("note"), max_length=200, blank=True)
    by_hand = models.BooleanField(_("placed by hand"), default=False, editable=False)
    team = models.ForeignKey(
        Department, models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("team")
    )
    group = models.ForeignKey(AlertGroup, models.PROTECT, null=True, editable=False, related_name="alerts")
    incident = models.ForeignKey(
        Incident, models.PROTECT, null=True, editable=False, related_name="alerts", verbose_name=_("incident")
    )
    firing = models.BooleanField(_("firing"), default=False, editable=False, db_index=True)
    occurrence_count = models.PositiveIntegerField(_("times"), default=0, editable=False)
    first_seen_at = models.DateTimeField(_("first seen"), editable=False)
    last_started_at = models.DateTimeField(_("last fired"), null=True, editable=False, db_index=True)
    last_seen_at = models.DateTimeField(_("last heard of"), editable=False)

    numbering = Numbering("ALT-{seq:06}")
    scope = Scope(department="team", customer="customer")
    name_fields = ("number", "title")
    search_fields = ("title", "fingerprint", "text", "customer__name")

    class Meta:
        verbose_name = _("alert")
        verbose_name_plural = _("alerts")
        constraints = [models.UniqueConstraint(fields=["source", "fingerprint"], name="alert_once_a_fingerprint")]
        indexes = [models.Index(fields=["group", "firing"], name="alert_group_firing")]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    def clean(self) -> None:
        """Refuse an alert that no source has told of."""
        if not self.fingerprint:
            raise ValidationError(_("This comes from monitoring, not from people."))

    def on_change(self, actor: Actor, changes: Mapping[str, list[Any]]) -> None:
        """Keep what a person decided about whose it is, and open the incident that was missing for it."""
        if PLACE & set(changes):
            for follow in hooks.after_placing:
                follow(self, actor)


class Occurrence(models.Model):
    """One time that an alert fired: from a moment, told so often, until it ended."""

    alert = models.ForeignKey(Alert, models.PROTECT, related_name="occurrences")
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    first_delivery = models.ForeignKey(Delivery, models.PROTECT, null=True, related_name="+")
    last_delivery = models.ForeignKey(Delivery, models.PROTECT, null=True, related_name="+")
    """Empty once the delivery's time was over; what an incident rests on keeps them."""
    deliveries = models.PositiveIntegerField(default=1)
    """How many deliveries told of it."""
    incident = models.ForeignKey(Incident, models.PROTECT, null=True, related_name="occurrences")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["alert", "started_at"], name="alert_occurrence_once")]
        indexes = [
            models.Index(fields=["alert", "ended_at"], name="alert_occurrence_open"),
            models.Index(fields=["incident", "alert"], name="alert_occurrence_incident"),
        ]

    def __str__(self) -> str:
        return f"{self.alert_id} {self.started_at:%Y-%m-%d %H:%M:%S}"
