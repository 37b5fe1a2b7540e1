"""Whatever a customer's contracts are, each record falls under exactly one, chosen as service levels choose."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from opscharter.customers.coverage import coverage_of
from opscharter.customers.models import Contract, Customer, Service
from opscharter.customers.service_levels import contract_for
from opscharter.kernel import moment
from opscharter.kernel.access.actor import system_actor
from opscharter.kernel.records import bulk
from opscharter.service.tickets.models import Incident

pytestmark = pytest.mark.django_db


def at(month: int, day: int, hour: int = 12) -> dt.datetime:
    return timezone.make_aware(dt.datetime(2025, month, day, hour))


@pytest.fixture
def customer(db):
    return Customer(name="East Securities").save_as(system_actor())


@pytest.fixture
def services(db):
    return [Service(code=code, name=code).save_as(system_actor()) for code in ("DB", "NET", "VM")]


def contract(customer, first, last, services=()):
    made = Contract(customer=customer, name=f"O&M {first}", starts_on=first, ends_on=last)
    with moment.at(at(1, 1)):
        made.save_as(system_actor(), links={"services": list(services)})
        return made.move("activate", system_actor())


YEAR = (dt.date(2025, 1, 1), dt.date(2025, 12, 31))


def test_one_contract_covers_everything_of_its_customer(customer, services):
    only = contract(customer, *YEAR, services[:1])
    Contract(customer=customer, name="draft", starts_on=YEAR[0], ends_on=YEAR[1]).save_as(system_actor())
    assert coverage_of(only).whole


def test_each_moment_and_service_falls_under_the_contract_by_which_its_levels_are_reckoned(customer, services):
    db, net, vm = services
    made = [
        contract(customer, *YEAR, [db]),
        contract(customer, dt.date(2025, 4, 1), dt.date(2025, 9, 30), [net]),
        contract(customer, dt.date(2025, 7, 1), YEAR[1], [db, vm]),
    ]
    covers = {each.pk: coverage_of(each) for each in made}
    for month in range(1, 13):
        for day in (1, 15, 30 if month != 2 else 28):
            for service in (None, db, net, vm):
                pk = service.pk if service else None
                wanted = contract_for(customer.pk, pk, dt.date(2025, month, day))
                assert [key for key, cover in covers.items() if cover.includes(at(month, day, 0), pk)] == [wanted.pk]
                assert [key for key, cover in covers.items() if cover.includes(at(month, day, 23), pk)] == [wanted.pk]


def test_the_condition_on_rows_says_the_same_as_the_contract_of_each(customer, services):
    made = [contract(customer, *YEAR, services[:1]), contract(customer, dt.date(2025, 6, 1), YEAR[1], services[1:2])]
    rows = [
        Incident(title="x", customer=customer, service=service, opened_at=at(month, 1, 0))
        for month in (3, 6, 9)
        for service in (None, *services)
    ]
    tickets = bulk.create_many(rows, system_actor())
    told = []
    for each in made:
        cover = coverage_of(each)
        found = set(Incident.objects.filter(cover.condition("opened_at")).values_list("pk", flat=True))
        assert found == {t.pk for t in tickets if cover.includes(t.opened_at, t.service_id)}
        told += found
    assert sorted(told) == sorted(ticket.pk for ticket in tickets), "each under exactly one"


def test_what_happens_while_no_contract_holds_falls_under_the_last_one_or_the_first(customer, services):
    first = contract(customer, dt.date(2025, 2, 1), dt.date(2025, 3, 31))
    second = contract(customer, dt.date(2025, 6, 1), dt.date(2025, 8, 31))
    for moment_, wanted in ((at(1, 5), first), (at(5, 5), first), (at(7, 5), second), (at(12, 5), second)):
        assert [each for each in (first, second) if coverage_of(each).includes(moment_, services[0].pk)] == [wanted]


def test_a_contract_that_was_ended_early_covers_nothing_afterwards(customer, services):
    named = contract(customer, *YEAR, services[:1])
    general = contract(customer, *YEAR)
    with moment.at(at(5, 10)):
        named.move("end", system_actor(), reason="not wanted any more")
    pk = services[0].pk
    assert coverage_of(named).includes(at(5, 10, 23), pk)
    assert not coverage_of(named).includes(at(5, 11, 0), pk)
    assert coverage_of(general).includes(at(5, 11, 0), pk)
