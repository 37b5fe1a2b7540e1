"""Corrective items."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from opscharter.charter.corrective.guards import check_passes
from opscharter.kernel import moment
from opscharter.kernel.access.actor import Actor
from opscharter.kernel.access.scope import Scope
from opscharter.kernel.controls.registry import CHECKS
from opscharter.kernel.records.lifecycle import Lifecycle, Move
from opscharter.kernel.records.numbering import Numbering
from opscharter.kernel.records.record import Record


def note_closing(item: Any, actor: Actor, inputs: Mapping[str, Any]) -> None:
    """Keep when the check passed again."""
    item.closed_at = moment.now()


class CorrectiveItem(Record):
    """A check that fails, as work for the one who answers for it: what is wrong, by when it is right again."""

    class State(models.TextChoices):
        OPEN = "OPEN", _("open")
        CLOSED = "CLOSED", _("closed by re-measurement")

    control = models.CharField(_("check"), max_length=80, editable=False)
    clause = models.CharField(_("clause"), max_length=12, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("owner")
    )
    owner_role = models.CharField(_("role that answers"), max_length=40, editable=False)
    due_on = models.DateField(_("due"))
    raised_by = models.BigIntegerField(editable=False)
    """The id of the result that raised it."""
    value = models.DecimalField(_("share when raised"), max_digits=6, decimal_places=2, null=True, editable=False)
    exceptions = models.PositiveBigIntegerField(_("exceptions when raised"), default=0, editable=False)
    cause = models.TextField(_("cause"), blank=True)
    measures = models.TextField(_("measures"), blank=True)
    closed_by = models.BigIntegerField(null=True, editable=False)
    """The id of the result that closed it."""
    closed_at = models.DateTimeField(_("closed"), null=True, editable=False)
    reminded_on = models.DateField(_("reminded on"), null=True, editable=False)

    numbering = Numbering("CAP-{date:%Y}-{seq:04}")
    scope = Scope(owner="owner__employee")
    search_fields = ("number", "control", "cause", "measures")
    timeline_fields = ("owner", "due_on")
    lifecycle = Lifecycle(
        State,
        start=State.OPEN,
        moves=[
            Move("close", State.OPEN, State.CLOSED, _("Close by re-measurement"), automatic=True,
                 guards=[check_passes], inputs=["closed_by"], prepare=[note_closing]),
        ],
        final=[State.CLOSED],
    )  # fmt: skip

    class Meta:
        verbose_name = _("corrective item")
        verbose_name_plural = _("corrective items")
        constraints = [
            models.UniqueConstraint(fields=["control"], condition=Q(state="OPEN"), name="one_corrective_item_a_check")
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    def clean(self) -> None:
        """Refuse an item that no check stands behind: it could never close."""
        if self.control not in CHECKS:
            raise ValidationError(_("A corrective item is raised by a failing check, not by hand."))

    @property
    def title(self) -> str:
        """Return what the check asks, in the active language."""
        check = CHECKS.get(self.control)
        return str(check.label) if check else self.control

    @property
    def overdue(self) -> bool:
        """Say whether it should be right again by now."""
        return self.state == self.State.OPEN and self.due_on < moment.today()
