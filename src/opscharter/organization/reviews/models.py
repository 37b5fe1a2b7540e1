"""The monthly management review."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _

from opscharter.kernel import moment
from opscharter.kernel.access.actor import Actor
from opscharter.kernel.access.scope import Scope
from opscharter.kernel.controls.registry import Text, guard
from opscharter.kernel.indicators.periods import Period
from opscharter.kernel.records.lifecycle import Lifecycle, Move
from opscharter.kernel.records.merging import changed_fields
from opscharter.kernel.records.numbering import Numbering
from opscharter.kernel.records.record import Record
from opscharter.organization.models.employee import Employee
from opscharter.organization.reviews.content import gather


class State(models.TextChoices):
    PREPARED = "PREPARED", _("in preparation")
    HELD = "HELD", _("held")


@guard("review.attended", clause="2.2.1", owner="top-management", label=_("The chair and those present are recorded"))
def attended(review: Any, actor: Actor) -> list[Text]:
    """A review that was held says who was there."""
    return [] if review.attendees.exists() else [_("Record who was present.")]


def freeze(review: Any, actor: Actor, inputs: Mapping[str, Any]) -> None:
    """Keep the figures as they are at this moment, with their hash; nothing changes them afterwards."""
    review.held_at = moment.now()
    review.content = gather(Period.parse(review.month))
    review.content_hash = digest(review.content)


def digest(content: Any) -> str:
    """Return the SHA-256 of what was frozen."""
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, cls=DjangoJSONEncoder)
    return hashlib.sha256(text.encode()).hexdigest()


HELD = _("This review was held; its figures and minutes stay as they are.")


class ManagementReview(Record):
    """Top management's look at one month: figures of all chapters, how the clauses stand, what is open, what to do."""

    month = models.CharField(_("month"), max_length=7, help_text=_("Such as 2026-10."))
    planned_on = models.DateField(_("planned for"))
    chair = models.ForeignKey(Employee, models.PROTECT, related_name="+", verbose_name=_("chair"))
    attendees = models.ManyToManyField(Employee, related_name="reviews", blank=True, verbose_name=_("present"))
    minutes = models.TextField(_("meeting minutes"), blank=True)
    conclusions = models.TextField(_("conclusions"), blank=True)
    held_at = models.DateTimeField(_("held"), null=True, editable=False)
    content = models.JSONField(_("figures when held"), default=dict, editable=False)
    content_hash = models.CharField(_("hash of the figures"), max_length=64, blank=True, editable=False)

    numbering = Numbering("MR-{date:%Y}-{seq:03}")
    scope = Scope(owner="chair")
    search_fields = ("month", "number", "minutes", "conclusions")
    lifecycle = Lifecycle(
        State,
        start=State.PREPARED,
        moves=[
            Move("hold", State.PREPARED, State.HELD, _("Close the meeting and freeze"), primary=True, reserved=True,
                 guards=[attended], inputs=["minutes", "conclusions"], required=["minutes", "conclusions"],
                 prepare=[freeze]),
        ],
        final=[State.HELD],
    )  # fmt: skip

    class Meta:
        verbose_name = _("management review")
        verbose_name_plural = _("management reviews")
        constraints = [
            models.UniqueConstraint(
                fields=["month"], condition=models.Q(archived_at__isnull=True), name="review_once_a_month"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.month}"

    def clean(self) -> None:
        """Refuse what is no month, and any change of a review that was held."""
        try:
            one_month = Period.parse(self.month).months == 1
        except ValueError:
            one_month = False
        if not one_month:
            raise ValidationError({"month": _("“%(value)s” is not a month like 2026-10.") % {"value": self.month}})
        if self._loaded.get("state") == State.HELD and changed_fields(self):
            raise ValidationError(HELD)

    def on_change(self, actor: Actor, changes: Mapping[str, list[Any]]) -> None:
        """Refuse another list of those present once it was held."""
        if "attendees" in changes and self.state == State.HELD:
            raise ValidationError(HELD)

    @property
    def unchanged(self) -> bool:
        """Say whether the figures are still those that were frozen."""
        return bool(self.content_hash) and digest(self.content) == self.content_hash
