"""Why a record breaks a clause is told to every reader in their own language, on every way it is told."""

from __future__ import annotations

import json

import pytest
from django.db.models import Q
from django.test import Client
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from opscharter.charter.amendments.rehearsing import rehearse
from opscharter.charter.evaluation import digest, evaluate
from opscharter.charter.models import CheckResult, Rehearsal
from opscharter.charter.oscal.exchange import document, take
from opscharter.kernel.access.actor import system_actor
from opscharter.kernel.controls import registry
from opscharter.kernel.controls.registry import Measure, Parameter, check
from opscharter.kernel.controls.wording import Wording
from opscharter.kernel.users.models import User
from opscharter.organization.models import Department
from opscharter.organization.seed import install_roles
from tests.charter.company import amend, hire

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("regulation")]
SAID = {
    "en": "An exception expires within 3 days.",
    "zh-hant": "例外須在 3 天內到期。",
    "zh-hans": "例外须在 3 天内到期。",
}


@pytest.fixture
def late(departments):
    @check("probe.late", clause="1.1.1", owner="hr", label="late", parameters={"days": Parameter(3)})
    def measured(parameters):
        said = Wording(_("An exception expires within %(days)s days."), {"days": parameters["days"]})
        return Measure(Department.objects.all(), Q(code="D1"), "created_at", said)

    yield measured
    registry.CHECKS.pop(measured.id)


@pytest.fixture
def browser():
    install_roles(system_actor())
    browser = Client()
    browser.force_login(User.objects.create_superuser("root"), backend="django.contrib.auth.backends.ModelBackend")
    return browser


@pytest.mark.parametrize("evaluated_in", ["en", "zh-hant"])
@pytest.mark.parametrize("read_in", SAID)
def test_the_clause_page_tells_the_reason_in_the_readers_language(read_in, evaluated_in, late, browser):
    with override(evaluated_in):
        evaluate(late)
    shown = browser.get("/regulation/clauses/1.1.1/", headers={"accept-language": read_in}).content.decode()
    assert SAID[read_in] in shown
    assert not [said for code, said in SAID.items() if code != read_in and said in shown]


def test_a_result_hashes_alike_whatever_language_it_was_evaluated_in(late):
    samples = []
    for code in SAID:
        with override(code):
            samples.append(evaluate(late).sample)
    assert samples[0] == samples[1] == samples[2]


def test_an_older_result_with_its_reason_as_text_keeps_its_hash_and_its_words(late, browser):
    evaluate(late)
    old = CheckResult.objects.get()
    old.pk, old.sample = None, [["organization.department", old.sample[0][1], "D1", "逾期"]]
    old.hash = digest(old)
    old.save(force_insert=True)
    assert digest(CheckResult.objects.get(pk=old.pk)) == old.hash
    assert "逾期" in browser.get("/regulation/clauses/1.1.1/").content.decode()


def test_oscal_describes_it_in_the_readers_language_and_comes_back_without_difference_in_another(late):
    evaluate(late)
    for code, said in SAID.items():
        with override(code):
            text = document("results", system_actor())
        assert said in text.decode()
        with override("en"):
            assert take(text, system_actor()).differences == []


def test_a_rehearsal_is_told_in_the_readers_language(late, browser):
    draft = amend(hire("officer", "quality-supervisor"), "1.1.1", "", "。")
    draft.settings = {late.id: {"mode": "enforce", "parameters": {"days": 3, "target": 50.0}}}
    draft.save_as(system_actor())
    rehearsal = rehearse(Rehearsal(edition=draft).save_as(system_actor()))
    assert "例外" not in json.dumps(rehearsal.checks, ensure_ascii=False)
    for code, said in SAID.items():
        page = browser.get(f"/charter/rehearsals/{rehearsal.pk}/", headers={"accept-language": code})
        assert said in page.content.decode()
