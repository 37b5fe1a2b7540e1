"""Alterations of assets that no change accounts for."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from opscharter.assets.models import Asset, AssetRelation, FoundHost
from opscharter.customers.models import Customer
from opscharter.kernel.access.scope import Scope
from opscharter.kernel.records.lifecycle import Lifecycle, Move
from opscharter.kernel.records.numbering import Numbering
from opscharter.kernel.records.record import Record
from opscharter.organization.models import Department
from opscharter.service.changes import effects
from opscharter.service.changes.models.change import Change
from opscharter.service.changes.models.unauthorised import UnauthorisedChange


class AssetAlteration(Record):
    """An alteration of an asset that trail or scan shows outside any change of that asset, for somebody to judge."""

    class State(models.TextChoices):
        FOUND = "FOUND", _("to be judged")
        UNAUTHORISED = "UNAUTHORISED", _("unauthorised")
        EXPLAINED = "EXPLAINED", _("explained")

    class Via(models.TextChoices):
        PAGE = "page", _("web page")
        API = "api", _("API")
        IMPORT = "import", _("import")
        JOB = "job", _("job")
        SCAN = "scan", _("network scan")

    asset = models.ForeignKey(Asset, models.PROTECT, related_name="alterations", verbose_name=_("asset"))
    altered_at = models.DateTimeField(_("altered"))
    what = models.TextField(_("what was altered"))
    differences = models.JSONField(_("differences"), default=list, editable=False)
    """What the trail tells, as [field, before, after] of the asset; said in the reader's language."""
    who = models.CharField(_("altered by"), max_length=160, blank=True, editable=False)
    altered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+",
        verbose_name=_("account"),
    )  # fmt: skip
    via = models.CharField(_("by way of"), max_length=20, blank=True, editable=False, choices=Via.choices)
    entry = models.BigIntegerField(_("audit entry"), null=True, unique=True, editable=False)
    sighting = models.OneToOneField(
        FoundHost, models.PROTECT, null=True, editable=False, related_name="alteration", verbose_name=_("scan finding")
    )
    customer = models.ForeignKey(
        Customer, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("customer")
    )
    team = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("team")
    )
    explanation = models.TextField(_("explanation"), blank=True)
    change = models.ForeignKey(
        Change, models.PROTECT, null=True, blank=True, related_name="alterations", verbose_name=_("change")
    )
    unauthorised = models.OneToOneField(
        UnauthorisedChange, models.PROTECT, null=True, editable=False, related_name="alteration",
        verbose_name=_("unauthorised change"),
    )  # fmt: skip

    numbering = Numbering("ALT-{date:%Y}-{seq:04}")
    scope = Scope(department="team")
    search_fields = ("asset__name", "what")
    lifecycle = Lifecycle(
        State,
        start=State.FOUND,
        moves=[
            Move("explain", State.FOUND, State.EXPLAINED, _("Explain"), primary=True, inputs=["explanation", "change"],
                 required=["explanation"], separate_from=["altered_by"]),
            Move("accept", State.FOUND, State.UNAUTHORISED, _("Accept as unauthorised"),
                 effects=[effects.accept_alteration]),
        ],
        final=[State.UNAUTHORISED, State.EXPLAINED],
    )  # fmt: skip

    class Meta:
        verbose_name = _("alteration without a change")
        verbose_name_plural = _("alterations without a change")
        indexes = [models.Index(fields=["state", "altered_at"], name="alteration_state")]

    def __str__(self) -> str:
        return f"{self.number} {self.asset}"

    @property
    def told(self) -> str:
        """Return what was altered in the reader's words."""
        lines = [f"{label}: {before} → {after}" for label, before, after in self.lines]
        return "; ".join(lines) or self.what

    @property
    def lines(self) -> list[tuple[str, str, str]]:
        """Return every altered fact as (label, before, after)."""
        found = []
        for name, before, after in self.differences:
            if name == "relations":
                found.append((_t("relation"), _edge(before), _edge(after)))
                continue
            field: Any = Asset._meta.get_field(name)
            found.append((str(field.verbose_name), _shown(field, before), _shown(field, after)))
        return found


def _edge(value: Any) -> str:
    """Return what an asset needs, from its kind and the other asset's id."""
    if not value:
        return "—"
    kind, target = value
    return (
        f"{dict(AssetRelation.Kind.choices).get(kind, kind)} {Asset._base_manager.filter(pk=target).first() or target}"
    )


def _shown(field: Any, value: Any) -> str:
    if value in (None, "", {}, []):
        return "—"
    if field.is_relation:
        return str(field.related_model._base_manager.filter(pk=value).first() or value)
    return str(dict(field.flatchoices).get(value, value))
