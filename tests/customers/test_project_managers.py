"""The reach of a project manager follows the contract at once."""

from __future__ import annotations

import datetime as dt

import pytest

from opscharter.customers.models import Contract, Customer
from opscharter.kernel.access.actor import actor_for, system_actor
from opscharter.kernel.controls.registry import CHECKS
from opscharter.kernel.users.models import User
from opscharter.organization.models import Department, Employee, Post
from opscharter.organization.seed import install_roles
from opscharter.organization.services import assign_post

pytestmark = pytest.mark.django_db


def test_another_project_manager_of_a_contract_sees_the_customer_and_the_former_one_no_longer():
    actor = system_actor()
    roles, unit = install_roles(actor), Department(code="PMO", name="PMO").save_as(actor)
    post = Post(title="project manager").save_as(actor, links={"roles": [roles["project-manager"]]})
    people = []
    for name in ("first", "second"):
        user = User.objects.create(username=name)
        person = Employee(name=name, department=unit, post=post, joined_on=dt.date(2020, 1, 1), user=user)
        people.append(person.save_as(actor))
        assign_post(person, post, unit, dt.date(2020, 1, 1), actor)
    first, second = people
    customer = Customer(name="East").save_as(actor)
    contract = Contract(
        customer=customer, name="c", starts_on=dt.date(2026, 1, 1), ends_on=dt.date(2027, 1, 1), project_manager=first
    ).save_as(actor)
    seen = [set(Customer.objects.visible_to(actor_for(person.user))) for person in people]
    assert seen == [{customer}, set()]
    contract.project_manager = second
    contract.save_as(actor)
    seen = [set(Customer.objects.visible_to(actor_for(person.user))) for person in people]
    assert seen == [set(), {customer}]


def test_a_running_contract_without_a_project_manager_in_service_breaks_the_clause():
    actor, unit = system_actor(), Department(code="PMO", name="PMO").save_as(system_actor())
    post = Post(title="project manager").save_as(actor)
    people = [
        Employee(name=name, department=unit, post=post, joined_on=dt.date(2020, 1, 1), left_on=left).save_as(actor)
        for name, left in (("here", None), ("gone", dt.date(2025, 1, 1)))
    ]
    for number, manager in enumerate([*people, None]):
        contract = Contract(
            customer=Customer(name=f"C{number}").save_as(actor), name="c", starts_on=dt.date(2026, 1, 1),
            ends_on=dt.date(2027, 1, 1), project_manager=manager,
        ).save_as(actor)  # fmt: skip
        contract.move("activate", actor)
    (measure,) = CHECKS["contract.project-manager-named"].measures({})
    failing = measure.records.filter(measure.exception)
    assert (measure.records.count(), {contract.customer.name for contract in failing}) == (3, {"C1", "C2"})
