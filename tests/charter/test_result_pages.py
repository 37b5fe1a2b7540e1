"""Results in the browser and through the API: as they were frozen, provably, and within each reader's reach."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.models import Q
from django.test import Client
from django.utils.translation import override

from opscharter.charter.evaluation import evaluate
from opscharter.charter.models import CheckResult
from opscharter.kernel import moment
from opscharter.kernel.access.actor import system_actor
from opscharter.kernel.audit import rules
from opscharter.kernel.audit.models import AuditEntry
from opscharter.kernel.controls.decisions import grant_exception, log_decisions
from opscharter.kernel.controls.models import GuardDecision
from opscharter.kernel.controls.registry import GUARDS
from opscharter.kernel.errors import Reason
from opscharter.kernel.users.models import User
from opscharter.organization.models import Role, RoleGrant
from opscharter.organization.seed import install_roles
from tests.charter.company import acting, hire

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("regulation")]
GUARD = "change.rollback-plan"


@pytest.fixture(autouse=True)
def _in_english():
    with override("en"):
        yield


@pytest.fixture
def browser():
    install_roles(system_actor())
    return browser_of(User.objects.create_superuser("root"))


def browser_of(user):
    browser = Client(headers={"accept-language": "en"})
    browser.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return browser


@pytest.fixture
def result(declare, departments):
    return evaluate(declare("a-fails", Q(code__in=["D1", "D3"])))


def test_the_page_of_a_result_tells_all_it_froze_and_opens_the_records(result, browser, departments):
    page = browser.get(f"/regulation/results/{result.pk}/").content.decode()
    for told in ("50.00 %", "2 / 4", result.hash, "because", "100.0", "1.1.1"):
        assert told in page
    assert page.count(result.hash) == 2, "kept, and computed just now"
    assert f"/organization/departments/{departments[1].pk}/" in page
    assert "ALTERED" not in page


def test_the_proof_is_the_very_text_whose_hash_the_result_bears(result, browser):
    answer = browser.get(f"/regulation/results/{result.pk}/proof/")
    assert hashlib.sha256(answer.content).hexdigest() == result.hash
    assert AuditEntry.objects.get(action="export").record_id == result.pk


def test_a_result_altered_behind_the_products_back_shows(result, browser):
    rules.drop(connection)
    CheckResult.objects.filter(pk=result.pk).update(exceptions=0, state="pass")
    rules.create(connection)
    assert "ALTERED" in browser.get(f"/regulation/results/{result.pk}/").content.decode()
    told = browser.get(f"/api/v1/charter/clauses/results/{result.pk}/").json()
    assert told["recomputed"] != told["hash"]


def test_a_reader_sees_the_figures_but_only_the_exceptions_within_the_own_reach(result, browser, departments):
    role = Role(code="narrow", name="narrow").save_as(system_actor())
    for kind, reach in (("charter.checkresult", "all"), ("charter.clause", "all")):
        RoleGrant(role=role, record_type=kind, action="view", reach=reach).save_as(system_actor())
    reader = browser_of(hire("narrow", "narrow").user)
    page = reader.get(f"/regulation/results/{result.pk}/").content.decode()
    assert "2 / 4" in page
    assert "Department 1" not in page
    assert "2 more lie outside your reach" in page
    assert reader.get(f"/regulation/results/{result.pk}/proof/").status_code == 404
    assert reader.get(f"/api/v1/charter/clauses/results/{result.pk}/").json()["seen"] == []
    stranger = browser_of(User.objects.create(username="stranger"))
    for url in (f"/regulation/results/{result.pk}/", "/regulation/checks/probe.a-fails/"):
        assert stranger.get(url).status_code == 404
    assert stranger.get("/api/v1/charter/clauses/results/").status_code == 404


def test_the_history_of_a_check_lists_every_result_and_leads_from_one_to_the_next(declare, departments, browser):
    check = declare("a-fails", Q(code="D1"))
    results = []
    for days in range(3):
        with moment.at(moment.now() + dt.timedelta(days=days)):
            results.append(evaluate(check))
    page = browser.get(f"/regulation/checks/{check.id}/").content.decode()
    assert all(f'href="/regulation/results/{each.pk}/"' in page for each in results)
    middle = browser.get(f"/regulation/results/{results[1].pk}/").content.decode()
    assert f"/regulation/results/{results[0].pk}/" in middle
    assert f"/regulation/results/{results[2].pk}/" in middle
    assert browser.get("/regulation/checks/no.such-check/").status_code == 404
    clause = browser.get("/regulation/clauses/1.1.1/").content.decode()
    assert f"/regulation/checks/{check.id}/" in clause
    assert f"/regulation/results/{results[2].pk}/" in clause


def test_the_api_lists_results_by_check_and_page(result, browser, declare):
    evaluate(declare("b-passes", Q(code="none")))
    told = browser.get("/api/v1/charter/clauses/results/", {"control": "probe.a-fails"}).json()
    assert [(each["id"], each["numerator"], each["exceptions"]) for each in told["results"]] == [(result.pk, 2, 2)]
    assert told["next_before"] is None
    assert browser.get("/api/v1/charter/clauses/results/", {"before": result.pk}).json()["results"] == []


def test_the_command_shows_exceptions_with_their_reasons(result):
    out = StringIO()
    call_command("checks", "show", clause="1.1.1", json=True, stdout=out)
    (told,) = [each for each in json.loads(out.getvalue()) if each["control"] == "probe.a-fails"]
    assert (told["intact"], [each["reason"] for each in told["exceptions"]]) == (True, ["because", "because"])


def decide(outcome, record, at):
    """Log one decision of a guard."""
    with moment.at(at):
        actor = system_actor()
        reason = [Reason("no way back", GUARD, GUARDS[GUARD].clause)]
        log_decisions(outcome, reason, record, actor, "approve")
    return GuardDecision.objects.order_by("-pk").first()


def test_the_guard_log_is_asked_by_outcome_clause_guard_person_and_day(departments, browser):
    now = moment.now()
    Outcome = GuardDecision.Outcome
    refused = decide(Outcome.REFUSED, departments[0], now - dt.timedelta(days=40))
    passed = decide(Outcome.OVERRIDDEN, departments[1], now)

    def found(**query):
        page = browser.get("/regulation/guard-log/", query)
        return {row.pk for row in (refused, passed) if f'departments/{row.record_id}/"' in page.content.decode()}

    assert found() == {refused.pk, passed.pk}
    assert found(outcome="overridden") == {passed.pk}
    assert found(clause=GUARDS[GUARD].clause, outcome="refused") == {refused.pk}
    assert found(clause="9.9.9") == found(guard="none.such") == found(who="nobody") == set()
    assert found(**{"from": f"{moment.today() - dt.timedelta(days=2)}"}) == {passed.pk}
    assert found(to=f"{moment.today() - dt.timedelta(days=2)}") == {refused.pk}
    assert browser.get("/regulation/guard-log/", {"from": "2026-02-31"}).status_code == 400


def test_an_override_shows_on_its_clause_with_who_gave_it_why_and_how_often_it_was_used(departments, browser):
    clause = GUARDS[GUARD].clause
    boss = hire("boss", "administrator")
    grant_exception(
        departments[1], GUARDS[GUARD], acting(boss), reason="the vendor stood by",
        expires_at=moment.now() + dt.timedelta(days=9),
    )  # fmt: skip
    decide(GuardDecision.Outcome.OVERRIDDEN, departments[1], moment.now())
    page = browser.get(f"/regulation/clauses/{clause}/").content.decode()
    for told in ("the vendor stood by", "boss", "1 step taken by it", "Department 1"):
        assert told in page
    assert re.search(
        rf'guard={GUARD}&(amp;)?outcome=overridden&(amp;)?from=[0-9-]+&(amp;)?to=[0-9-]+">let pass 1 times', page
    )
    log = browser.get("/regulation/guard-log/", {"outcome": "overridden"}).content.decode()
    assert "let pass by boss" in log


def test_an_override_of_a_record_outside_ones_reach_is_not_shown(departments, browser):
    clause = GUARDS[GUARD].clause
    boss = hire("boss", "administrator")
    grant_exception(
        departments[1], GUARDS[GUARD], acting(boss), reason="secret", expires_at=moment.now() + dt.timedelta(days=9)
    )
    decide(GuardDecision.Outcome.OVERRIDDEN, departments[1], moment.now())
    role = Role(code="narrow", name="narrow").save_as(system_actor())
    RoleGrant(role=role, record_type="charter.clause", action="view", reach="all").save_as(system_actor())
    reader = browser_of(hire("narrow", "narrow").user)
    assert "secret" not in reader.get(f"/regulation/clauses/{clause}/").content.decode()
    assert "secret" not in reader.get("/regulation/guard-log/").content.decode()
    supervisor = browser_of(hire("quality", "quality-supervisor").user)
    assert "secret" in supervisor.get("/regulation/guard-log/").content.decode()


def test_the_purpose_of_the_regulation_shows_quality_efficiency_and_stability_together(browser):
    page = browser.get("/regulation/clauses/1.1.1/").content.decode()
    for code in ("service.satisfaction", "service.timely-resolution", "service.reopen-rate", "change.success-rate"):
        assert code in page
    assert "indicators show it together" in page
