"""Types of assets, which the company defines, and the details each type has."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from opscharter.kernel.access.scope import Scope
from opscharter.kernel.attributes.models import AttributeDefinition, Labelled


class Kind(models.TextChoices):
    """What an asset is in the widest sense; a type says it more closely."""

    SERVER = "server", _("server")
    NETWORK = "network", _("network device")
    DATABASE = "database", _("database")
    APPLICATION = "application", _("application")
    STORAGE = "storage", _("storage")
    ENDPOINT = "endpoint", _("endpoint")
    OTHER = "other", _("other")


class AssetType(Labelled):
    """A type of asset with details of its own: a rack server, a firewall, an uninterruptible power supply."""

    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)
    description = models.TextField(_("description"), blank=True)

    scope = Scope(public=True)
    search_fields = ("label", "label_zh_hant", "label_zh_hans", "description")

    class Meta:
        verbose_name = _("asset type")
        verbose_name_plural = _("asset types")
        constraints = [models.UniqueConstraint(fields=["label"], name="asset_type_label")]


class AssetAttribute(AttributeDefinition):
    """A detail that assets of a type have, such as the number of rack units."""

    type = models.ForeignKey(AssetType, models.PROTECT, related_name="attributes", verbose_name=_("asset type"))

    scope = Scope(public=True)

    class Meta:
        verbose_name = _("asset detail")
        verbose_name_plural = _("asset details")
        constraints = [models.UniqueConstraint(fields=["type", "code"], name="asset_attribute_code")]

    def siblings(self) -> models.QuerySet[Any]:
        """Return the other details of the same type."""
        return AssetAttribute.objects.filter(type=self.type_id).exclude(pk=self.pk)
