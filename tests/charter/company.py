"""What the tests of the regulation's life share: people in service, and an edition approved and published."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from opscharter.charter.amendments import drafts
from opscharter.charter.amendments.rehearsing import rehearse
from opscharter.charter.models import Edition, Rehearsal
from opscharter.kernel import moment
from opscharter.kernel.access.actor import Actor, system_actor
from opscharter.kernel.approvals.requests import open_request, vote
from opscharter.kernel.users.models import User
from opscharter.organization.access import actor_of_employee
from opscharter.organization.models import Department, Employee, EmployeeRole, Post, Role


def day(text: str, hour: int = 10) -> dt.datetime:
    """Return a time of a day by the office's clock."""
    return timezone.make_aware(dt.datetime.combine(dt.date.fromisoformat(text), dt.time(hour)))


def hire(name: str, *roles: str, joined: str = "2024-01-01", manager: Employee | None = None) -> Employee:
    """Return an employee with an account and roles."""
    actor = system_actor()
    department = Department.objects.first() or Department(code="HQ", name="總部").save_as(actor)
    post = Post.objects.first() or Post(title="職員").save_as(actor)
    person = Employee(
        name=name, department=department, post=post, joined_on=dt.date.fromisoformat(joined), manager=manager
    )
    person.user = User.objects.create_user(f"{name}@test", display_name=name)
    person.save_as(actor)
    for code in roles:
        role = Role.objects.get(code=code)
        EmployeeRole(employee=person, role=role, valid_from=person.joined_on).save_as(actor)
    return person


def acting(person: Employee) -> Actor:
    """Return the actor of an employee as of now."""
    return actor_of_employee(person, person.user)


def publish(draft: Edition, officer: Employee, director: Employee, on: dt.date | None = None) -> Edition:
    """Rehearse a draft, have it approved by the director, and publish it for a day (default: today)."""
    rehearse(Rehearsal(edition=draft).save_as(acting(officer)))
    vote(open_request(draft, "publish", acting(officer)), draft, acting(director), "approve")
    draft.refresh_from_db()
    return draft.move("publish", acting(officer), effective_on=on or moment.today(), interpreter="總經理辦公會")


def amend(officer: Employee, number: str, find: str, replacement: str) -> Edition:
    """Return a draft in which one clause's Chinese text reads otherwise."""
    draft = drafts.start_draft(acting(officer), "試驗")
    clause = draft.clauses.get(number=number)
    assert find in clause.texts["zh-hant"]
    clause.texts = {**clause.texts, "zh-hant": clause.texts["zh-hant"].replace(find, replacement)}
    clause.save_as(acting(officer))
    return draft
