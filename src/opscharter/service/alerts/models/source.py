"""Where alerts come from, and how one tells whose they are."""

from __future__ import annotations

import re
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from opscharter.customers.models import Customer, Service
from opscharter.customers.models.contract import Priority
from opscharter.kernel.access.actor import Actor
from opscharter.kernel.access.scope import Scope
from opscharter.kernel.records.numbering import Numbering
from opscharter.kernel.records.record import Record
from opscharter.organization.models import Department

HOST_LABELS = "host, hostname, instance, node, ip"
LONGEST_PATTERN = 120


class AlertSource(Record):
    """A monitoring system that reports what it sees: in which shape, for whom, and what follows from it."""

    class Kind(models.TextChoices):
        ALERTMANAGER = "alertmanager", _("Alertmanager")
        GRAFANA = "grafana", _("Grafana")
        ZABBIX = "zabbix", _("Zabbix")
        GENERIC = "generic", _("any other system")

    class Recovery(models.TextChoices):
        RESOLVE = "resolve", _("resolve the incident")
        PROPOSE = "propose", _("tell the handler")

    name = models.CharField(_("name"), max_length=80, unique=True)
    code = models.SlugField(_("name in the address"), max_length=40, unique=True)
    kind = models.CharField(_("system"), max_length=16, choices=Kind.choices)
    customer = models.ForeignKey(
        Customer, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("customer otherwise"),
        help_text=_("Whose an alert is when no rule and no asset says so."),
    )  # fmt: skip
    service = models.ForeignKey(
        Service, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("service otherwise")
    )
    team = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("team otherwise"),
        help_text=_("Who handles it when neither the service nor the customer has a team."),
    )  # fmt: skip
    host_labels = models.CharField(
        _("labels that name the asset"), max_length=200, blank=True, default=HOST_LABELS,
        help_text=_("Their values are compared with the names and network addresses of assets; a port is left out."),
    )  # fmt: skip
    group_label = models.CharField(
        _("label that groups"), max_length=60, blank=True,
        help_text=_("Without a service, alerts with the same value of this label share an incident."),
    )  # fmt: skip
    recovery = models.CharField(
        _("after recovery"), max_length=8, choices=Recovery.choices, default=Recovery.RESOLVE,
        help_text=_("An incident that somebody works on is never resolved by itself; its handler is told."),
    )  # fmt: skip
    quiet_minutes = models.PositiveSmallIntegerField(
        _("quiet minutes"), default=10, validators=[MinValueValidator(0), MaxValueValidator(1440)],
        help_text=_("So long nothing may fire before a recovery counts."),
    )  # fmt: skip
    reopen_minutes = models.PositiveSmallIntegerField(
        _("reopens within minutes"), default=60, validators=[MaxValueValidator(10_080)],
        help_text=_("What fires again so soon after its incident was resolved reopens it instead of opening another."),
    )  # fmt: skip
    page_up_to = models.PositiveSmallIntegerField(
        _("calls the engineer on duty up to"), choices=Priority.choices, default=Priority.P3
    )
    keep_days = models.PositiveSmallIntegerField(
        _("keeps deliveries for (days)"), null=True, blank=True, default=90, validators=[MinValueValidator(7)],
        help_text=_("What an incident rests on stays, and so does what could not be processed. Empty: for ever."),
    )  # fmt: skip
    active = models.BooleanField(_("in use"), default=True)

    numbering = Numbering("ALS-{seq:03}")
    scope = Scope(department="team", customer="customer")
    name_fields = ("name",)
    search_fields = ("name", "code")

    class Meta:
        verbose_name = _("alert source")
        verbose_name_plural = _("alert sources")

    def __str__(self) -> str:
        return self.name

    def on_create(self, actor: Actor) -> None:
        """Make its door; who is to deliver gets a token by a page of its own."""
        AlertDoor.objects.create(source=self)

    @property
    def hosts(self) -> list[str]:
        """Return the labels whose values name an asset."""
        return [name.strip() for name in self.host_labels.split(",") if name.strip()]


class AlertDoor(models.Model):
    """The way in of one source: the hash of its token, and whether the worker has been called for what lies there."""

    source = models.OneToOneField(AlertSource, models.PROTECT, related_name="door")
    token_hash = models.CharField(max_length=64, blank=True)
    token_prefix = models.CharField(max_length=12, blank=True)
    issued_at = models.DateTimeField(null=True)
    queued = models.BooleanField(default=False)

    def __str__(self) -> str:
        return str(self.source_id)


class AlertRule(Record):
    """How one tells from a label of an alert whose it is, or that it is nobody's business."""

    class How(models.TextChoices):
        IS = "is", _("is")
        CONTAINS = "contains", _("contains")
        MATCHES = "matches", _("matches the pattern")

    source = models.ForeignKey(AlertSource, models.PROTECT, related_name="rules", verbose_name=_("alert source"))
    position = models.PositiveSmallIntegerField(_("position"), default=10)
    label = models.CharField(_("label"), max_length=80)
    how = models.CharField(_("comparison"), max_length=8, choices=How.choices, default=How.IS)
    value = models.CharField(_("value"), max_length=LONGEST_PATTERN)
    customer = models.ForeignKey(
        Customer, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("customer")
    )
    service = models.ForeignKey(
        Service, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("service")
    )
    ignore = models.BooleanField(_("opens no incident"), default=False)

    scope = Scope(department="source__team", customer="source__customer")
    search_fields = ("label", "value")

    class Meta:
        verbose_name = _("alert rule")
        verbose_name_plural = _("alert rules")
        indexes = [models.Index(fields=["source", "position"], name="alert_rule_order")]

    def __str__(self) -> str:
        return f"{self.label} {self.get_how_display()} {self.value}"

    def clean(self) -> None:
        """Refuse a rule without consequence, and a pattern that cannot be read."""
        if not (self.customer_id or self.service_id or self.ignore):
            raise ValidationError(_("Name the customer or the service, or say that it opens no incident."))
        if self.how == self.How.MATCHES:
            try:
                re.compile(self.value)
            except re.error as error:
                raise ValidationError({"value": _("This pattern cannot be read.")}) from error

    def fits(self, labels: dict[str, Any]) -> bool:
        """Say whether the rule speaks of an alert with these labels."""
        given = labels.get(self.label)
        if given is None:
            return False
        text = str(given)
        if self.how == self.How.IS:
            return text == self.value
        if self.how == self.How.CONTAINS:
            return self.value in text
        return re.search(self.value, text[:500]) is not None
