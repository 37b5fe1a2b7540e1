"""A small company with people who hold posts, for the organization's practices."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

import pytest

from opscharter.charter.install import install_default_regulation
from opscharter.kernel.access.actor import Actor, actor_for, system_actor
from opscharter.kernel.calendars.models import BusinessCalendar
from opscharter.kernel.users.models import User
from opscharter.organization.models import Department, Employee, Post, Role
from opscharter.organization.seed import install_roles
from opscharter.organization.services import assign_post


@dataclass
class Company:
    """Departments, posts and roles by code, and a way to hire."""

    departments: dict[str, Department]
    posts: dict[str, Post]
    roles: dict[str, Role]
    people: dict[str, Employee] = field(default_factory=dict)

    def hire(self, name: str, department: str, post: str, manager: Employee | None = None) -> Employee:
        """Hire somebody who has been there since 2020."""
        user = User.objects.create(username=name)
        unit = self.departments[department]
        person = Employee(
            name=name, department=unit, post=self.posts[post], joined_on=dt.date(2020, 1, 1), user=user, manager=manager
        ).save_as(system_actor())
        assign_post(person, self.posts[post], unit, dt.date(2020, 1, 1), system_actor())
        self.people[name] = person
        return person

    def actor(self, name: str) -> Actor:
        """Return the actor of somebody."""
        return actor_for(self.people[name].user)


@pytest.fixture
def company(db: None) -> Company:
    """Return OPS over SYS and NET with one person at each level, and the default regulation."""
    actor = system_actor()
    roles = install_roles(actor)
    install_default_regulation(actor)
    BusinessCalendar(name="office", time_zone="Asia/Shanghai", holidays="cn").save_as(actor)
    ops = Department(code="OPS", name="Operations").save_as(actor)
    departments = {
        "OPS": ops,
        "SYS": Department(code="SYS", name="Systems", parent=ops).save_as(actor),
        "NET": Department(code="NET", name="Networks", parent=ops).save_as(actor),
    }
    codes = ("engineer", "hr", "department-manager", "top-management", "administrator", "technical-support",
             "project-manager")  # fmt: skip
    posts = {code: Post(title=code).save_as(actor, links={"roles": [roles[code]]}) for code in codes}
    made = Company(departments, posts, roles)
    for name, unit, post in (
        ("boss", "OPS", "top-management"), ("head", "SYS", "department-manager"), ("nets", "NET", "department-manager"),
        ("li", "SYS", "engineer"), ("wu", "NET", "engineer"), ("admin", "SYS", "administrator"), ("hr", "OPS", "hr"),
    ):  # fmt: skip
        made.hire(name, unit, post)
    for code, name in (("SYS", "head"), ("NET", "nets"), ("OPS", "boss")):
        departments[code].head = made.people[name]
        departments[code].save_as(actor)
    return made
