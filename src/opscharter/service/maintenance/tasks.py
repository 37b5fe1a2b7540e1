"""Work orders as things to do, due at their latest moment."""

from __future__ import annotations

import datetime as dt

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from opscharter.kernel import moment
from opscharter.kernel.access.actor import Actor, Reach
from opscharter.kernel.resources.links import record_url
from opscharter.kernel.resources.tasks import Task
from opscharter.service.maintenance.lifecycle import OPEN
from opscharter.service.maintenance.models import WorkOrder

AHEAD = dt.timedelta(days=7)


def work_orders(actor: Actor) -> list[Task]:
    """Return the person's own work orders of the next days, and their team's that are nobody's yet."""
    if actor.person_id is None or not actor.may("service.workorder", "start"):
        return []
    mine = Q(engineer_id=actor.person_id)
    mine |= Q(engineer__isnull=True, team_id__in=actor.units.get(Reach.DEPARTMENT, ()))
    rows = WorkOrder.objects.current().filter(mine, state__in=OPEN, due_at__lt=moment.now() + AHEAD)
    return [
        Task(str(row), _("work order"), record_url(row, "do"), "2.2.4", row.due_at, customer=str(row.customer))
        for row in rows.select_related("customer").order_by("due_at")[:30]
    ]
