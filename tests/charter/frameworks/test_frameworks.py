"""Which requirements of a framework the clauses keep, and how those stand."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from opscharter.charter.frameworks.models import Framework, Requirement
from opscharter.charter.frameworks.services import coverage_of, install_frameworks
from opscharter.kernel.access.actor import system_actor

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("regulation")]


def test_five_frameworks_are_mapped_once_from_what_the_clauses_say():
    assert install_frameworks(system_actor()) == Requirement.objects.count() > 60
    assert install_frameworks(system_actor()) == 0
    assert set(Framework.objects.values_list("code", flat=True)) == {
        "ISO/IEC 20000-1", "ISO 9001", "ISO/IEC 27001", "GB/T 28827", "GB/T 22239"
    }  # fmt: skip
    assert not Requirement.objects.filter(title="").exists()


def test_a_requirement_that_no_clause_keeps_is_uncovered_never_green():
    framework = Framework(code="F", title="F").save_as(system_actor())
    for code, clauses in (("1", ""), ("2", "3.2.1"), ("3", "3.2.1, 9.1.1")):
        Requirement(framework=framework, code=code, clauses=clauses).save_as(system_actor())
    states = {each.requirement.code: each.state for each in coverage_of(framework)}
    assert states["1"] == "uncovered"
    assert states["2"] == "no-data"
    assert states["3"] == "uncovered"


def test_a_clause_that_does_not_exist_is_refused():
    framework = Framework(code="F", title="F").save_as(system_actor())
    with pytest.raises(ValidationError):
        Requirement(framework=framework, code="1", clauses="33.1.1").save_as(system_actor())
