"""Incidents."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from opscharter.kernel.access.actor import Actor, system_actor
from opscharter.kernel.records import bulk
from opscharter.kernel.records.numbering import Numbering
from opscharter.service.tickets.lifecycle import INCIDENT, State
from opscharter.service.tickets.models.ticket import Ticket

DEFAULT_CHECKLIST = (_("The fault no longer occurs"), _("The service works for the customer"), _("Monitoring is quiet"))


class Incident(Ticket):
    """An interruption of a service, or one that threatens."""

    contingency_plan = models.CharField(_("contingency plan"), max_length=120, blank=True)
    emergency_at = models.DateTimeField(_("emergency declared"), null=True, editable=False)
    emergency_seconds = models.PositiveIntegerField(_("seconds to the emergency plan"), null=True, editable=False)
    tested_at = models.DateTimeField(_("fully tested"), null=True, editable=False)
    follow_up_of = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="follow_ups", verbose_name=_("left over from")
    )
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, editable=False, related_name="children", verbose_name=_("major incident")
    )

    numbering = Numbering("INC-{date:%Y%m%d}-{seq:04}")
    lifecycle = INCIDENT

    class Meta(Ticket.Meta):
        verbose_name = _("incident")
        verbose_name_plural = _("incidents")

    def clean(self) -> None:
        """Refuse a family of more than two generations, and an incident that is part of itself."""
        if self.parent is None:
            return
        if self.parent_id == self.pk or self.parent.parent_id is not None:
            raise ValidationError(_("A part of a major incident cannot have parts of its own."))
        if self.pk and Incident.objects.filter(parent_id=self.pk).exists():
            raise ValidationError(_("A part of a major incident cannot have parts of its own."))

    def on_create(self, actor: Actor) -> None:
        """Start the clocks and lay out the test checklist of the service."""
        super().on_create(actor)
        self.lay_out_tests()

    def lay_out_tests(self) -> None:
        """Make the steps of the test checklist: the service's, or the company's general ones (§3.3.3)."""
        steps = (self.service.checklist if self.service else None) or [str(step) for step in DEFAULT_CHECKLIST]
        step_type: Any = self._meta.get_field("test_steps").related_model
        laid_out = [step_type(incident=self, position=n, step=step[:200]) for n, step in enumerate(steps, start=1)]
        bulk.create_many(laid_out, system_actor())

    @property
    def is_open(self) -> bool:
        """Say whether work is still to be done."""
        return self.state not in (State.RESOLVED, State.CLOSED, State.CANCELLED)
