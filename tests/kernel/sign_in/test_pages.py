"""What people read on the pages of the sign-in: in their language, in the product's frame, and why nothing happened."""

from __future__ import annotations

import re

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.core import mail
from django.core.cache import cache
from django.test import Client

from opscharter.config.identity import social_providers
from opscharter.kernel.users.models import User
from opscharter.kernel.web.browsers import browser_name

pytestmark = pytest.mark.django_db
OUTSIDE = ("login/", "password/reset/", "password/reset/done/", "password/reset/key/1-abc-def/", "inactive/", "signup/",
           "3rdparty/login/error/", "3rdparty/login/cancelled/", "oidc/company/login/callback/")  # fmt: skip
INSIDE = ("sessions/", "2fa/", "2fa/totp/activate/", "2fa/totp/deactivate/", "2fa/recovery-codes/",
          "2fa/recovery-codes/generate/", "2fa/webauthn/", "2fa/webauthn/add/", "reauthenticate/", "logout/",
          "password/change/")  # fmt: skip
NAMES = {"OpsCharter", "Chrome", "Linux", "OpenID", "EN", "PIN", "QR", "JavaScript"}
HERE = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36"
PROVIDERS = {
    "oidc": {"OPSCHARTER_OIDC_ISSUER": "http://127.0.0.1:9", "OPSCHARTER_OIDC_CLIENT_ID": "x",
             "OPSCHARTER_OIDC_SECRET": "s"},
    "saml": {"OPSCHARTER_SAML_METADATA": "http://127.0.0.1:9/m", "OPSCHARTER_SAML_ENTITY": "http://127.0.0.1:9/m"},
}  # fmt: skip


@pytest.fixture(autouse=True)
def _provider(settings):
    cache.clear()
    settings.SOCIALACCOUNT_PROVIDERS = social_providers(PROVIDERS["oidc"])


@pytest.fixture
def person():
    return User.objects.create_user("li", email="li@huarui.example", password="a-password-9x", language="zh-hant")


def browser_of(person, language):
    browser = Client(headers={"user-agent": HERE, "accept-language": language})
    User.objects.filter(pk=person.pk).update(language=language)
    browser.post("/accounts/login/", {"login": "li", "password": "a-password-9x"})
    browser.post("/accounts/reauthenticate/", {"password": "a-password-9x"})
    return browser


def english_words(page):
    """Return the words of a page that are in English, but for names."""
    text = re.sub(r"(?s)<(script|style|code|svg|head|kbd)\b.*?</\1>|<[^>]+>|&\w+;", " ", page)
    return set(re.findall(r"[A-Za-z]{2,}", text)) - NAMES - {"li"}


@pytest.mark.parametrize("language", ["zh-hant", "zh-hans"])
def test_the_pages_before_the_sign_in_are_in_the_readers_language(language):
    browser = Client(headers={"accept-language": language})
    found = {at: english_words(browser.get(f"/accounts/{at}").content.decode()) for at in OUTSIDE}
    assert not {at: words for at, words in found.items() if words}


@pytest.mark.parametrize("language", ["zh-hant", "zh-hans"])
@pytest.mark.parametrize("second_factor", [False, True])
def test_the_pages_of_ones_own_sign_in_are_in_the_readers_language(person, language, second_factor):
    browser = browser_of(person, language)
    if second_factor:
        TOTP.activate(person, generate_totp_secret())
        RecoveryCodes.activate(person)
    found = {}
    for at in INSIDE:
        page = browser.get(f"/accounts/{at}", follow=True).content.decode()
        found[at] = english_words(page[page.index("<main") :])
    assert not {at: words for at, words in found.items() if words}


def test_the_search_for_english_words_finds_some():
    assert english_words("<h1>Bad Token</h1><code>abc</code> 無效的 OpenID") == {"Bad", "Token"}


def test_an_address_nobody_verified_does_not_keep_anybody_from_a_second_factor(person):
    EmailAddress.objects.create(user=person, email=person.email, primary=True, verified=False)
    page = browser_of(person, "en").get("/accounts/2fa/totp/activate/", follow=True)
    assert page.status_code == 200
    assert 'id="authenticator_secret"' in page.content.decode()


def test_where_one_is_signed_in_is_told_by_the_browsers_name(person):
    page = browser_of(person, "en").get("/accounts/sessions/").content.decode()
    assert "Chrome · Linux" in page
    assert "this browser" in page


@pytest.mark.parametrize(
    ("said", "name"),
    [
        (HERE, "Chrome · Linux"),
        (HERE.replace("X11; Linux x86_64", "Windows NT 10.0") + " Edg/126.0", "Edge · Windows"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 14.5; rv:127.0) Gecko/20100101 Firefox/127.0", "Firefox · macOS"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) Version/17.5 Mobile Safari/604.1", "Safari · iPhone"),
        ("curl/8.5.0", "curl/8.5.0"),
        ("", ""),
    ],
)
def test_a_browser_is_called_by_its_name(said, name):
    assert browser_name(said) == name


@pytest.mark.parametrize("provider", ["oidc", "saml"])
def test_a_provider_that_does_not_answer_is_said_plainly(provider, settings):
    settings.SOCIALACCOUNT_PROVIDERS = social_providers(PROVIDERS[provider])
    browser = Client(headers={"accept-language": "en", "host": "localhost"})
    page = browser.post(f"/accounts/{provider}/company/login/")
    assert page.status_code == 503
    assert "The provider does not answer at the moment." in page.content.decode()


def test_whoever_forgot_a_password_gets_a_link_and_a_stranger_no_mail(person):
    browser = Client()
    assert 'href="/accounts/password/reset/"' in browser.get("/accounts/login/").content.decode()
    browser.post("/accounts/password/reset/", {"email": "stranger@else.example"})
    assert mail.outbox == []
    browser.post("/accounts/password/reset/", {"email": "li@huarui.example"})
    assert [each.to for each in mail.outbox] == [["li@huarui.example"]]
