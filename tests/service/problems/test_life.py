"""The life of a problem and what stands in its way."""

from __future__ import annotations

import datetime as dt

import pytest

from opscharter.kernel import moment
from opscharter.kernel.access.actor import system_actor
from opscharter.kernel.errors import Refused
from opscharter.service.problems.models import Problem
from opscharter.service.problems.services import add_incident, open_for
from opscharter.service.problems.suggesting import suggest
from tests.service.conftest import MONDAY_NINE, bring_to_work, resolve

pytestmark = pytest.mark.django_db


@pytest.fixture
def problem(incident, engineer):
    """Return a problem under analysis with one incident."""
    with moment.at(MONDAY_NINE):
        made = open_for(incident(), system_actor())
        return made.move("analyse", system_actor(), owner=engineer, method="five-whys", review_on=dt.date(2025, 10, 20))


def refused(problem, step, **inputs):
    with pytest.raises(Refused) as error:
        problem.move(step, system_actor(), **inputs)
    return [(reason.control, reason.clause) for reason in error.value.reasons]


def test_a_known_error_needs_cause_and_workaround(problem):
    wanted = ("problem.cause-and-workaround", "3.3.2")
    assert refused(problem, "know") == [wanted, wanted]
    problem.move("know", system_actor(), root_cause="pool too small", workaround="restart the gateway")
    assert problem.is_known_error
    assert [each.answer for each in suggest(system_actor(), "Gateway down again")] == ["restart the gateway"]


def test_a_solved_problem_needs_cause_and_solution(problem):
    assert refused(problem, "resolve", root_cause="pool") == [("problem.solved", "3.3.2")]


def test_it_is_closed_after_days_of_quiet_and_with_no_incident_open(problem):
    with moment.at(MONDAY_NINE):
        problem.move("resolve", system_actor(), root_cause="pool", solution="bigger pool")
    stays = ("problem.stayed-away", "3.3.3")
    with moment.at(MONDAY_NINE + dt.timedelta(days=6)):
        assert refused(problem, "close") == [stays, stays]
    resolve(bring_to_work(problem.incidents.get()))
    with moment.at(MONDAY_NINE + dt.timedelta(days=7)):
        assert problem.move("close", system_actor()).state == "CLOSED"


def test_an_incident_is_linked_once(problem, incident):
    other = incident()
    add_incident(problem, other, system_actor())
    assert problem.incidents.count() == 2
    assert Problem.objects.filter(incidents=other).get() == problem
