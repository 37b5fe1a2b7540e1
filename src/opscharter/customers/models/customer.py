"""Customers and their contacts."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from opscharter.customers.phones import LONGEST, key_of
from opscharter.kernel.access.scope import Scope
from opscharter.kernel.records.numbering import Numbering
from opscharter.kernel.records.record import Record
from opscharter.organization.models import Department, Employee


class Customer(Record):
    """An organization that the company serves."""

    class Tier(models.TextChoices):
        GOLD = "gold", _("gold")
        SILVER = "silver", _("silver")
        BRONZE = "bronze", _("bronze")

    name = models.CharField(_("name"), max_length=120, unique=True)
    short_name = models.CharField(_("short name"), max_length=40, blank=True)
    tier = models.CharField(_("tier"), max_length=10, choices=Tier.choices, default=Tier.BRONZE)
    team = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, related_name="customers", verbose_name=_("serving team")
    )
    account_manager = models.ForeignKey(
        Employee, models.PROTECT, null=True, blank=True, related_name="accounts", verbose_name=_("account manager")
    )
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    phone_key = models.CharField(max_length=LONGEST, blank=True, editable=False, db_index=True)
    address = models.CharField(_("address"), max_length=200, blank=True)
    notes = models.TextField(_("notes"), blank=True)

    numbering = Numbering("C{seq:05}")
    decides_access = True
    scope = Scope(owner="account_manager", department="team", customer="id")
    name_fields = ("name", "short_name")
    search_fields = ("name", "short_name", "phone")

    class Meta:
        verbose_name = _("customer")
        verbose_name_plural = _("customers")
        indexes = [models.Index(fields=["tier", "name"], name="customer_tier")]

    def __str__(self) -> str:
        return self.short_name or self.name

    def full_clean(self, *args: Any, **kwargs: Any) -> None:
        """Keep the number in the form by which a caller is found, then validate."""
        self.phone_key = key_of(self.phone)
        super().full_clean(*args, **kwargs)


class Contact(Record):
    """A person at a customer, who may ask for help and, with an account, use the portal."""

    class Reach(models.TextChoices):
        OWN = "own", _("own requests")
        ORGANIZATION = "organization", _("the whole organization's requests")

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="contacts", verbose_name=_("customer"))
    name = models.CharField(_("name"), max_length=80)
    title = models.CharField(_("title"), max_length=80, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    phone_key = models.CharField(max_length=LONGEST, blank=True, editable=False, db_index=True)
    mobile = models.CharField(_("mobile"), max_length=40, blank=True)
    mobile_key = models.CharField(max_length=LONGEST, blank=True, editable=False, db_index=True)
    reach = models.CharField(_("sees"), max_length=20, choices=Reach.choices, default=Reach.OWN)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="contact",
        verbose_name=_("account"),
    )

    decides_access = True
    scope = Scope(department="customer__team", customer="customer")
    name_fields = ("name",)
    search_fields = ("name", "email", "phone", "mobile", "customer__name")

    class Meta:
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")

    def __str__(self) -> str:
        return self.name

    def full_clean(self, *args: Any, **kwargs: Any) -> None:
        """Keep the numbers in the form by which a caller is found, then validate."""
        self.phone_key, self.mobile_key = key_of(self.phone), key_of(self.mobile)
        super().full_clean(*args, **kwargs)
