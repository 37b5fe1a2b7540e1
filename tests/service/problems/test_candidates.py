"""What repeats is raised as a problem once, within the days and from the number that the company has set."""

from __future__ import annotations

import datetime as dt

import pytest

from opscharter.assets.models import Asset
from opscharter.kernel import moment
from opscharter.kernel.access.actor import system_actor
from opscharter.kernel.controls.decisions import change_setting
from opscharter.service.problems.candidates import raise_candidates
from opscharter.service.problems.models import Problem
from tests.service.conftest import MONDAY_NINE

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def repeated(incident, customer):
    """Return a maker of incidents on one asset, one a day."""
    asset = Asset(name="db-01", kind="database", customer=customer).save_as(system_actor())

    def make(count, start=MONDAY_NINE, **fields):
        made = []
        for number in range(count):
            with moment.at(start + number * DAY):
                ticket = incident(**fields)
                ticket.save_as(system_actor(), links={"assets": [asset]})
                made.append(ticket)
        return made

    return make


def test_three_incidents_on_one_asset_within_30_days_raise_one_problem_and_only_once(repeated):
    made = repeated(3)
    with moment.at(MONDAY_NINE + 3 * DAY):
        (problem,) = raise_candidates()
        assert raise_candidates() == []
    assert set(problem.incidents.all()) == set(made)
    assert problem.title == "3 incidents on db-01 within 30 days"
    assert (problem.origin, problem.state) == ("repeats", "NEW")
    assert [asset.name for asset in problem.assets.all()] == ["db-01"]


def test_two_incidents_or_three_in_more_than_30_days_raise_nothing(repeated):
    repeated(2)
    with moment.at(MONDAY_NINE + 3 * DAY):
        assert raise_candidates() == []
    repeated(1, start=MONDAY_NINE + 40 * DAY)
    with moment.at(MONDAY_NINE + 41 * DAY):
        assert raise_candidates() == []


def test_the_number_is_the_companys_to_set(repeated):
    repeated(2)
    with moment.at(MONDAY_NINE):
        change_setting(
            "problem.repeats-examined", system_actor(), mode="enforce", parameters={"repeats": 2}, reason="stricter"
        )
    with moment.at(MONDAY_NINE + 3 * DAY):
        assert len(raise_candidates()) == 1


def test_what_repeats_after_its_problem_was_closed_is_raised_anew(repeated):
    repeated(3)
    with moment.at(MONDAY_NINE + 3 * DAY):
        (first,) = raise_candidates()
        first.move("cancel", system_actor(), reason="chance")
        (second,) = raise_candidates()
    assert second.candidate_key == f"{first.candidate_key}#2"


def test_the_same_cause_of_one_service_repeats_without_an_asset(incident):
    with moment.at(MONDAY_NINE):
        for _number in range(3):
            ticket = incident()
            ticket.cause = "certificate expired"
            ticket.save_as(system_actor())
    with moment.at(MONDAY_NINE + DAY):
        (problem,) = raise_candidates()
    assert problem.title == "Payment: “certificate expired” 3 times within 30 days"
    assert Problem.objects.count() == 1
