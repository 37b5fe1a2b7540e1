"""A SAML identity provider, running here, vouches for people who have an account; whatever it did not say stays out."""

from __future__ import annotations

import base64
import time
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from django.core.cache import cache
from django.test import Client

from opscharter.config.identity import social_providers
from opscharter.kernel.audit.models import AuditEntry
from opscharter.kernel.users.models import User

saml = pytest.importorskip("tests.kernel.sign_in.saml_provider", reason="pysaml2 is not installed: make setup")
if saml.program() is None:
    pytest.skip("xmlsec1 is not installed: apt-get install xmlsec1", allow_module_level=True)
pytestmark = pytest.mark.django_db
ACS = "/accounts/saml/company/acs/"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Return where the provider keeps its key."""
    return tmp_path_factory.mktemp("saml")


@pytest.fixture
def provider(folder, settings):
    """Run a provider that knows this installation as this installation knows it."""
    cache.clear()
    with saml.running(folder / "own") as running:
        settings.SOCIALACCOUNT_PROVIDERS = social_providers({
            "OPSCHARTER_SAML_METADATA": running.entity, "OPSCHARTER_SAML_ENTITY": running.entity,
            "OPSCHARTER_SAML_NAME": "Huarui ID", "OPSCHARTER_SAML_DOMAINS": "huarui.example",
        })  # fmt: skip
        running.know(Client(headers={"host": "localhost"}).get("/accounts/saml/company/metadata/").content)
        User.objects.create_user("li", email="li@huarui.example", password="a-password-9x")
        yield running


@pytest.fixture
def browser():
    return Client(headers={"host": "localhost", "accept-language": "en"})


def leave(browser, provider):
    """Go to the provider; returns where the product sent the browser."""
    leaving = browser.post("/accounts/saml/company/login/")
    assert leaving.url.startswith(f"{provider.base}/sign-on?")
    return leaving.url


def question(url):
    return parse_qs(urlsplit(url).query)["SAMLRequest"][0]


def come_back(browser, answer):
    """Bring an answer of the provider; returns the page one ends on."""
    posted = {"SAMLResponse": base64.b64encode(answer.encode()).decode(), "RelayState": ""}
    return browser.post(ACS, posted, follow=True)


def signed_in(browser):
    pk = browser.session.get("_auth_user_id")
    return User.objects.get(pk=pk).username if pk else None


def refused(page, browser, words):
    """Say whether the page tells plainly why nobody was signed in, and the trail that somebody tried."""
    told = page.content.decode()
    assert page.status_code == 401
    assert words in told
    assert "Not signed in" in told
    assert AuditEntry.objects.filter(action="sign-in-failed").exists()
    return signed_in(browser) is None


def test_the_installation_tells_the_provider_who_it_is_and_where_answers_go(provider):
    told = Client(headers={"host": "localhost"}).get("/accounts/saml/company/metadata/").content.decode()
    assert 'entityID="http://localhost/accounts/saml/company/metadata/"' in told
    assert f'Location="http://localhost{ACS}"' in told


def test_whoever_the_provider_vouches_for_comes_in(provider, browser):
    back = httpx.get(leave(browser, provider))
    browser.post(ACS, saml.fields(back.text), follow=True)
    assert signed_in(browser) == "li"
    assert AuditEntry.objects.filter(action="sign-in").count() == 1


def test_the_sign_in_page_offers_the_provider_by_its_name(provider, browser):
    page = browser.get("/accounts/login/").content.decode()
    assert 'action="/accounts/saml/company/login/"' in page
    assert "Huarui ID" in page


def test_an_assertion_altered_after_it_was_signed_is_refused(provider, browser):
    provider.person = "stranger"
    answer = provider.answer(question(leave(browser, provider)))
    assert "stranger@huarui.example" in answer
    forged = answer.replace("stranger@huarui.example", "li@huarui.example")
    assert refused(come_back(browser, forged), browser, "no valid signature of the provider")


def test_an_assertion_signed_by_another_key_is_refused(provider, browser, folder):
    asked = question(leave(browser, provider))
    with saml.running(folder / "other") as other:
        other.know(Client(headers={"host": "localhost"}).get("/accounts/saml/company/metadata/").content)
        answer = provider.answer(asked, signer=other)
    assert refused(come_back(browser, answer), browser, "no valid signature of the provider")


def test_an_assertion_nobody_signed_is_refused(provider, browser):
    answer = provider.answer(question(leave(browser, provider)), sign_assertion=False)
    assert refused(come_back(browser, answer), browser, "no valid signature of the provider")


def test_an_assertion_signed_with_an_outdated_algorithm_is_refused(provider, browser):
    from saml2.xmldsig import DIGEST_SHA1, SIG_RSA_SHA1

    asked = question(leave(browser, provider))
    answer = provider.answer(asked, sign_alg=SIG_RSA_SHA1, digest_alg=DIGEST_SHA1)
    assert refused(come_back(browser, answer), browser, "signs with an outdated algorithm")


def test_an_assertion_for_another_service_is_refused(provider, browser):
    answer = provider.answer(question(leave(browser, provider)), sp_entity_id="https://wiki.huarui.example/metadata")
    assert refused(come_back(browser, answer), browser, "is meant for another service")


def test_an_assertion_brought_a_second_time_is_refused_in_the_same_browser_and_in_another(provider, browser):
    answer = provider.answer(question(leave(browser, provider)))
    come_back(browser, answer)
    assert signed_in(browser) == "li"
    browser.post("/accounts/logout/")
    assert refused(come_back(browser, answer), browser, "was used already")
    thief = Client(headers={"host": "localhost", "accept-language": "en"})
    assert refused(come_back(thief, answer), thief, "was used already")


def test_an_assertion_out_of_date_is_refused(provider, browser, monkeypatch):
    answer = provider.answer(question(leave(browser, provider)))
    later = time.time() + 3600
    monkeypatch.setattr("onelogin.saml2.utils.OneLogin_Saml2_Utils.now", staticmethod(lambda: int(later)))
    assert refused(come_back(browser, answer), browser, "out of date")


def test_an_address_outside_the_providers_domains_proves_nothing(provider, browser):
    User.objects.create_user("guest", email="li@elsewhere.example", password="a-password-9x")
    provider.person = "guest"
    come_back(browser, provider.answer(question(leave(browser, provider))))
    assert signed_in(browser) is None


def test_a_stranger_stays_out_is_told_why_and_the_try_is_noted(provider, browser):
    provider.person = "stranger"
    page = come_back(browser, provider.answer(question(leave(browser, provider))))
    assert signed_in(browser) is None
    assert "Accounts are opened by the company" in page.content.decode()
    assert AuditEntry.objects.get(action="sign-in-failed").changes["name"][1] == "stranger@huarui.example"


@pytest.mark.parametrize("language", ["zh-hant", "zh-hans"])
def test_a_refused_answer_is_explained_in_the_readers_language(provider, language):
    browser = Client(headers={"host": "localhost", "accept-language": language})
    answer = provider.answer(question(leave(browser, provider)), sign_assertion=False)
    told = come_back(browser, answer).content.decode()
    assert {"zh-hant": "沒有有效的簽名", "zh-hans": "没有有效的签名"}[language] in told
