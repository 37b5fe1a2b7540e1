"""Assets under the company's care."""

from __future__ import annotations

import re

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from opscharter.assets.models.type import AssetType, Kind
from opscharter.customers.models import Customer, Service
from opscharter.kernel.access.scope import Scope
from opscharter.kernel.approvals.requests import Approval
from opscharter.kernel.attributes.models import Attributed
from opscharter.kernel.records.lifecycle import Lifecycle, Move
from opscharter.kernel.records.numbering import Numbering
from opscharter.kernel.records.record import Record
from opscharter.organization.models import Department

MAC = re.compile(r"[0-9A-F]{12}")


def tidy_mac(text: str) -> str:
    """Return a MAC address as six pairs with colons; ValidationError on `mac` for what is none."""
    digits = re.sub(r"[\s:.-]", "", text).upper()
    if digits and not MAC.fullmatch(digits):
        raise ValidationError({"mac": _("“%(value)s” is not a MAC address.") % {"value": text}})
    return ":".join(digits[place : place + 2] for place in range(0, len(digits), 2))


class Asset(Attributed, Record):
    """A server, device, database or application that the company keeps running (a configuration item)."""

    class State(models.TextChoices):
        IN_STOCK = "IN_STOCK", _("in stock")
        IN_USE = "IN_USE", _("in use")
        MAINTENANCE = "MAINTENANCE", _("in maintenance")
        RETIRED = "RETIRED", _("retired")

    Kind = Kind

    class Criticality(models.IntegerChoices):
        HIGH = 1, _("high")
        MEDIUM = 2, _("medium")
        LOW = 3, _("low")

    name = models.CharField(_("name"), max_length=120)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)
    type = models.ForeignKey(
        AssetType, models.PROTECT, null=True, blank=True, related_name="assets", verbose_name=_("asset type")
    )
    customer = models.ForeignKey(
        Customer, models.PROTECT, null=True, blank=True, related_name="assets", verbose_name=_("customer")
    )
    service = models.ForeignKey(
        Service, models.PROTECT, null=True, blank=True, related_name="assets", verbose_name=_("service")
    )
    team = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, related_name="assets", verbose_name=_("team")
    )
    criticality = models.PositiveSmallIntegerField(
        _("criticality"), choices=Criticality.choices, default=Criticality.MEDIUM
    )
    serial = models.CharField(_("serial number"), max_length=80, blank=True)
    address = models.GenericIPAddressField(_("network address"), null=True, blank=True)
    mac = models.CharField(
        _("MAC address"), max_length=17, blank=True, db_index=True, help_text=_("Such as 00:16:3E:5B:A1:0C.")
    )
    location = models.CharField(_("location"), max_length=120, blank=True)
    warranty_until = models.DateField(_("warranty until"), null=True, blank=True)

    numbering = Numbering("A{seq:06}")
    scope = Scope(department=("team", "customer__team"), customer="customer")
    name_fields = ("name",)
    search_fields = ("name", "serial", "address", "mac", "location", "customer__name", "attributes")
    attributes_of = "type"
    lifecycle = Lifecycle(
        State,
        start=State.IN_STOCK,
        moves=[
            Move("take-into-use", State.IN_STOCK, State.IN_USE, _("Take into use"), primary=True),
            Move("maintain", State.IN_USE, State.MAINTENANCE, _("Begin maintenance"), needs_reason=True),
            Move("return", State.MAINTENANCE, State.IN_USE, _("Back into use"), primary=True),
            Move("retire", [State.IN_STOCK, State.IN_USE, State.MAINTENANCE], State.RETIRED, _("Retire"),
                 needs_reason=True, approval=Approval("7.3.3", binds=["name", "customer", "serial", "criticality"])),
        ],
        final=[State.RETIRED],
    )  # fmt: skip

    def clean(self) -> None:
        """Refuse a type of another kind, details that the type does not have or that are wrong, and what is no MAC."""
        self.mac = tidy_mac(self.mac)
        if self.type is not None and self.type.kind != self.kind:
            raise ValidationError({"type": _("This type is a %(kind)s.") % {"kind": self.type.get_kind_display()}})
        super().clean()

    class Meta:
        verbose_name = _("asset")
        verbose_name_plural = _("assets")
        indexes = [
            models.Index(fields=["customer", "kind"], name="asset_customer"),
            models.Index(fields=["service"], name="asset_service"),
        ]

    def __str__(self) -> str:
        return self.name
