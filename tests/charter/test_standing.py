"""How clauses stand: measured, frozen, worst first, never flattered."""

from __future__ import annotations

import datetime as dt
import itertools

import pytest
from django.core.cache import cache
from django.db.models import Q
from django.test import Client

from opscharter.charter import standing
from opscharter.charter.evaluation import digest, evaluate, run
from opscharter.charter.install import install_default_regulation
from opscharter.charter.models import CheckResult, Clause
from opscharter.charter.standing import ERROR, FAIL, NO_DATA, PASS, STALE, UNCOVERED, coverage, worst
from opscharter.kernel import moment
from opscharter.kernel.access.actor import Actor, system_actor
from opscharter.kernel.audit.models import AuditEntry
from opscharter.kernel.controls import registry
from opscharter.kernel.controls.decisions import change_setting
from opscharter.kernel.controls.registry import CHECKS, Measure, check
from opscharter.kernel.errors import NotPermitted, Refused
from opscharter.kernel.resources.site import site
from opscharter.organization.models import Department
from opscharter.organization.seed import install_roles

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _regulation(db):
    cache.clear()
    install_default_regulation(system_actor())
    cache.clear()


@pytest.fixture
def probe():
    """Declare checks of clause 1.1.1, which no control of the product keeps, for one test: `probe("name", exception, target=…)` over all departments."""
    declared = []

    def make(name, exception, **options):
        @check(f"probe.{name}", clause="1.1.1", owner="hr", label=name, **options)
        def measured(parameters):
            if exception is None:
                raise RuntimeError("broken")
            return Measure(Department.objects.all(), exception, "created_at", "because")

        declared.append(measured.id)
        return measured

    yield make
    for name in declared:
        registry.CHECKS.pop(name)


def clause_1_1_1():
    return standing.standings(standing.in_force(), ["1.1.1"])[0]


def departments(count):
    for number in range(count):
        Department(code=f"D{number}", name=f"Department {number}").save_as(system_actor())


def test_the_worst_wins_whatever_the_order():
    for order in itertools.permutations([PASS, NO_DATA, STALE, FAIL, ERROR]):
        assert worst(order) == ERROR
    assert worst([PASS, FAIL]) == worst([FAIL, PASS]) == FAIL
    assert worst([PASS, STALE]) == STALE
    assert worst([]) == NO_DATA


def test_one_check_failing_and_one_passing_fail_the_clause_and_an_error_is_an_error(probe):
    departments(4)
    probe("good", Q(code="none"))
    bad = probe("bad", Q(code="D1"))
    run(system_actor(), clause="1.1.1")
    assert clause_1_1_1().state == FAIL
    assert CheckResult.objects.get(control=bad.id).value == 75
    broken = probe("broken", None)
    run(system_actor(), clause="1.1.1")
    assert clause_1_1_1().state == ERROR
    kept = CheckResult.objects.filter(control=broken.id).get()
    assert (kept.state, kept.value) == ("error", None)
    assert "broken" in kept.error


def test_an_empty_population_is_no_data_and_an_old_result_is_stale(probe):
    good = probe("good", Q(code="none"))
    run(system_actor(), clause="1.1.1")
    assert clause_1_1_1().state == NO_DATA
    departments(1)
    evaluate(good)
    assert clause_1_1_1().state == PASS
    with moment.at(moment.now() + dt.timedelta(hours=37)):
        assert clause_1_1_1().state == STALE


def test_a_target_below_the_share_passes_and_the_target_is_a_parameter(probe):
    departments(10)
    lenient = probe("lenient", Q(code="D1"), target=90)
    assert evaluate(lenient).state == "pass"
    change_setting(lenient.id, system_actor(), mode="enforce", parameters={"target": 95}, reason="stricter")
    assert evaluate(lenient).state == "fail"
    assert [r.target for r in CheckResult.objects.filter(control=lenient.id).order_by("pk")] == [90.0, 95.0]


