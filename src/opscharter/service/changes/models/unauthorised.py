"""Alterations that nobody authorised."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from opscharter.assets.models import Asset
from opscharter.customers.models import Customer
from opscharter.kernel import moment
from opscharter.kernel.access.actor import Actor
from opscharter.kernel.access.scope import Scope
from opscharter.kernel.records.lifecycle import Lifecycle, Move
from opscharter.kernel.records.numbering import Numbering
from opscharter.kernel.records.record import Record
from opscharter.organization.models import Department
from opscharter.service.changes import nonconformity
from opscharter.service.changes.models.change import Change


class UnauthorisedChange(Record):
    """An alteration that was found to have been made without authority, by audit, reconciliation or rejection."""

    class State(models.TextChoices):
        FOUND = "FOUND", _("found")
        EXPLAINED = "EXPLAINED", _("explained")
        SETTLED = "SETTLED", _("settled")

    class Source(models.TextChoices):
        AUDIT = "audit", _("audit")
        RECONCILIATION = "reconciliation", _("reconciliation of assets")
        REJECTION = "rejection", _("emergency change rejected")
        REPORT = "report", _("somebody's report")

    title = models.CharField(_("title"), max_length=200)
    source = models.CharField(_("found by"), max_length=16, choices=Source.choices)
    found_at = models.DateTimeField(_("found at"), editable=False)
    description = models.TextField(_("what was altered"))
    asset = models.ForeignKey(
        Asset, models.PROTECT, null=True, blank=True, related_name="unauthorised_changes", verbose_name=_("asset")
    )
    customer = models.ForeignKey(
        Customer, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("customer")
    )
    team = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("team")
    )
    change = models.ForeignKey(
        Change, models.PROTECT, null=True, blank=True, related_name="unauthorised", verbose_name=_("change")
    )
    explanation = models.TextField(_("explanation"), blank=True)
    measures = models.TextField(_("measures"), blank=True)

    numbering = Numbering("UCH-{date:%Y}-{seq:03}")
    scope = Scope(department="team")
    search_fields = ("title", "description")
    lifecycle = Lifecycle(
        State,
        start=State.FOUND,
        moves=[
            Move("explain", State.FOUND, State.EXPLAINED, _("Explain"), primary=True, inputs=["explanation"],
                 required=["explanation"]),
            Move("settle", State.EXPLAINED, State.SETTLED, _("Settle"), primary=True, inputs=["measures", "change"],
                 required=["measures"]),
        ],
        final=[State.SETTLED],
    )  # fmt: skip

    class Meta:
        verbose_name = _("unauthorised change")
        verbose_name_plural = _("unauthorised changes")

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    def full_clean(self, *args: object, **kwargs: object) -> None:
        """Note when it was found, then validate."""
        if self.found_at is None:
            self.found_at = moment.now()
        super().full_clean(*args, **kwargs)  # type: ignore[arg-type]

    def on_create(self, actor: Actor) -> None:
        """It is a nonconformity: raise it where these are kept."""
        nonconformity.raise_for(self)
