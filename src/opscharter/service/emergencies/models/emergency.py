"""Emergencies: the war room of a major incident."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from opscharter.kernel.access.scope import Scope
from opscharter.kernel.records.numbering import Numbering
from opscharter.kernel.records.record import Record
from opscharter.organization.models import Employee
from opscharter.service.emergencies.lifecycle import EMERGENCY
from opscharter.service.emergencies.models.plan import ContingencyPlan
from opscharter.service.tickets.models import Incident


class Emergency(Record):
    """The war room of one incident: who leads, which plan runs, who is told, and what was learned afterwards."""

    incident = models.OneToOneField(
        Incident, models.PROTECT, related_name="emergency", editable=False, verbose_name=_("incident")
    )
    title = models.CharField(_("title"), max_length=200)
    plan = models.ForeignKey(
        ContingencyPlan, models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("plan")
    )
    commander = models.ForeignKey(
        Employee, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("incident commander")
    )
    communications = models.ForeignKey(
        Employee, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("communications")
    )
    meeting = models.CharField(
        _("where one meets"), max_length=200, blank=True, help_text=_("Room, telephone or address of the conference.")
    )
    situation = models.TextField(_("situation"), blank=True)
    lessons = models.TextField(_("lessons"), blank=True)
    started_at = models.DateTimeField(_("started"), editable=False)
    resolved_at = models.DateTimeField(_("resolved at"), null=True, editable=False)
    reviewed_at = models.DateTimeField(_("reviewed at"), null=True, editable=False)

    numbering = Numbering("MI-{date:%Y%m%d}-{seq:02}")
    scope = Scope(owner=("commander", "communications", "incident__assignee"), department="incident__team")
    lifecycle = EMERGENCY
    search_fields = ("title", "incident__number", "lessons")
    timeline_fields = ("commander", "communications", "meeting", "situation")

    class Meta:
        verbose_name = _("major incident")
        verbose_name_plural = _("major incidents")
        indexes = [models.Index(fields=["state", "started_at"], name="emergency_running")]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"
