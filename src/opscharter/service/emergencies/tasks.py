"""Emergencies as things to do."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from opscharter.kernel.access.actor import Actor
from opscharter.kernel.resources.links import record_url
from opscharter.kernel.resources.tasks import Task
from opscharter.service.emergencies.lifecycle import EmergencyState, TaskState
from opscharter.service.emergencies.models import Emergency, EmergencyTask


def emergency_tasks(actor: Actor) -> list[Task]:
    """Return the person's open tasks in emergencies, and the reviews they owe as commander."""
    if actor.person_id is None:
        return []
    own = EmergencyTask.objects.current().filter(owner_id=actor.person_id, state=TaskState.OPEN)
    due = [
        Task(task.title, _("emergency task"), record_url(task.emergency), "3.3.1", task.due_at, priority=1)
        for task in own.filter(emergency__state=EmergencyState.RUNNING).select_related("emergency").order_by("due_at")
    ]
    reviews = Emergency.objects.current().filter(commander_id=actor.person_id, state=EmergencyState.RESOLVED)
    return due + [Task(str(room), _("review"), record_url(room), "3.3.1", verb=_("Review")) for room in reviews]
