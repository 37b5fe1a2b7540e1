"""How assets hang together."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from opscharter.assets.models.asset import Asset
from opscharter.kernel.access.scope import Scope
from opscharter.kernel.records.record import Record


class AssetRelation(Record):
    """One asset needing another: when the target fails, the source is affected."""

    class Kind(models.TextChoices):
        DEPENDS_ON = "depends-on", _("depends on")
        RUNS_ON = "runs-on", _("runs on")
        CONNECTED_TO = "connected-to", _("is connected through")

    source = models.ForeignKey(Asset, models.PROTECT, related_name="needs", verbose_name=_("asset"))
    kind = models.CharField(_("relation"), max_length=20, choices=Kind.choices, default=Kind.DEPENDS_ON)
    target = models.ForeignKey(Asset, models.PROTECT, related_name="needed_by", verbose_name=_("needs"))

    scope = Scope(department=("source__team", "source__customer__team"), customer="source__customer")
    search_fields = ("source__name", "target__name")

    class Meta:
        verbose_name = _("asset relation")
        verbose_name_plural = _("asset relations")
        constraints = [models.UniqueConstraint(fields=["source", "kind", "target"], name="asset_relation_once")]

    def __str__(self) -> str:
        return f"{self.source} {self.get_kind_display()} {self.target}"

    def clean(self) -> None:
        """Refuse an asset that needs itself."""
        if self.source_id == self.target_id:
            raise ValidationError({"target": _("An asset cannot need itself.")})
