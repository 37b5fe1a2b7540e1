"""What is to be done in an emergency."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from opscharter.kernel import moment
from opscharter.kernel.access.scope import Scope
from opscharter.kernel.records.record import Record
from opscharter.organization.models import Employee
from opscharter.service.emergencies.lifecycle import TASK
from opscharter.service.emergencies.models.emergency import Emergency
from opscharter.service.emergencies.models.plan import TaskRole


class EmergencyTask(Record):
    """One thing that one person does in an emergency, by a time; most come from the contingency plan."""

    emergency = models.ForeignKey(Emergency, models.PROTECT, related_name="tasks", verbose_name=_("major incident"))
    position = models.PositiveSmallIntegerField(_("position"), default=1)
    title = models.CharField(_("what is done"), max_length=200)
    role = models.CharField(_("as"), max_length=20, choices=TaskRole.choices, default=TaskRole.HANDLER)
    owner = models.ForeignKey(Employee, models.PROTECT, related_name="+", verbose_name=_("owner"))
    due_at = models.DateTimeField(_("due"), editable=False)
    note = models.CharField(_("result"), max_length=300, blank=True)
    done_at = models.DateTimeField(_("done at"), null=True, editable=False)

    scope = Scope(owner=("owner", "emergency__commander"), department="emergency__incident__team")
    lifecycle = TASK
    search_fields = ("title",)

    class Meta:
        verbose_name = _("emergency task")
        verbose_name_plural = _("emergency tasks")
        indexes = [
            models.Index(fields=["emergency", "position"], name="emergency_task_order"),
            models.Index(fields=["owner", "state"], name="emergency_task_owner"),
        ]

    def full_clean(self, *args: Any, **kwargs: Any) -> None:
        """Give a task without a time a quarter of an hour, then validate."""
        if self.due_at is None:
            self.due_at = moment.now() + dt.timedelta(minutes=15)
        super().full_clean(*args, **kwargs)

    def __str__(self) -> str:
        return self.title
