"""An outside OpenID provider, running here, vouches for people who have an account; strangers stay out."""

from __future__ import annotations

from urllib.parse import urlsplit

import httpx
import pytest
from django.test import Client
from oidc_provider_mock import User as Outsider
from oidc_provider_mock import run_server_in_thread

from opscharter.config.identity import (
    directory_backends,
    directory_settings,
    provider_apps,
    social_providers,
)
from opscharter.kernel.audit.models import AuditEntry
from opscharter.kernel.users.models import User

pytestmark = pytest.mark.django_db
PEOPLE = [
    Outsider(sub="li", claims={"email": "li@huarui.example", "email_verified": True}),
    Outsider(sub="unproven", claims={"email": "li@huarui.example", "email_verified": False}),
    Outsider(sub="stranger", claims={"email": "stranger@else.example", "email_verified": True}),
]


@pytest.fixture(scope="module")
def provider():
    """Start a real provider on a free port."""
    with run_server_in_thread(user_claims=PEOPLE) as server:
        yield f"http://localhost:{server.server_port}"


@pytest.fixture
def come(provider, settings):
    """Return a way to come in through the provider: the whole round of redirects, over real connections there."""
    settings.SOCIALACCOUNT_PROVIDERS = social_providers({
        "OPSCHARTER_OIDC_ISSUER": provider, "OPSCHARTER_OIDC_CLIENT_ID": "opscharter", "OPSCHARTER_OIDC_SECRET": "s",
    })  # fmt: skip
    User.objects.create_user("li", email="li@huarui.example", password="a-password-9x")

    def enter(sub: str) -> Client:
        browser = Client(SERVER_NAME="localhost")
        leaving = browser.post("/accounts/oidc/company/login/")
        assert leaving.url.startswith(f"{provider}/oauth2/authorize")
        back = httpx.post(leaving.url, data={"sub": sub}).headers["location"]
        place = urlsplit(back)
        browser.get(f"{place.path}?{place.query}", follow=True)
        return browser

    return enter


def signed_in(browser: Client) -> str | None:
    pk = browser.session.get("_auth_user_id")
    return User.objects.get(pk=pk).username if pk else None


def test_whoever_has_an_account_with_this_verified_address_comes_in(come):
    assert signed_in(come("li")) == "li"
    assert AuditEntry.objects.filter(action="sign-in").count() == 1


def test_the_sign_in_page_offers_the_provider_by_its_name(come):
    page = Client().get("/accounts/login/").content.decode()
    assert 'action="/accounts/oidc/company/login/"' in page
    assert "OpenID" in page


def test_an_address_the_provider_has_not_verified_proves_nothing(come):
    assert signed_in(come("unproven")) is None


def test_a_stranger_stays_out_and_the_try_is_noted(come):
    assert signed_in(come("stranger")) is None
    assert User.objects.count() == 1
    assert AuditEntry.objects.get(action="sign-in-failed").changes["name"][1] == "stranger@else.example"


def test_a_provider_without_its_secret_is_named_at_the_start():
    with pytest.raises(ValueError, match="OPSCHARTER_OIDC_CLIENT_ID"):
        social_providers({"OPSCHARTER_OIDC_ISSUER": "https://id.example"})
    assert social_providers({}) == {}


def test_saml_and_a_directory_are_there_when_they_are_asked_for():
    saml = {"OPSCHARTER_SAML_METADATA": "https://id.example/metadata", "OPSCHARTER_SAML_ENTITY": "https://id.example"}
    assert provider_apps(saml) == ["allauth.socialaccount.providers.saml"]
    assert social_providers(saml)["saml"]["APPS"][0]["settings"]["idp"]["metadata_url"] == "https://id.example/metadata"
    ldap = {"OPSCHARTER_LDAP_URL": "ldap://dc.example", "OPSCHARTER_LDAP_USER_DN": "uid=%(user)s,dc=example"}
    assert directory_backends(ldap) == ["django_auth_ldap.backend.LDAPBackend"]
    assert directory_settings(ldap)["AUTH_LDAP_NO_NEW_USERS"]
    assert (directory_backends({}), directory_settings({})) == ([], {})
