"""A chat desk, an agent, and a customer's contact who has signed in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import transaction

from opscharter.customers.models import Contact
from opscharter.kernel.access.actor import Actor, actor_for, system_actor
from opscharter.kernel.users.models import User
from opscharter.organization.models import Employee, EmployeeRole, Role
from opscharter.organization.seed import install_roles
from opscharter.service.chat import doors
from opscharter.service.chat.models import Chat, ChatDesk

OPEN_AT = dt.datetime(2025, 10, 14, 2, 0, tzinfo=dt.UTC)
"""A Tuesday at 10:00 in Shanghai."""
CLOSED_AT = dt.datetime(2025, 10, 14, 13, 0, tzinfo=dt.UTC)


@pytest.fixture(scope="package", autouse=True)
def _roles(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Install the roles once for the tests of this folder, and take them away again."""
    with django_db_blocker.unblock(), transaction.atomic():
        install_roles(system_actor())
        yield
        transaction.set_rollback(True)


@pytest.fixture
def desk(team, calendar) -> ChatDesk:
    made = ChatDesk(name="Hotline", code="hotline", team=team, calendar=calendar, visitors=True, answer_seconds=60)
    return made.save_as(system_actor())


@pytest.fixture
def hire(team, engineer) -> Callable[..., Employee]:
    """Return a maker of employees with an account and a role."""

    def make(name: str, role: str = "hotline") -> Employee:
        day = dt.date(2020, 1, 1)
        person = Employee(name=name, department=team, post=engineer.post, joined_on=day)
        person.user = User.objects.create_user(name.lower().replace(" ", "."), display_name=name)
        person.save_as(system_actor())
        EmployeeRole(employee=person, role=Role.objects.get(code=role), valid_from=day).save_as(system_actor())
        return person

    return make


@pytest.fixture
def agent(hire) -> Actor:
    return actor_for(hire("Wang Yating").user)


@pytest.fixture
def enrol(db) -> Callable[..., Contact]:
    """Return a maker of contacts with an account."""

    def make(customer, name: str = "He Jiaxin") -> Contact:
        user = User.objects.create_user(f"c.{name.lower().replace(' ', '.')}", display_name=name)
        contact = Contact(customer=customer, name=name, email=f"{user.username}@east.example", user=user)
        return contact.save_as(system_actor())

    return make


@pytest.fixture
def contact(enrol, customer) -> Contact:
    return enrol(customer)


@pytest.fixture
def guest(contact) -> Actor:
    """Return the contact as they sign in."""
    return actor_for(contact.user)


@pytest.fixture
def chat(desk, contact, guest) -> Chat:
    """Return a chat that waits."""
    return doors.begin(desk, guest, "The gateway answers with 502\nsince nine o'clock", contact=contact)
