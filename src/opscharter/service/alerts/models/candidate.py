"""What may be a major incident, because it hits several at once."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from opscharter.kernel.access.scope import Scope
from opscharter.kernel.records.numbering import Numbering
from opscharter.kernel.records.record import Record
from opscharter.organization.models import Employee
from opscharter.service.alerts.lifecycle import CANDIDATE
from opscharter.service.tickets.models import Incident


class MajorCandidate(Record):
    """Incidents that monitoring opened at several customers or services at once: perhaps one major incident."""

    title = models.CharField(_("title"), max_length=200, editable=False)
    incidents = models.ManyToManyField(
        Incident, blank=True, related_name="major_candidates", verbose_name=_("incidents")
    )
    customer_count = models.PositiveSmallIntegerField(_("customers"), default=0, editable=False)
    service_count = models.PositiveSmallIntegerField(_("services"), default=0, editable=False)
    lead = models.ForeignKey(
        Incident, models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("major incident")
    )
    note = models.TextField(_("note"), blank=True)
    raised_at = models.DateTimeField(_("raised"), editable=False, db_index=True)
    decided_at = models.DateTimeField(_("decided"), null=True, editable=False)
    decided_by = models.ForeignKey(
        Employee, models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("decided by")
    )
    decide_seconds = models.PositiveIntegerField(_("seconds to the decision"), null=True, editable=False)
    open_key = models.CharField(max_length=8, null=True, unique=True, editable=False)  # noqa: DJ001
    """Set while nobody has decided (NULL afterwards): the database keeps a second one out."""

    numbering = Numbering("MAJ-{date:%Y%m%d}-{seq:02}")
    scope = Scope(owner="decided_by")
    lifecycle = CANDIDATE
    search_fields = ("title", "note")

    class Meta:
        verbose_name = _("major incident candidate")
        verbose_name_plural = _("major incident candidates")

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    def clean(self) -> None:
        """Refuse a candidate that no storm of alerts has raised."""
        if self.raised_at is None:
            raise ValidationError(_("This comes from monitoring, not from people."))
