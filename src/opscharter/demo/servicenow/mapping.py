"""What an incident of the log becomes here: its last row for the facts, its events for times; nothing is made up.

The log knows no plan, no cause, no test and no word to the customer, so the checks find none. Its `made_sla` is an
outcome and is taken as such. An assessment is taken from the first event whose priority somebody had confirmed.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import fields
from typing import Any

from opscharter.customers.service_levels import ServiceLevels
from opscharter.demo.servicenow.cells import Code, State
from opscharter.demo.servicenow.event import Event
from opscharter.demo.servicenow.history import IncidentHistory
from opscharter.kernel.calendars.engine import UnpublishedYear
from opscharter.kernel.calendars.models import calendar_of
from opscharter.kernel.timeline.models import TimelineEntry, Visibility
from opscharter.service.tickets.lifecycle import State as Ours
from opscharter.service.tickets.models import Incident

SOURCE = "servicenow"
STATES = {
    State.NEW: (Ours.NEW, ""),
    State.ACTIVE: (Ours.IN_PROGRESS, ""),
    State.AWAITING_USER_INFO: (Ours.WAITING, "customer"),
    State.AWAITING_VENDOR: (Ours.WAITING, "vendor"),
    State.AWAITING_PROBLEM: (Ours.WAITING, "problem"),
    State.AWAITING_EVIDENCE: (Ours.WAITING, "evidence"),
    State.RESOLVED: (Ours.RESOLVED, ""),
    State.CLOSED: (Ours.CLOSED, ""),
}
CHANNELS = {"phone": "phone", "ivr": "phone", "email": "email", "self service": "portal", "direct opening": "visit"}
FINAL_ONLY = {"line", "mod_count", "opened_at", "closed_code", "resolved_by", "resolved_at", "closed_at", "made_sla"}
"""Not told per event: the log repeats final values on every row, and `updated_at` is the entry's own time."""

TOLD = [field.name for field in fields(Event) if field.name not in FINAL_ONLY | {"number", "updated_at", "updated_by"}]


def title_of(event: Event) -> str:
    """Return a title made of what the log has for one."""
    parts = [event.category, event.subcategory, event.symptom]
    return " · ".join(part for part in parts if part) or event.number


def description_of(event: Event) -> str:
    """Return the facts that have no field of their own here."""
    facts = {
        "caller": event.caller, "location": event.location, "configuration item": event.configuration_item,
        "assignment group": event.assignment_group, "assigned to": event.assigned_to, "problem": event.problem,
        "change": event.change_request, "vendor": event.vendor, "caused by": event.caused_by,
        "closed code": event.closed_code, "resolved by": event.resolved_by,
    }  # fmt: skip
    return "\n".join(f"{name}: {value}" for name, value in facts.items() if value)


def facts_of(history: IncidentHistory, levels: ServiceLevels) -> dict[str, Any]:
    """Return the fields of our incident."""
    final = history.final
    state, waiting_for = STATES[final.state]
    priority = final.priority.value
    assigned = _first(history, lambda e: e.assignment_group is not None or e.assigned_to is not None)
    assessed = _first(history, lambda e: e.priority_confirmed is True)
    critical = _first(history, lambda e: e.priority.value == 1) if priority == 1 else None
    done = state in (Ours.RESOLVED, Ours.CLOSED)
    return {
        "title": title_of(final)[:200], "description": description_of(final), "reported_by": final.caller or "",
        "state": state, "waiting_for": waiting_for, "channel": CHANNELS.get((final.contact_type or "").lower(), ""),
        "impact": final.impact.value, "urgency": final.urgency.value, "priority": priority,
        "category": final.category or "", "opened_at": final.opened_at, "assigned_at": assigned,
        "assign_seconds": _worked(levels, "assign", priority, final.opened_at, assigned),
        "responded_at": _first(history, lambda e: e.state != State.NEW), "assessed_at": assessed,
        "assess_seconds": _worked(levels, "assess", priority, final.opened_at, assessed),
        "critical_since": max(critical, final.opened_at) if critical else None,
        "resolved_at": final.resolved_at if done else None,
        "closed_at": final.closed_at if state == Ours.CLOSED else None,
        "resolution_met": final.made_sla if state == Ours.CLOSED else None,
        "reopen_count": final.reopen_count, "reassignment_count": final.reassignment_count,
        "late_updates": _late_updates(history, levels, priority), "imported_from": SOURCE,
    }  # fmt: skip


def _first(history: IncidentHistory, wanted: Any) -> dt.datetime | None:
    return next((event.updated_at for event in history.events if wanted(event)), None)


def _worked(levels: ServiceLevels, kind: str, priority: int, start: dt.datetime, end: dt.datetime | None) -> int | None:
    """Return the working seconds from the opening, by the company's service hours; None where it never happened."""
    promised = levels.promised(kind, priority)
    if end is None or promised is None:
        return None
    try:
        return int(calendar_of(promised.calendar).between(start, end).total_seconds())
    except UnpublishedYear:
        return None


def _late_updates(history: IncidentHistory, levels: ServiceLevels, priority: int) -> int:
    """Return 1 where a word to the customer was promised and the incident took longer than that without one."""
    promised = levels.promised("update", priority)
    end = history.final.resolved_at or history.final.closed_at or history.events[-1].updated_at
    if promised is None:
        return 0
    worked = _worked(levels, "update", priority, history.final.opened_at, end)
    return int(worked is not None and worked > promised.seconds)


def keys_of(history: IncidentHistory) -> list[str]:
    """Return the key of every event: its update count, and which of several with that count it is."""
    seen: dict[int, int] = {}
    keys = []
    for event in history.events:
        seen[event.mod_count] = seen.get(event.mod_count, 0) + 1
        keys.append(f"{event.mod_count}:{seen[event.mod_count]}")
    return keys


def entries_of(history: IncidentHistory, record_id: int, known: set[str]) -> list[TimelineEntry]:
    """Return the timeline entries of the events that are not there yet, each with what it changed."""
    entries, before = [], None
    label = Incident._meta.label_lower
    for key, event in zip(keys_of(history), history.events):
        if key not in known:
            entries.append(
                TimelineEntry(
                    record_type=label, record_id=record_id, at=event.updated_at, kind=TimelineEntry.Kind.EVENT,
                    visibility=Visibility.SYSTEM, who=(event.updated_by or "ServiceNow")[:160],
                    verb=event.state.value[:60], data=_changes(before, event), source_key=key,
                )
            )  # fmt: skip
        before = event
    return entries


def _changes(before: Event | None, event: Event) -> dict[str, str]:
    told = {}
    for name in TOLD:
        value = getattr(event, name)
        if value is None or (before is not None and getattr(before, name) == value):
            continue
        if before is None and value in (0, False):
            continue
        told[name.replace("_", " ")] = str(value) if isinstance(value, Code) else _plain(value)
    return told


def _plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, dt.datetime) else str(value)
