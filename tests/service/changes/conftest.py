"""A customer's database on its host, an engineer, a change manager, a board of five, and changes at any stage."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from opscharter.assets.models import Asset, AssetRelation
from opscharter.customers.models import Customer
from opscharter.kernel import moment
from opscharter.kernel.access.actor import Actor, system_actor
from opscharter.kernel.approvals import directory
from opscharter.kernel.approvals.models import ApprovalPolicy
from opscharter.kernel.approvals.requests import latest, vote
from opscharter.kernel.calendars.models import BusinessCalendar
from opscharter.kernel.users.models import User
from opscharter.organization.access import actor_of_employee
from opscharter.organization.directory import CompanyDirectory
from opscharter.organization.models import Department, Employee, EmployeeRole, Post, Role
from opscharter.organization.seed import install_roles
from opscharter.service.changes.execution import begin_step, end_step
from opscharter.service.changes.models import Change, ChangeTask

MONDAY_NINE = timezone.make_aware(dt.datetime(2025, 10, 13, 9, 0))
TONIGHT = timezone.make_aware(dt.datetime(2025, 10, 13, 22, 0))


@pytest.fixture(autouse=True)
def _monday(db: None) -> Any:
    """Everything happens on Monday 13 October 2025 at 09:00 unless a test says otherwise."""
    with moment.at(MONDAY_NINE):
        yield


@pytest.fixture(autouse=True)
def _the_company_knows_its_people(monkeypatch: pytest.MonkeyPatch) -> None:
    """Approvals ask the company's own directory, whatever other tests have put in its place."""
    monkeypatch.setattr(directory, "_installed", [CompanyDirectory()])


@pytest.fixture
def roles(calendar: BusinessCalendar) -> dict[str, Role]:
    """Return the default roles, with grants and approval policies."""
    found = install_roles(system_actor())
    assert ApprovalPolicy.objects.filter(record_type="service.change").count() == 3
    return found


@pytest.fixture
def person(team: Department, roles: dict[str, Role]) -> Callable[..., Employee]:
    """Return a maker of employees with an account and roles: `person("Wang", "change-manager")`."""
    post = Post(title="Staff").save_as(system_actor())

    def make(name: str, *codes: str) -> Employee:
        someone = Employee(name=name, department=team, post=post, joined_on=dt.date(2020, 1, 1))
        someone.user = User.objects.create_user(f"{name.lower()}@test", display_name=name)
        someone.save_as(system_actor())
        for code in codes:
            EmployeeRole(employee=someone, role=roles[code], valid_from=dt.date(2020, 1, 1)).save_as(system_actor())
        return someone

    return make


@pytest.fixture
def manager(person: Callable[..., Employee]) -> Employee:
    """Return the change manager."""
    return person("Xu", "change-manager")


@pytest.fixture
def doer(person: Callable[..., Employee]) -> Employee:
    """Return the engineer who carries changes out."""
    return person("Li", "engineer")


@pytest.fixture
def board(person: Callable[..., Employee]) -> list[Employee]:
    """Return a change advisory board of five."""
    return [person(name, "advisory-board", "engineer") for name in ("Ann", "Ben", "Cai", "Dan", "Eve")]


def acting(employee: Employee) -> Actor:
    """Return the actor of an employee as of now."""
    return actor_of_employee(employee, employee.user)


def browser_of(employee: Employee) -> Client:
    """Return a browser in which an employee has signed in."""
    client = Client(headers={"accept-language": "en"})
    assert employee.user is not None
    client.force_login(employee.user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def host(customer: Customer, team: Department) -> Asset:
    """Return the host on which the database runs."""
    return Asset(name="host-01", kind="server", customer=customer, team=team).save_as(system_actor())


@pytest.fixture
def database(customer: Customer, team: Department, host: Asset) -> Asset:
    """Return the database db-01."""
    asset = Asset(name="db-01", kind="database", customer=customer, team=team).save_as(system_actor())
    AssetRelation(source=asset, target=host, kind="runs-on").save_as(system_actor())
    return asset


@pytest.fixture
def change(
    customer: Customer, team: Department, database: Asset, doer: Employee, manager: Employee
) -> Callable[..., Change]:
    """Return a maker of changes in planning, complete with plan and way back; what is given differs."""

    def make(
        plan: int = 2, rollback: int = 2, minutes: int = 10, assets: list[Asset] | None = None, **given: Any
    ) -> Change:
        wanted = {
            "title": "Tune the database", "reason": "slow queries", "content": "raise the buffer", "team": team,
            "scope_note": "one database", "customer": customer, "engineer": doer, "rollback_trigger": "a check fails",
            "window_start": TONIGHT, "window_end": TONIGHT + dt.timedelta(hours=3), **given,
        }  # fmt: skip
        made = Change(**wanted).save_as(system_actor(), links={"assets": assets or [database]})
        for phase, many in (("plan", plan), ("rollback", rollback)):
            for position in range(1, many + 1):
                ChangeTask(
                    change=made, phase=phase, position=position, action=f"{phase} {position}", owner=made.engineer,
                    minutes=minutes, expected="fine",
                ).save_as(system_actor())  # fmt: skip
        made.refresh_from_db()
        return made

    return make


def assess(change: Change, likelihood: int = 2, impact: int = 2) -> Change:
    """Submit a request and assess it."""
    change.move("submit", system_actor())
    measures = {"feasibility": "feasible", "likelihood": likelihood, "impact": impact, "risk_note": "a backup first"}
    return change.move("assess", system_actor(), **measures)


def approve(change: Change, *voters: Employee, asker: Employee | None = None) -> Change:
    """Submit a planned change for approval and let people vote for it."""
    change.move("propose", acting(asker) if asker else system_actor())
    for voter in voters:
        request = latest(change, "approve")
        assert request is not None
        vote(request, change, acting(voter), "approve")
    change.refresh_from_db()
    return change


def carry_out(change: Change, phase: str = "plan", *, failing: int = 0) -> None:
    """Carry out the steps of a part one after the other, each in its minutes, from now on."""
    at = moment.now()
    for step in change.steps.filter(phase=phase).order_by("position"):
        with moment.at(at):
            begun = begin_step(step, system_actor())
        at += dt.timedelta(minutes=step.minutes or 0)
        with moment.at(at):
            failed = step.position == failing
            end_step(begun, system_actor(), "failed" if failed else "done", "it failed" if failed else "")
        if failed:
            return
