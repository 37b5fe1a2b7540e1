"""On-call duty as things to do: calls to answer, hand-overs to take or to give."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext_lazy as _

from opscharter.kernel.access.actor import Actor
from opscharter.kernel.resources.links import record_url
from opscharter.kernel.resources.tasks import Task
from opscharter.service.oncall.models import Callout, ShiftHandover

State = ShiftHandover.State


def duty_tasks(actor: Actor) -> list[Task]:
    """Return the calls that wait for the person's answer, and the hand-overs that wait for their word."""
    if actor.person_id is None:
        return []
    calls = Callout.objects.current().filter(state=Callout.State.CALLING, calls__employee_id=actor.person_id)
    tasks = [
        Task(str(row), _("on-call page"), record_url(row), "2.2.4", row.called_at + dt.timedelta(minutes=5),
             verb=_("Answer"), priority=1)
        for row in calls.order_by("called_at")[:20]
    ]  # fmt: skip
    offered = ShiftHandover.objects.current().filter(state=State.OFFERED, incoming_id=actor.person_id)
    refused = ShiftHandover.objects.current().filter(state=State.REFUSED, outgoing_id=actor.person_id)
    for rows, verb in ((offered, _("Take over")), (refused, _("Hand over again"))):
        tasks += [
            Task(str(row), _("shift hand-over"), record_url(row), "1.3.3", row.offered_at, verb=verb)
            for row in rows.select_related("outgoing", "incoming").order_by("offered_at")[:20]
        ]
    return tasks