def test_a_control_switched_off_leaves_its_clause_uncovered_never_green(probe):
    departments(2)
    good = probe("good", Q(code="none"))
    run(system_actor(), clause="1.1.1")
    assert clause_1_1_1().state == PASS
    change_setting(good.id, system_actor(), mode="off", parameters={}, reason="not now")
    assert evaluate(good) is None
    assert (clause_1_1_1().state, clause_1_1_1().tone) == (UNCOVERED, "n")


def test_a_result_names_its_exceptions_and_its_hash_covers_all_it_says(probe):
    departments(3)
    bad = probe("bad", Q(code="D2"))
    result = CheckResult.objects.get(pk=evaluate(bad).pk)
    department = Department.objects.get(code="D2")
    assert result.sample == [["organization.department", department.pk, "Department 2", "because"]]
    assert (result.population, result.exceptions, result.omitted) == (3, 1, 0)
    assert digest(result) == result.hash
    result.exceptions = 0
    assert digest(result) != result.hash


def test_coverage_is_stated_in_figures_and_never_flattered():
    found = standing.standings(standing.in_force())
    counted = coverage(found)
    assert counted.clauses == 90
    assert counted.covered + counted.indicative + counted.attested + counted.uncovered == 90
    in_operation = {chapter.number for chapter in site.chapters if chapter.every("resources")}
    absent = [each for each in found if each.clause.chapter <= 9 and each.clause.chapter not in in_operation]
    assert len(absent) == 64, "chapters 4 to 9 have no records yet"
    kept = {
        each.clause.number: [*(g.guard.id for g in each.active_guards), *(c.check.id for c in each.active_checks)]
        for each in absent
    }
    assert not {number: by for number, by in kept.items() if by}, "what does not exist yet keeps no clause"


def test_every_clause_of_chapter_3_sections_1_to_3_has_a_guard_or_a_check():
    found = standing.standings(standing.in_force())
    wanted = [each for each in found if each.clause.section in ("3.1", "3.2", "3.3")]
    assert len(wanted) == 7
    assert all(each.covered for each in wanted)


def test_every_control_cites_a_clause_that_exists():
    numbers = set(Clause.objects.values_list("number", flat=True))
    for control in [*registry.GUARDS.values(), *CHECKS.values()]:
        assert control.clause in numbers, control.id


def test_settings_need_a_right_a_reason_and_a_number_and_are_audited():
    control = "request.assigned-in-time"
    with pytest.raises(NotPermitted):
        change_setting(control, Actor(), mode="off", parameters={}, reason="x")
    with pytest.raises(Refused):
        change_setting(control, system_actor(), mode="off", parameters={}, reason=" ")
    with pytest.raises(Refused):
        change_setting(control, system_actor(), mode="enforce", parameters={"p1": "soon"}, reason="x")
    with pytest.raises(Refused):
        change_setting(control, system_actor(), mode="enforce", parameters={"p9": 1}, reason="x")
    change_setting(control, system_actor(), mode="enforce", parameters={"p1": 10}, reason="stricter")
    entry = AuditEntry.objects.filter(action="control-setting").latest("id")
    assert entry.changes["p1"] == [15, 10]
    assert entry.note == "stricter"


@pytest.mark.parametrize(
    ("language", "word"), [("zh-hant", "運維服務流程"), ("zh-hans", "运维服务流程"), ("en", "O&amp;M service process")]
)  # fmt: skip
def test_the_regulation_is_read_in_three_languages(language, word, django_user_model):
    install_roles(system_actor())
    reader = django_user_model.objects.create(username="reader", is_superuser=True)
    browser = Client(headers={"accept-language": language})
    browser.force_login(reader, backend="django.contrib.auth.backends.ModelBackend")
    page = browser.get("/regulation/?chapter=3").content.decode()
    assert word in page
    assert "§3.1.1" in browser.get("/regulation/clauses/3.1.1/").content.decode()
    assert browser.get("/regulation/clauses/99.9.9/").status_code == 404
