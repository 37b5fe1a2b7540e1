"""Results of checks: acceptance case 2, and that what was found stays as it was found."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import DatabaseError, transaction
from django.db.models import Q

from opscharter.charter import standing
from opscharter.charter.evaluation import run
from opscharter.charter.models import CheckResult
from opscharter.charter.standing import ERROR, FAIL, NO_DATA, PASS, STALE
from opscharter.kernel import moment
from opscharter.kernel.access.actor import system_actor
from opscharter.organization.models import Department

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("regulation")]


def state_of_1_1_1():
    return standing.standings(standing.in_force(), ["1.1.1"])[0].state


@pytest.mark.parametrize("order", [("a-fails", "b-passes"), ("b-passes", "a-fails")])
def test_case_2_a_fails_and_b_passes_on_one_clause_is_a_fail_in_both_orders(order, declare, departments):
    exceptions = {"a-fails": Q(code="D1"), "b-passes": Q(code="none")}
    for name in order:
        declare(name, exceptions[name])
    results = {r.control: r.state for r in run(system_actor(), clause="1.1.1")}
    assert results == {"probe.a-fails": "fail", "probe.b-passes": "pass"}
    assert state_of_1_1_1() == FAIL


def test_case_2_a_check_that_errors_makes_the_clause_an_error_never_a_pass(declare, departments):
    declare("b-passes", Q(code="none"))
    declare("a-errs", None)
    kept = {r.control: r for r in run(system_actor(), clause="1.1.1")}
    assert (kept["probe.a-errs"].state, kept["probe.a-errs"].value) == ("error", None)
    assert state_of_1_1_1() == ERROR


def test_case_2_a_result_past_its_expiry_is_stale(declare, departments):
    declare("b-passes", Q(code="none"))
    (result,) = run(system_actor(), clause="1.1.1")
    with moment.at(result.expires_at - dt.timedelta(seconds=1)):
        assert state_of_1_1_1() == PASS
    with moment.at(result.expires_at + dt.timedelta(seconds=1)):
        assert state_of_1_1_1() == STALE


def test_case_2_a_population_of_0_is_no_data(declare):
    declare("b-passes", Q(code="none"))
    (result,) = run(system_actor(), clause="1.1.1")
    assert (result.population, result.state) == (0, "no-data")
    assert state_of_1_1_1() == NO_DATA


def test_a_result_says_all_it_depended_on(declare, departments):
    declare("a-fails", Q(code__in=["D1", "D3"]))
    (result,) = run(system_actor(), clause="1.1.1")
    assert (result.value, result.numerator, result.population, result.exceptions, result.omitted) == (50, 2, 4, 2, 0)
    assert {(label, pk, reason) for label, pk, _name, reason in result.sample} == {
        ("organization.department", departments[n].pk, "because") for n in (1, 3)
    }
    assert (result.edition, result.parameters, len(result.hash)) == ("1", {"target": 100.0}, 64)
    assert result.collected_at < result.expires_at


@pytest.mark.parametrize("verb", ["update", "delete"])
def test_the_database_itself_refuses_to_alter_a_result(verb, declare, departments):
    declare("a-fails", Q(code="D1"))
    (result,) = run(system_actor(), clause="1.1.1")
    rows = CheckResult.objects.filter(pk=result.pk)
    with pytest.raises(DatabaseError, match="only ever appended"), transaction.atomic():
        rows.update(state="pass") if verb == "update" else rows.delete()
    assert CheckResult.objects.get(pk=result.pk).state == "fail"


def test_a_later_edit_of_the_records_leaves_the_old_result_as_it_was(declare, departments):
    declare("a-fails", Q(code="D1"))
    (before,) = run(system_actor(), clause="1.1.1")
    department = Department.objects.get(code="D1")
    department.code = "D9"
    department.save_as(system_actor())
    (after,) = run(system_actor(), clause="1.1.1")
    assert (CheckResult.objects.get(pk=before.pk).state, after.state) == ("fail", "pass")
