"""Verbs of the organization."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import F, Q

from opscharter.kernel import moment
from opscharter.kernel.access.actor import Actor, system_actor
from opscharter.kernel.jobs.queue import job
from opscharter.organization.models import Assignment, Department, Employee, Post


@transaction.atomic
def assign_post(employee: Employee, post: Post, department: Department, on: dt.date, actor: Actor) -> Assignment:
    """Give a person a post from a day on; the post held until then ends the day before and stays on record."""
    running = (
        Assignment.objects.current().filter(employee=employee).filter(Q(valid_to__isnull=True) | Q(valid_to__gte=on))
    )
    for old in running:
        if old.valid_from >= on:
            old.archive_as(actor, reason="replaced before it began")
        else:
            old.valid_to = on - dt.timedelta(days=1)
            old.save_as(actor)
    assignment = Assignment(employee=employee, post=post, department=department, valid_from=on).save_as(actor)
    if on <= moment.today():
        _take_up(employee, assignment, actor)
    return assignment


def _take_up(employee: Employee, assignment: Assignment, actor: Actor) -> None:
    employee.post, employee.department = assignment.post, assignment.department
    employee.save_as(actor)


def take_up_due_posts(actor: Actor) -> int:
    """Show posts that begin today on their holders; roles follow the dates by themselves. Returns how many changed."""
    due = Assignment.objects.current().filter(valid_from__lte=moment.today(), valid_to__isnull=True)
    differing = due.exclude(employee__post=F("post"), employee__department=F("department"))
    changed = list(differing.select_related("employee", "post", "department"))
    for assignment in changed:
        _take_up(assignment.employee, assignment, actor)
    return len(changed)


def post_on(employee: Employee, day: dt.date) -> Assignment | None:
    """Return which post a person held on a day."""
    rows = Assignment.objects.current().filter(employee=employee, valid_from__lte=day)
    return rows.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=day)).select_related("post", "department").first()


@job()
def take_up_posts() -> int:
    """Run `take_up_due_posts` every night."""
    return take_up_due_posts(system_actor())
