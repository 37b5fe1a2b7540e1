"""Compliance packs."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from opscharter.customers.models.customer import Customer
from opscharter.kernel import moment
from opscharter.kernel.access.actor import Actor
from opscharter.kernel.access.scope import Scope
from opscharter.kernel.errors import Reason, Refused
from opscharter.kernel.indicators.periods import Period
from opscharter.kernel.records.lifecycle import Lifecycle, Move
from opscharter.kernel.records.numbering import Numbering
from opscharter.kernel.records.record import Record
from opscharter.kernel.records.writing import permitted


class State(models.TextChoices):
    ORDERED = "ORDERED", _("being made")
    READY = "READY", _("ready")
    FAILED = "FAILED", _("failed")


class CompliancePack(Record):
    """One file that shows how the regulation was kept in a period, for one customer's records or for all of them."""

    customer = models.ForeignKey(
        Customer, models.PROTECT, null=True, blank=True, related_name="packs", verbose_name=_("customer"),
        help_text=_("Left empty: the whole company, for an audit."),
    )  # fmt: skip
    period = models.CharField(
        _("period"), max_length=7, help_text=_("A month, quarter or year: 2026-10, 2026-Q3, 2026.")
    )
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES, default="zh-hant")
    edition = models.CharField(_("regulation version"), max_length=40, blank=True, editable=False)
    built_at = models.DateTimeField(_("made"), null=True, editable=False)
    path = models.CharField(max_length=200, blank=True, editable=False)
    size = models.PositiveBigIntegerField(_("size"), default=0, editable=False)
    sha256 = models.CharField(_("hash of the file"), max_length=64, blank=True, editable=False)
    manifest = models.CharField(_("hash of the list"), max_length=64, blank=True, editable=False)
    """The SHA-256 of the list of hashes within: kept here, it proves that the list itself was not altered."""
    problem = models.CharField(_("error"), max_length=200, blank=True, editable=False)

    numbering = Numbering("CP-{date:%Y}-{seq:04}")
    scope = Scope(customer="customer")
    search_fields = ("customer__name", "number", "period")
    lifecycle = Lifecycle(
        State,
        start=State.ORDERED,
        moves=[
            Move("finish", State.ORDERED, State.READY, _("Finish"), automatic=True),
            Move("fail", State.ORDERED, State.FAILED, _("Fail"), automatic=True),
        ],
        final=[State.READY, State.FAILED],
    )

    class Meta:
        verbose_name = _("compliance pack")
        verbose_name_plural = _("compliance packs")

    def __str__(self) -> str:
        return f"{self.number} {self.customer or ''} {self.period}".replace("  ", " ")

    def clean(self) -> None:
        """Refuse what is no period or has not begun, and another order once the pack is made."""
        try:
            span = Period.parse(self.period)
        except ValueError as error:
            message = _t("“%(value)s” is not a period like 2026-10, 2026-Q3 or 2026.") % {"value": self.period}
            raise ValidationError({"period": message}) from error
        if span.start > moment.now():
            raise ValidationError({"period": _t("This period has not begun.")})
        ordered = {name: self._loaded.get(name) for name in ("customer_id", "period", "language")}
        if self.pk and any(getattr(self, name) != value for name, value in ordered.items()):
            raise ValidationError(_t("A pack stays as it was ordered; order another."))

    def on_create(self, actor: Actor) -> None:
        """Refuse an order beyond the actor's own customers; let the worker make the pack."""
        from opscharter.customers.packs.making import make_pack  # late: the job reads this model

        if not permitted(self, actor, "export"):
            raise Refused([Reason(_t("You may order packs of your own customers only."), field="customer")])
        make_pack.enqueue(self.pk)

    @property
    def span(self) -> Period:
        """Return the period."""
        return Period.parse(self.period)

    @property
    def file_name(self) -> str:
        """Return the name of the file."""
        return f"{self.number}-{self.period}.zip"

    @property
    def recorded(self) -> dict[str, Any]:
        """Return what the trail keeps of a pack that was made or handed out."""
        return {"sha256": [None, self.sha256], "manifest": [None, self.manifest]}
