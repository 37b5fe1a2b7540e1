"""The questions that a catalogue item asks."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from opscharter.assets.models import Asset
from opscharter.customers.models import Service
from opscharter.kernel.access.scope import Scope
from opscharter.kernel.attributes.models import AttributeDefinition
from opscharter.service.tickets.answers import ASSET, FILE

KINDS = [*AttributeDefinition.Kind.choices, (ASSET, _("an asset of the customer")), (FILE, _("a file"))]


class CatalogueField(AttributeDefinition):
    """A question in the form of a catalogue item, which the company writes in the browser."""

    service = models.ForeignKey(Service, models.PROTECT, related_name="attributes", verbose_name=_("catalogue item"))
    kind = models.CharField(_("kind"), max_length=10, choices=KINDS, default=AttributeDefinition.Kind.TEXT)
    asset_kind = models.CharField(_("kind of asset"), max_length=20, choices=Asset.Kind.choices, blank=True)

    scope = Scope(public=True)

    class Meta:
        verbose_name = _("question of a catalogue item")
        verbose_name_plural = _("catalogue forms")
        constraints = [models.UniqueConstraint(fields=["service", "code"], name="catalogue_field_code")]
        indexes = [models.Index(fields=["service", "position"], name="catalogue_field_place")]

    def siblings(self) -> models.QuerySet[Any]:
        """Return the other questions of the same item."""
        return CatalogueField.objects.filter(service=self.service_id).exclude(pk=self.pk)
