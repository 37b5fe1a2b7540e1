"""A customer with a service, a team and an engineer, and incidents at any stage of their life."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.utils import timezone
from django.utils.translation import override

from opscharter.customers.models import Contract, Customer, Service
from opscharter.kernel.access.actor import Actor, system_actor
from opscharter.kernel.calendars.models import BusinessCalendar
from opscharter.organization.models import Department, Employee, Post
from opscharter.service.tickets.models import Incident, TestStep

MONDAY_NINE = timezone.make_aware(dt.datetime(2025, 10, 13, 9, 0))


@pytest.fixture(autouse=True)
def _clean_cache() -> Iterator[None]:
    cache.clear()
    with override("en"):
        yield


@pytest.fixture
def calendar(db: None) -> BusinessCalendar:
    """Return the calendar of the acceptance cases: Mon–Fri 09:00–12:00, 13:30–18:00, Chinese holidays."""
    return BusinessCalendar(name="Office", holidays="cn").save_as(system_actor())


@pytest.fixture
def team(db: None) -> Department:
    """Return a team of engineers."""
    return Department(code="SYS", name="Systems").save_as(system_actor())


@pytest.fixture
def engineer(team: Department) -> Employee:
    """Return an engineer of the team."""
    post = Post(title="Engineer", level="engineer").save_as(system_actor())
    return Employee(name="Li Min", department=team, post=post, joined_on=dt.date(2020, 1, 1)).save_as(system_actor())


@pytest.fixture
def service(team: Department) -> Service:
    """Return a service with two tests."""
    return Service(code="PAY", name="Payment", team=team, checklist=["Pay", "Refund"]).save_as(system_actor())


@pytest.fixture
def customer(team: Department, calendar: BusinessCalendar) -> Customer:
    """Return a customer whose contract follows the office's hours."""
    made = Customer(name="East Securities", team=team).save_as(system_actor())
    contract = Contract(
        customer=made, name="O&M", calendar=calendar, starts_on=dt.date(2025, 1, 1), ends_on=dt.date(2026, 12, 31)
    ).save_as(system_actor())
    contract.move("activate", system_actor())
    return made


MakeIncident = Callable[..., Incident]


@pytest.fixture
def incident(customer: Customer, service: Service) -> MakeIncident:
    """Return a maker of incidents; keywords replace fields."""

    def make(actor: Actor | None = None, **fields: Any) -> Incident:
        given = {
            "title": "Gateway down", "description": "Payments fail.", "customer": customer, "service": service,
            "impact": 2, "urgency": 2, **fields,
        }  # fmt: skip
        return Incident(**given).save_as(actor or system_actor())

    return make


def bring_to_work(ticket: Any, actor: Actor | None = None) -> Any:
    """Take a ticket on and assess it as it stands."""
    return ticket.move(
        "assess", actor or system_actor(), category="network", severity="major", scope_note="one site",
        impact=ticket.impact, urgency=ticket.urgency,
    )  # fmt: skip


def pass_tests(incident: Incident) -> None:
    """Let every test step pass."""
    for step in TestStep.objects.filter(incident=incident):
        step.result = "passed"
        step.save_as(system_actor())


def resolve(ticket: Any) -> Any:
    """Resolve a ticket properly."""
    if isinstance(ticket, Incident):
        pass_tests(ticket)
    return ticket.move("resolve", system_actor(), cause="power supply", fix="replaced")
