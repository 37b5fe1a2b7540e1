"""The analysis of service data: of what one may see, every figure with its records, a finding becomes an improvement."""

from __future__ import annotations

import pytest
from django.test import Client

from opscharter.charter.improvements.models import Improvement
from opscharter.customers.models import Customer
from opscharter.kernel import moment
from opscharter.kernel.access.actor import Actor, Grant, system_actor
from opscharter.kernel.indicators import figures
from opscharter.kernel.indicators.periods import Period
from opscharter.kernel.users.models import User
from opscharter.service.reports import analysis
from opscharter.service.reports.analysis import Asked
from opscharter.service.reports.behind import behind
from tests.service.reports.conftest import day

pytestmark = pytest.mark.django_db
OCTOBER = Period.parse("2025-10")


@pytest.fixture
def month(tickets, team):
    """Return October's incidents: a cause that repeats, a late one, and what is another customer's."""
    tickets(3, day(13, 9), day(14), cause="disk full")
    tickets(1, day(14, 15), day(16), cause="certificate expired", resolution_met=False)
    other = Customer(name="Other", team=team).save_as(system_actor())
    tickets(2, day(13, 9), day(14), cause="disk full", customer=other)
    tickets(1, day(2, 9))
    return other


def asked(actor=None, **more):
    return Asked(actor or system_actor(), OCTOBER, 1, **more)


def counted(ids):
    return sum(map(len, ids.values()))


def test_every_figure_opens_as_many_records_as_it_counts(month, service):
    for name, count in analysis.causes(asked()):
        assert counted(analysis.records(asked(), f"cause:{name}")) == count
    (again,) = analysis.repeats(asked())
    assert (again["service"], again["cause"], again["n"]) == (service.pk, "disk full", 5)
    assert counted(analysis.records(asked(), f"repeat:{service.pk}:disk full")) == 5
    heat = analysis.heat(asked())
    assert heat[(1, 9)] == 5  # the 13th was a Monday
    for (weekday, hour), count in heat.items():
        assert counted(analysis.records(asked(), f"heat:{weekday}:{hour}")) == count
    with moment.at(day(20)):
        ages = analysis.ages(asked())
        assert ages == {"0-1": 0, "1-3": 0, "3-7": 0, "7-30": 1, "30-": 0}
        assert counted(analysis.records(asked(), "age:7-30")) == 1


@pytest.mark.parametrize("name", ["", "nothing", "age:2-4", "heat:x:y", "repeat:x:y"])
def test_a_figure_that_there_is_not_has_no_records(month, name):
    assert analysis.records(asked(), name) is None


def test_timely_resolution_is_the_figure_of_everywhere(month):
    assert analysis.total(asked(), analysis.TIMELY).value == figures.value(analysis.TIMELY, OCTOBER).value


def test_who_sees_one_customer_analyses_that_one_alone(month, customer):
    grants = (Grant("service.incident", "view", "customer"), Grant("service.servicerequest", "view", "customer"))
    mine = asked(Actor(customers=frozenset({customer.pk}), grants=grants))
    assert dict(analysis.causes(mine)) == {"disk full": 3, "certificate expired": 1}
    assert analysis.heat(mine)[(1, 9)] == 3
    assert [str(member) for member, _figure in analysis.by_member(mine, "customer", Customer)] == [str(customer)]
    assert analysis.total(mine, analysis.OPENED).population == 5
    every = analysis.records(asked(), "cause:disk full")
    assert len(behind(every, mine.actor).lines) == 3
    assert behind(every, mine.actor).hidden == 2
    assert analysis.causes(asked(Actor())) == []


def test_the_worst_customer_comes_first(month, customer):
    found = [(member.pk, str(figure.value)) for member, figure in analysis.by_member(asked(), "customer", Customer)]
    assert found == [(customer.pk, "75.00"), (month.pk, "100.00")]


def test_the_months_do_not_cost_more_as_they_grow(month, django_assert_max_num_queries):
    with django_assert_max_num_queries(4):
        analysis.heat(asked())
        analysis.causes(Asked(system_actor(), OCTOBER, 12))


def test_a_stranger_finds_no_analysis(db):
    browser = Client()
    assert browser.get("/service/analysis/").status_code == 302
    browser.force_login(User.objects.create_user("x"), backend="django.contrib.auth.backends.ModelBackend")
    assert browser.get("/service/analysis/").status_code == 404
    assert browser.post("/service/analysis/improve/", {"title": "x"}).status_code == 404
    assert not Improvement.objects.exists()
