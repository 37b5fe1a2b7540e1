"""What is open when a shift changes."""

from __future__ import annotations

from typing import Any

from opscharter.service.tickets.lifecycle import OPEN
from opscharter.service.tickets.models import Incident, ServiceRequest

MOST = 40


def open_matters(roster: Any) -> list[dict[str, Any]]:
    """Return the open tickets of the roster's team, urgent ones first, as they stand now."""
    found = []
    for model in (Incident, ServiceRequest):
        rows = model.objects.current().filter(team_id=roster.team_id, state__in=OPEN).select_related("assignee")
        for ticket in rows.order_by("priority", "opened_at")[:MOST]:
            found.append(
                {
                    "type": model._meta.label_lower, "id": ticket.pk, "number": ticket.number, "title": ticket.title,
                    "priority": ticket.priority, "state": ticket.state, "handler": str(ticket.assignee or ""),
                }
            )  # fmt: skip
    return found
