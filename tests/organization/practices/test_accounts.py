"""Accounts given and taken in the browser: by whom, with what safeguards, and what the trail says of it."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils.translation import override

from opscharter.charter.evaluation import evaluate
from opscharter.kernel import moment
from opscharter.kernel.access.actor import system_actor
from opscharter.kernel.api.tokens import find, issue
from opscharter.kernel.audit.models import AuditEntry
from opscharter.kernel.controls.models import GuardDecision
from opscharter.kernel.errors import NotPermitted, Refused
from opscharter.kernel.users.models import User
from opscharter.organization.accounts.checks import accounts_of_leavers
from opscharter.organization.accounts.services import close_of_leavers, handle, standing_of
from opscharter.organization.models import Employee

pytestmark = pytest.mark.django_db
PASSWORD = re.compile(r"<code class=\"one-time\">((?:[a-z2-9]{4}-){3}[a-z2-9]{4})</code>")


@pytest.fixture(autouse=True)
def _plain(settings):
    settings.DEMO_MODE = False
    cache.clear()
    with override("en"):
        yield


@pytest.fixture
def newcomer(company):
    """Return somebody who has no account yet."""
    company.hire("zhao", "SYS", "engineer")
    person = company.people["zhao"]
    person.user, person.email = None, "zhao@company.example"
    return person.save_as(system_actor())


def browser_of(company, name):
    browser = Client(headers={"accept-language": "en"})
    browser.force_login(company.people[name].user, backend="django.contrib.auth.backends.ModelBackend")
    return browser


def enter(login, password):
    browser = Client()
    browser.post("/accounts/login/", {"login": login, "password": password})
    return browser


def page(person):
    return f"/organization/employees/{person.pk}/account/"


def test_an_account_is_opened_with_a_password_for_once_that_must_be_changed_at_the_first_sign_in(company, newcomer):
    answer = browser_of(company, "hr").post(page(newcomer), {"do": "open", "login": "zhao.min"})
    (password,) = PASSWORD.findall(answer.content.decode())
    assert answer["Cache-Control"] == "no-store"
    assert password not in browser_of(company, "hr").get(page(newcomer)).content.decode()
    browser = enter("zhao.min", password)
    assert browser.get("/inbox/").url == "/accounts/password/change/"
    chosen = "chosen-by-me-8"
    browser.post("/accounts/password/change/", {"oldpassword": password, "password1": chosen, "password2": chosen})
    assert enter("zhao.min", chosen).get("/inbox/").status_code == 200
    told = AuditEntry.objects.get(action="account:open")
    assert (told.record_id, told.user) == (newcomer.pk, company.people["hr"].user)
    assert password not in str(told.changes)


def test_a_sign_in_name_that_is_taken_is_refused_and_nothing_is_left_behind(company, newcomer):
    before = User.objects.count()
    answer = browser_of(company, "hr").post(page(newcomer), {"do": "open", "login": "li"}, follow=True)
    assert "already exists" in answer.content.decode()
    newcomer.refresh_from_db()
    assert (User.objects.count(), newcomer.user) == (before, None)


def test_a_reset_ends_the_sessions_and_makes_the_old_password_worthless(company):
    li = company.people["li"]
    li.user.set_password("chosen-by-me-8")
    li.user.save()
    browser = enter("li", "chosen-by-me-8")
    assert browser.get("/inbox/").status_code == 200
    given = handle(li, "reset", company.actor("hr"))
    assert browser.get("/inbox/").status_code == 302
    assert "_auth_user_id" not in enter("li", "chosen-by-me-8").session
    assert "_auth_user_id" in enter("li", given.password).session
    assert li.user.notices.filter(type="organization.password-reset").exists()


def test_closing_ends_sessions_and_keys_and_needs_a_reason(company):
    li = company.people["li"]
    _token, key = issue(company.actor("li"), "script", days=30)
    browser = browser_of(company, "li")
    assert browser.get("/inbox/").status_code == 200
    with pytest.raises(Refused, match="needs a reason"):
        handle(li, "close", company.actor("hr"))
    handle(li, "close", company.actor("hr"), reason="left")
    assert browser.get("/inbox/").status_code == 302
    assert find(key) is None
    handle(Employee.objects.get(pk=li.pk), "reopen", company.actor("hr"), reason="came back")
    assert find(key) is None
    assert Employee.objects.get(pk=li.pk).user.is_active


def test_signing_out_everywhere_ends_every_session_but_leaves_the_password(company):
    li = company.people["li"]
    li.user.set_password("chosen-by-me-8")
    li.user.save()
    browsers = [enter("li", "chosen-by-me-8") for _n in range(2)]
    for browser in browsers:
        assert browser.get("/inbox/").status_code == 200
    assert standing_of(li).sessions == 2
    handle(li, "sign-out", company.actor("hr"))
    assert [browser.get("/inbox/").status_code for browser in browsers] == [302, 302]
    assert enter("li", "chosen-by-me-8").get("/inbox/").status_code == 200


def test_whoever_has_locked_themselves_out_is_let_in_again_by_another(company):
    li = company.people["li"]
    li.user.set_password("chosen-by-me-8")
    li.user.save()
    for _try in range(5):
        enter("li", "wrong-one-123")
    assert standing_of(li).locked
    assert "_auth_user_id" not in enter("li", "chosen-by-me-8").session
    handle(li, "unlock", company.actor("hr"))
    assert not standing_of(Employee.objects.get(pk=li.pk)).locked
    cache.delete_many([key for key in getattr(cache, "_cache", {}) if ":ip:" in key])
    assert "_auth_user_id" in enter("li", "chosen-by-me-8").session


@pytest.mark.parametrize("do", ["reset", "unlock", "sign-out", "factors", "close"])
def test_nobody_handles_their_own_account(company, do):
    with pytest.raises(Refused) as refused:
        handle(company.people["hr"], do, company.actor("hr"), reason="why")
    assert (refused.value.reasons[0].control, refused.value.reasons[0].clause) == (
        "organization.account-by-another", "2.1.1",
    )  # fmt: skip
    assert GuardDecision.objects.filter(guard="organization.account-by-another", step=f"account:{do}").exists()
    assert AuditEntry.objects.filter(action=f"refused:account:{do}").exists()


def test_human_resources_cannot_take_over_the_account_of_an_administrator(company):
    with pytest.raises(Refused) as refused:
        handle(company.people["admin"], "reset", company.actor("hr"))
    assert refused.value.reasons[0].control == "organization.account-of-equals"
    company.hire("root", "OPS", "administrator")
    assert handle(company.people["admin"], "reset", company.actor("root")).password


def test_without_the_right_there_is_no_such_page_no_card_and_no_call(company):
    li, browser = company.people["li"], browser_of(company, "wu")
    assert browser.get(page(li)).status_code == 404
    assert browser.post(page(li), {"do": "reset"}).status_code == 404
    assert "Handle the account" not in browser.get(f"/organization/employees/{li.pk}/").content.decode()
    assert "Handle the account" in browser_of(company, "hr").get(f"/organization/employees/{li.pk}/").content.decode()
    api = f"/api/v1/organization/employees/{li.pk}/account/"
    assert browser.post(api, {"do": "reset"}, "application/json").status_code == 404
    with pytest.raises(NotPermitted):
        handle(li, "reset", company.actor("wu"))


def test_the_api_says_the_password_once_and_refuses_with_the_clause(company):
    browser = browser_of(company, "hr")
    api = "/api/v1/organization/employees/{}/account/"
    answer = browser.post(api.format(company.people["li"].pk), {"do": "reset"}, "application/json")
    assert (answer.status_code, answer.json()["must_change_password"], len(answer.json()["password"])) == (
        200,
        True,
        19,
    )
    answer = browser.post(api.format(company.people["hr"].pk), {"do": "reset"}, "application/json")
    assert (answer.status_code, answer.json()["errors"][0]["clause"]) == (409, "2.1.1")


def test_a_leavers_account_closes_by_itself_when_the_last_day_is_over(company):
    li = company.people["li"]
    li.left_on = moment.today()
    li.save_as(system_actor())
    assert close_of_leavers(system_actor()) == 0
    with moment.at(moment.now() + dt.timedelta(days=1)):
        assert (evaluate(accounts_of_leavers).population, evaluate(accounts_of_leavers).exceptions) == (7, 1)
        assert close_of_leavers(system_actor()) == 1
        assert close_of_leavers(system_actor()) == 0
        assert evaluate(accounts_of_leavers).state == "pass"
    assert not Employee.objects.get(pk=li.pk).user.is_active
    assert AuditEntry.objects.get(action="account:close").note == "left"
