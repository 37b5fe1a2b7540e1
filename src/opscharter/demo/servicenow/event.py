"""An event of the log: the columns it is made of, each with its name in the file."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from opscharter.demo.servicenow import cells
from opscharter.demo.servicenow.cells import Code, State


def column(name: str, parse: cells.Parse = cells.text, *, required: bool = False) -> Any:
    """Declare a field read from the column `name`; a missing value is None, or damage where it is required."""
    return field(metadata={"column": name, "parse": parse, "required": required})


@dataclass(frozen=True, slots=True)
class Event:
    """One row of the audit log: the incident as it stood after one update.

    `opened_at`, `closed_code`, `resolved_by`, `resolved_at` and `closed_at` are outcomes of the incident that the log
    repeats on every row; `made_sla` counts on the last row only. Events are equal when they say the same: the line
    does not matter.
    """

    line: int = field(compare=False)
    number: str = column("number", cells.number, required=True)
    state: State = column("incident_state", cells.state, required=True)
    active: bool = column("active", cells.boolean, required=True)
    reassignment_count: int = column("reassignment_count", cells.count, required=True)
    reopen_count: int = column("reopen_count", cells.count, required=True)
    mod_count: int = column("sys_mod_count", cells.count, required=True)
    made_sla: bool = column("made_sla", cells.boolean, required=True)
    caller: str | None = column("caller_id")
    opened_by: str | None = column("opened_by")
    opened_at: dt.datetime = column("opened_at", cells.moment, required=True)
    created_by: str | None = column("sys_created_by")
    created_at: dt.datetime | None = column("sys_created_at", cells.moment)
    updated_by: str | None = column("sys_updated_by")
    updated_at: dt.datetime = column("sys_updated_at", cells.moment, required=True)
    contact_type: str | None = column("contact_type")
    location: str | None = column("location")
    category: str | None = column("category")
    subcategory: str | None = column("subcategory")
    symptom: str | None = column("u_symptom")
    configuration_item: str | None = column("cmdb_ci")
    impact: Code = column("impact", cells.level, required=True)
    urgency: Code = column("urgency", cells.level, required=True)
    priority: Code = column("priority", cells.priority, required=True)
    assignment_group: str | None = column("assignment_group")
    assigned_to: str | None = column("assigned_to")
    knowledge: bool | None = column("knowledge", cells.boolean)
    priority_confirmed: bool | None = column("u_priority_confirmation", cells.boolean)
    notify: str | None = column("notify")
    problem: str | None = column("problem_id")
    change_request: str | None = column("rfc")
    vendor: str | None = column("vendor")
    caused_by: str | None = column("caused_by")
    closed_code: str | None = column("closed_code")
    resolved_by: str | None = column("resolved_by")
    resolved_at: dt.datetime | None = column("resolved_at", cells.moment)
    closed_at: dt.datetime | None = column("closed_at", cells.moment)


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that was refused: its line in the file (the header is line 1) and the reason."""

    line: int
    reason: str
