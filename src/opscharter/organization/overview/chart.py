"""The organization as it was on any day: departments, who headed them, who held which post and reported to whom."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Max, Q

from opscharter.charter.assurance.owners import end_of
from opscharter.kernel import moment
from opscharter.kernel.audit.models import AuditEntry
from opscharter.organization.models.department import Department
from opscharter.organization.models.employee import Assignment, Employee, ReportingLine


@dataclass
class Seat:
    """A person in a post on a day."""

    employee: Employee
    post: str
    manager: str = ""
    head: bool = False


@dataclass
class Unit:
    """A department on a day, with its people and what lay below it."""

    department: Department
    seats: list[Seat] = field(default_factory=list)
    children: list[Unit] = field(default_factory=list)

    @property
    def head(self) -> Seat | None:
        """Return the head, where one belonged to the department on the day."""
        return next((seat for seat in self.seats if seat.head), None)

    @property
    def people(self) -> int:
        """Return how many people there were here and below."""
        return len(self.seats) + sum(child.people for child in self.children)

    @property
    def posts(self) -> list[tuple[str, int]]:
        """Return how many held each post."""
        counts: dict[str, int] = {}
        for seat in self.seats:
            counts[seat.post] = counts.get(seat.post, 0) + 1
        return sorted(counts.items(), key=lambda pair: -pair[1])


def on(day: dt.date, **fields: Any) -> Q:
    """Return the condition on dated rows that held on a day."""
    return Q(valid_from__lte=day, **fields) & (Q(valid_to__isnull=True) | Q(valid_to__gte=day))


def departments_on(day: dt.date) -> list[Department]:
    """Return the departments as they were at the end of a day: name, place in the tree and head."""
    end = end_of(day)
    rows = list(Department.objects.filter(Q(archived_at__isnull=True) | Q(archived_at__gt=end)).order_by("code"))
    if day >= moment.today():
        return rows
    made = AuditEntry.objects.filter(record_type="organization.department", at__lte=end)
    versions = dict(made.values_list("record_id").annotate(version=Max("record_version")).order_by())
    found = []
    for row in rows:
        version = versions.get(row.pk)
        if version is None and row.created_at > end:
            continue
        changed = version is not None and version < row.version
        found.append(Department.at_version(row.pk, version) if changed and version is not None else row)
    return found


def managers_on(day: dt.date) -> dict[int, Employee]:
    """Return whom each person reported to on a day."""
    rows = ReportingLine.objects.current().filter(on(day)).select_related("manager")
    return {row.employee_id: row.manager for row in rows}


def chart_on(day: dt.date) -> list[Unit]:
    """Return the organization of a day as a tree: six queries and one for each department that has changed since."""
    units = {department.pk: Unit(department) for department in departments_on(day)}
    leaders = managers_on(day)
    held = Assignment.objects.current().filter(on(day))
    held = held.filter(Q(employee__left_on__isnull=True) | Q(employee__left_on__gte=day))
    for row in held.select_related("employee", "post").order_by("employee__number"):
        unit = units.get(row.department_id)
        if unit is not None:
            leader = leaders.get(row.employee_id)
            head = unit.department.head_id == row.employee_id
            unit.seats.append(Seat(row.employee, row.post.title, leader.name if leader else "", head))
    roots: list[Unit] = []
    for unit in units.values():
        unit.seats.sort(key=lambda seat: not seat.head)
        parent = units.get(unit.department.parent_id or 0)
        (parent.children if parent else roots).append(unit)
    return roots
