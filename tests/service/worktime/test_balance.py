"""Worked time: exact minutes, the contract's balance before work starts, warnings once."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.exceptions import ValidationError

from opscharter.kernel import moment
from opscharter.kernel.access.actor import system_actor
from opscharter.kernel.notices.models import Notice
from opscharter.kernel.users.models import User
from opscharter.organization.models import Employee
from opscharter.service.worktime.balance import balance_of
from opscharter.service.worktime.models import TimeEntry
from tests.service.conftest import MONDAY_NINE

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _on_monday():
    with moment.at(MONDAY_NINE):
        yield


@pytest.fixture
def contract(customer, team, engineer):
    """Return the customer's contract of 200 prepaid minutes, whose account manager has an account."""
    manager = Employee(name="Manager", department=team, post=engineer.post, joined_on=dt.date(2020, 1, 1))
    manager.user = User.objects.create_user("manager")
    customer.account_manager = manager.save_as(system_actor())
    customer.save_as(system_actor())
    made = customer.contracts.get()
    made.prepaid_minutes = 200
    return made.save_as(system_actor())


def work(ticket, person, minutes, **more):
    return TimeEntry(incident=ticket, person=person, minutes=minutes, **more).save_as(system_actor())


def test_the_balance_counts_billed_minutes_exactly(incident, engineer, contract):
    ticket = incident()
    entry = work(ticket, engineer, 37)
    work(ticket, engineer, 90, billable=False)
    work(ticket, engineer, 44)
    assert (entry.contract, entry.customer, entry.worked_on) == (contract, ticket.customer, dt.date(2025, 10, 13))
    standing = balance_of(contract)
    assert (standing.used, standing.left, standing.share, standing.tone) == (81, 119, 40, "g")


def test_each_level_warns_once_and_none_before_it_is_reached(incident, engineer, contract):
    ticket = incident()

    def told():
        return list(Notice.objects.order_by("pk").values_list("data__share", flat=True))

    work(ticket, engineer, 149)
    assert told() == []
    work(ticket, engineer, 1)
    assert told() == [75]
    work(ticket, engineer, 10)
    assert told() == [75], "still the same level"
    work(ticket, engineer, 40)
    assert told() == [75, 100]
    work(ticket, engineer, 60)
    assert told() == [75, 100]
    assert (balance_of(contract).left, balance_of(contract).tone) == (-60, "r")


def test_a_contract_without_prepaid_time_has_no_balance(customer):
    assert balance_of(customer.contracts.get()) is None
    assert balance_of(None) is None


def test_time_is_on_one_ticket_and_not_in_the_future(incident, engineer):
    with pytest.raises(ValidationError):
        TimeEntry(person=engineer, minutes=5).save_as(system_actor())
    with pytest.raises(ValidationError):
        work(incident(), engineer, 5, worked_on=dt.date(2025, 10, 14))
    with pytest.raises(ValidationError):
        work(incident(), engineer, 0)


def test_the_ticket_shows_the_balance_before_anybody_has_worked(incident, contract, client):
    from opscharter.organization.models import Role, RoleGrant

    role = Role(code="administrator", name="all").save_as(system_actor())
    RoleGrant(role=role, record_type="*", action="*", reach="all").save_as(system_actor())
    root = User.objects.create_superuser("root")
    client.force_login(root, backend="django.contrib.auth.backends.ModelBackend")
    page = client.get(f"/service/incidents/{incident().pk}/cards/", headers={"accept-language": "en"}).content.decode()
    assert "0 of 200 minutes used" in page
    assert "3 h 20 min left" in page
