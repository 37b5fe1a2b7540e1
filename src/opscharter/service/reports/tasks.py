"""Service reports as things to do, for who writes, reviews and delivers them."""

from __future__ import annotations

from django.db.models import Q

from opscharter.kernel import moment
from opscharter.kernel.access.actor import Actor
from opscharter.kernel.resources.links import record_url
from opscharter.kernel.resources.tasks import Task
from opscharter.service.reports.lifecycle import ReportState
from opscharter.service.reports.models import ServiceReport

LABEL = "service.servicereport"


def reports_to_do(actor: Actor) -> list[Task]:
    """Return the reports a person is to write, to deliver, or, where that is their office, to review."""
    mine = Q(author_id=actor.person_id, state__in=[ReportState.DRAFT, ReportState.APPROVED, ReportState.REFUSED])
    if actor.holds(LABEL, "review"):
        mine |= Q(state=ReportState.DRAFT, reviewed_at__isnull=True) & ~Q(summary="") & ~Q(author_id=actor.person_id)
    rows = ServiceReport.objects.visible_to(actor).current().filter(mine).select_related("customer")
    kind = ServiceReport._meta.verbose_name or ""
    return [
        Task(str(row), kind, record_url(row), "3.5.1", moment.last_of(row.due_on), customer=str(row.customer))
        for row in rows.order_by("due_on", "pk")[:30]
    ]
