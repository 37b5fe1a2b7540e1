"""The tickets that people have in hand, for the page of a team's load."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db.models import Count, Q

from opscharter.kernel import moment
from opscharter.kernel.clocks.models import Clock
from opscharter.organization.workload import Load, register
from opscharter.service.tickets.lifecycle import OPEN
from opscharter.service.tickets.models import Incident, ServiceRequest


def _counter(model: Any) -> Any:
    """Return the function that counts a kind of ticket; late are those whose resolution is overdue."""

    def count(people: Collection[int]) -> dict[int, Load]:
        overdue = Clock.objects.filter(
            record_type=model._meta.label_lower, kind="resolve", state=Clock.State.RUNNING, due_at__lt=moment.now()
        )
        late = Q(pk__in=overdue.values("record_id"))
        rows = model.objects.current().filter(assignee_id__in=list(people), state__in=OPEN).order_by()
        found = rows.values_list("assignee_id").annotate(n=Count("pk"), late=Count("pk", filter=late))
        return {person: Load(n, late_ones) for person, n, late_ones in found}

    return count


for _model in (Incident, ServiceRequest):
    register(_model._meta.verbose_name_plural or "", _model._meta.label_lower, _counter(_model))
