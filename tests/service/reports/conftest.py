"""An agreement on monthly reports, its author, its approver and its recipient; tickets of October 2025."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.utils import timezone

from opscharter.customers.models import Contact, Contract, Customer, Service
from opscharter.kernel import moment
from opscharter.kernel.access.actor import Actor, Grant, system_actor
from opscharter.kernel.approvals import directory
from opscharter.kernel.approvals.models import ApprovalPolicy
from opscharter.kernel.approvals.requests import latest, vote
from opscharter.kernel.records import bulk
from opscharter.kernel.users.models import User
from opscharter.organization.directory import CompanyDirectory
from opscharter.organization.models import Department, Employee, Post
from opscharter.service.reports.models import ReportDefinition, ServiceReport
from opscharter.service.tickets.models import Incident

MakeReport = Callable[..., ServiceReport]


def day(number: int, hour: int = 10, month: int = 10) -> dt.datetime:
    """Return a moment of autumn 2025."""
    return timezone.make_aware(dt.datetime(2025, month, number, hour))


@dataclass
class House:
    """Who has a part in a report."""

    author: Employee
    reviewer: Employee
    boss: Employee
    contact: Contact

    def actor(self, person: Employee) -> Actor:
        """Return the actor of an employee who may do everything but answer for the customer."""
        grants = tuple(Grant(f"{app}.*", "*", "all") for app in ("service", "customers", "charter"))
        return Actor(user=person.user, person_id=person.pk, label=person.name, grants=grants)

    def customer(self) -> Actor:
        """Return the actor of the customer's contact in the portal."""
        actions = ("view", "comment", "sign", "refuse")
        return Actor(
            user=self.contact.user, label=self.contact.name, external=True,
            customers=frozenset({self.contact.customer_id}),
            grants=tuple(Grant("service.servicereport", action, "customer") for action in actions),
        )  # fmt: skip


@pytest.fixture
def house(customer: Customer, team: Department) -> House:
    """Return author, reviewer, approver and recipient; the approver alone is named by the policy."""
    directory.install(CompanyDirectory())
    post = Post(title="Manager", level="staff").save_as(system_actor())
    people = []
    for name in ("Gao", "Xie", "Wu"):
        user = User.objects.create_user(name.lower(), email=f"{name.lower()}@house.example")
        person = Employee(name=name, department=team, post=post, joined_on=dt.date(2020, 1, 1), user=user)
        people.append(person.save_as(system_actor()))
    steps = [{"person": people[2].pk}]
    ApprovalPolicy(name="Reports", record_type="service.servicereport", action="approve", steps=steps).save_as(
        system_actor()
    )
    contact = Contact(customer=customer, name="He", email="he@east.example", reach="organization")
    contact.user = User.objects.create_user("he")
    return House(*people, contact.save_as(system_actor()))


@pytest.fixture
def agreement(customer: Customer, house: House, service: Service) -> ReportDefinition:
    """Return the agreement: monthly, in English, due on the fifth working day."""
    contract = Contract.objects.get(customer=customer)
    contract.save_as(system_actor(), links={"services": [service]})
    made = ReportDefinition(
        contract=contract, starts_on=dt.date(2025, 9, 1), language="en", author=house.author, due_days=5
    )
    return made.save_as(system_actor(), links={"recipients": [house.contact]})


@pytest.fixture
def tickets(customer: Customer, service: Service, team: Department) -> Callable[..., list[Incident]]:
    """Return a maker of incidents as an import brings them: opened and, perhaps, closed at given times."""

    def make(count: int, opened: dt.datetime, closed: dt.datetime | None = None, **more: Any) -> list[Incident]:
        done: dict[str, Any] = {}
        if closed is not None:
            done = {"state": "CLOSED", "resolved_at": closed, "closed_at": closed, "resolution_met": True,
                    "cause": "power supply", "fix": "replaced"}  # fmt: skip
        given = {"customer": customer, "service": service, "impact": 2, "urgency": 2, "priority": 3, **done, **more}
        rows = [
            Incident(
                title=f"Fault {number}",
                team=team,
                opened_at=opened,
                created_at=opened,
                updated_at=closed or opened,
                **given,
            )
            for number in range(count)
        ]
        return bulk.create_many(rows, system_actor())

    return make


@pytest.fixture
def report(agreement: ReportDefinition) -> MakeReport:
    """Return a maker of October's report, drafted on the morning of 3 November."""

    def make(period: str = "2025-10", at: dt.datetime | None = None, **fields: Any) -> ServiceReport:
        with moment.at(at or day(3, 9, 11)):
            given = {"summary": "A quiet month.", "note_changes": "None.", "note_risks": "None.",
                     "note_suggestions": "None.", **fields}  # fmt: skip
            return ServiceReport(definition=agreement, period=period, **given).save_as(system_actor())

    return make


def approve(report: ServiceReport, house: House) -> ServiceReport:
    """Let a report be reviewed and approved by two people who did not write it."""
    report.move("review", house.actor(house.reviewer))
    request = latest(report, "approve")
    assert request is not None
    vote(request, report, house.actor(house.boss), "approve")
    report.refresh_from_db()
    return report


def deliver(report: ServiceReport, house: House, at: dt.datetime | None = None) -> ServiceReport:
    """Bring a draft to the customer."""
    with moment.at(at or day(4, 9, 11)):
        approve(report, house)
        return report.move("deliver", house.actor(house.author))
