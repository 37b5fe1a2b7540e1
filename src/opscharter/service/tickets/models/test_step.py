"""The tests after a repair."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from opscharter.kernel.access.actor import Actor
from opscharter.kernel.access.scope import Scope
from opscharter.kernel.records.record import Record
from opscharter.kernel.timeline import entries
from opscharter.kernel.timeline.events import declare_event
from opscharter.kernel.timeline.models import TimelineEntry
from opscharter.service.tickets.models.incident import Incident


class TestStep(Record):
    """One step of the full test after a repair, with its result (§3.3.3)."""

    __test__ = False  # not a test class, whatever pytest reads into the name

    class Result(models.TextChoices):
        PENDING = "pending", _("not tested yet")
        PASSED = "passed", _("passed")
        FAILED = "failed", _("failed")
        NOT_APPLICABLE = "not-applicable", _("does not apply")

    incident = models.ForeignKey(Incident, models.PROTECT, related_name="test_steps", verbose_name=_("incident"))
    position = models.PositiveSmallIntegerField(_("position"), default=1)
    step = models.CharField(_("what is tested"), max_length=200)
    result = models.CharField(_("result"), max_length=16, choices=Result.choices, default=Result.PENDING)
    note = models.CharField(_("note"), max_length=200, blank=True)

    scope = Scope(owner="incident__assignee", department="incident__team", customer="incident__customer")
    search_fields = ("step",)

    class Meta:
        verbose_name = _("test step")
        verbose_name_plural = _("test steps")
        indexes = [models.Index(fields=["incident", "position"], name="test_step_order")]

    def __str__(self) -> str:
        return self.step

    def on_change(self, actor: Actor, changes: Mapping[str, list[Any]]) -> None:
        """Tell the incident's timeline."""
        if "result" in changes:
            data = {"step": self.step, "result": self.result}
            entries.append(self.incident, actor, TimelineEntry.Kind.EVENT, verb=TESTED, data=data, clause="3.3.3")


TESTED = declare_event("tested", _("Tested “%(step)s”: %(result)s"), result=TestStep.Result)
