"""A plan in force, people with accounts and roles, and incidents of many customers."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from opscharter.customers.models import Customer
from opscharter.kernel.access.actor import system_actor
from opscharter.kernel.users.models import User
from opscharter.organization.models import Employee
from opscharter.service.emergencies.models import ContingencyPlan, ContingencyStep

STEPS = [
    ("Switch over", "handler", 20),
    ("Tell the customers", "communications", 10),
    ("Open the bridge", "commander", 5),
]


@pytest.fixture
def head(team: Any, engineer: Employee) -> Employee:
    """Return the head of the team, with an account."""
    person = Employee(name="Head", department=team, post=engineer.post, joined_on=dt.date(2020, 1, 1))
    person.user = User.objects.create_user("head")
    person.save_as(system_actor())
    team.head = person
    team.save_as(system_actor())
    return person


@pytest.fixture
def speaker(team: Any, engineer: Employee, customer: Customer) -> Employee:
    """Return the customer's account manager, with an account."""
    person = Employee(name="Speaker", department=team, post=engineer.post, joined_on=dt.date(2020, 1, 1))
    person.user = User.objects.create_user("speaker")
    person.save_as(system_actor())
    customer.account_manager = person
    customer.save_as(system_actor())
    return person


def make_plan(code: str = "EP-01", steps: Any = STEPS, **fields: Any) -> ContingencyPlan:
    """Put a plan into force."""
    texts = {f"text_{name}": f"{{customer}}: {{number}} {name}." for name in ("started", "update", "resolved")}
    plan = ContingencyPlan(code=code, title=f"Plan {code}", **{**texts, **fields}).save_as(system_actor())
    for position, (title, role, minutes) in enumerate(steps, start=1):
        ContingencyStep(plan=plan, position=position, title=title, role=role, minutes=minutes).save_as(system_actor())
    return plan.move("put-into-force", system_actor())


@pytest.fixture
def plan(service: Any) -> ContingencyPlan:
    """Return the plan of the service."""
    return make_plan(service=service)
