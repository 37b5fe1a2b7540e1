"""Contracts with makers and suppliers."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from opscharter.assets.models.asset import Asset
from opscharter.kernel import moment
from opscharter.kernel.access.scope import Scope
from opscharter.kernel.records.numbering import Numbering
from opscharter.kernel.records.record import Record


class SupportContract(Record):
    """A maker's or supplier's promise to support some assets until a day: warranty extension, maintenance, licence."""

    class Kind(models.TextChoices):
        WARRANTY = "warranty", _("warranty")
        MAINTENANCE = "maintenance", _("maintenance")
        LICENCE = "licence", _("licence or subscription")

    supplier = models.CharField(_("supplier"), max_length=120)
    reference = models.CharField(_("their reference"), max_length=80, blank=True)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices, default=Kind.MAINTENANCE)
    hotline = models.CharField(_("how to reach them"), max_length=200, blank=True)
    response = models.CharField(_("what they promise"), max_length=200, blank=True)
    starts_on = models.DateField(_("starts"))
    ends_on = models.DateField(_("ends"))
    notice_days = models.PositiveSmallIntegerField(
        _("warn so many days before"), default=60, validators=[MaxValueValidator(730)]
    )
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("owner"))
    assets = models.ManyToManyField(Asset, blank=True, related_name="support", verbose_name=_("assets"))

    numbering = Numbering("SC{seq:05}")
    scope = Scope(owner="owner__employee")
    name_fields = ("supplier", "number")
    search_fields = ("supplier", "reference", "response")

    class Meta:
        verbose_name = _("support contract")
        verbose_name_plural = _("support contracts")
        indexes = [models.Index(fields=["ends_on"], name="support_contract_end")]

    def __str__(self) -> str:
        return f"{self.number} {self.supplier}"

    def clean(self) -> None:
        """Refuse a contract that ends before it starts."""
        if self.starts_on and self.ends_on and self.ends_on < self.starts_on:
            raise ValidationError({"ends_on": _t("It ends before it starts.")})

    @property
    def warns_from(self) -> dt.date:
        """Return the day from which its end is near."""
        return self.ends_on - dt.timedelta(days=self.notice_days)

    @property
    def in_force(self) -> bool:
        """Say whether the promise holds today."""
        return self.starts_on <= moment.today() <= self.ends_on
