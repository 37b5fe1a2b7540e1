"""The company's directory proves passwords: a real OpenLDAP over StartTLS. Needs the extra `ldap`, and slapd."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.test import Client

from opscharter.config.identity import directory_backends, directory_settings
from opscharter.kernel.audit.models import AuditEntry
from opscharter.kernel.users.models import User
from tests.kernel.sign_in import slapd

for module in ("ldap", "django_auth_ldap"):
    pytest.importorskip(module, reason="the extra `ldap` is not installed, see docs/operations/install.md")
if slapd.program() is None:
    pytest.skip("slapd is not installed: apt-get install slapd, or name it in SLAPD", allow_module_level=True)
pytestmark = pytest.mark.django_db
SECRET = slapd.PEOPLE["li"]


@pytest.fixture(scope="module")
def directory(tmp_path_factory):
    """Run a directory for the tests of this file."""
    with slapd.running(slapd.program(), tmp_path_factory.mktemp("slapd")) as running:
        yield running


@pytest.fixture
def door(directory, settings):
    """Let sign-ins be proved by the directory, and return a way to come to the door."""
    cache.clear()
    use(directory.url, directory.certificate, settings)
    User.objects.create_user("li", password="own-password-9x")
    return enter


def use(url, certificate, settings):
    given = {
        "OPSCHARTER_LDAP_URL": url, "OPSCHARTER_LDAP_USER_DN": f"uid=%(user)s,{slapd.USERS}",
        "OPSCHARTER_LDAP_CA": str(certificate),
    }  # fmt: skip
    for name, value in directory_settings(given).items():
        setattr(settings, name, value)
    settings.AUTHENTICATION_BACKENDS = [*directory_backends(given), *settings.AUTHENTICATION_BACKENDS]


def enter(login, password):
    browser = Client()
    browser.post("/accounts/login/", {"login": login, "password": password})
    pk = browser.session.get("_auth_user_id")
    return User.objects.get(pk=pk).username if pk else None


def test_whoever_has_an_account_comes_in_with_the_directorys_password(door):
    assert door("li", SECRET) == "li"
    assert AuditEntry.objects.filter(action="sign-in").count() == 1


def test_a_wrong_password_is_refused_and_noted(door):
    assert door("li", "guessed-password-1") is None
    assert AuditEntry.objects.get(action="sign-in-failed").changes["name"][1] == "li"


def test_an_empty_password_is_no_anonymous_bind(door):
    assert door("li", "") is None


def test_whoever_is_in_the_directory_but_has_no_account_here_stays_out(door):
    assert door("outsider", slapd.PEOPLE["outsider"]) is None
    assert User.objects.count() == 1


def test_a_closed_account_stays_closed_whatever_the_directory_says(door):
    User.objects.filter(username="li").update(is_active=False)
    assert door("li", SECRET) is None


def test_a_login_cannot_reach_beyond_its_place_in_the_directory(door):
    assert door("li,ou=people", SECRET) is None
    assert door("*", SECRET) is None


def test_a_directory_whose_certificate_nobody_vouches_for_is_not_believed(directory, settings, tmp_path):
    cache.clear()
    other = tmp_path / "other"
    other.mkdir()
    use(directory.url, slapd.certificate_in(other)[0], settings)
    User.objects.create_user("li", password="own-password-9x")
    assert enter("li", SECRET) is None


def test_the_own_password_serves_while_the_directory_is_away(settings, tmp_path):
    cache.clear()
    use("ldap://127.0.0.1:9", slapd.certificate_in(tmp_path)[0], settings)
    User.objects.create_user("li", password="own-password-9x")
    assert enter("li", "own-password-9x") == "li"
