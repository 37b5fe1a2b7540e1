"""Passwords, second factors, passkeys and sessions."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.test import Client

from opscharter.kernel.audit.models import AuditEntry
from opscharter.kernel.users.models import User

pytestmark = pytest.mark.django_db
MADE, CHOSEN = "made-for-you-7", "chosen-by-me-8"


@pytest.fixture(autouse=True)
def _doors_open() -> None:
    """Forget the tries of other tests; they are counted in the cache."""
    cache.clear()


@pytest.fixture
def li(db):
    """Return an account whose password somebody else has made."""
    return User.objects.create_user("li", password=MADE, must_change_password=True)


def enter(password: str) -> Client:
    browser = Client()
    browser.post("/accounts/login/", {"login": "li", "password": password})
    return browser


def test_a_password_made_by_another_opens_only_the_choosing_of_ones_own(li, settings):
    settings.DEMO_MODE = False
    browser = enter(MADE)
    for url in ("/", "/inbox/", "/api/v1/"):
        assert browser.get(url).url == "/accounts/password/change/"
    assert browser.get("/accounts/password/change/").status_code == 200
    sent = {"oldpassword": MADE, "password1": CHOSEN, "password2": CHOSEN}
    browser.post("/accounts/password/change/", sent)
    assert browser.get("/inbox/").status_code == 200
    assert AuditEntry.objects.filter(action="password-changed").exists()
    assert enter(CHOSEN).get("/inbox/").status_code == 200


def test_in_demo_mode_the_published_passwords_serve(li, settings):
    settings.DEMO_MODE = True
    assert enter(MADE).get("/inbox/").status_code == 200


def test_a_weak_password_is_refused(li):
    browser = enter(MADE)
    for weak in ("short1", "password1234", "1234567890123"):
        browser.post("/accounts/password/change/", {"oldpassword": MADE, "password1": weak, "password2": weak})
    li.refresh_from_db()
    assert li.check_password(MADE)


def test_after_five_wrong_passwords_the_door_is_shut_for_a_while(li):
    for _try in range(6):
        enter("wrong-one-123")
    assert "_auth_user_id" not in enter(MADE).session


def test_every_place_one_is_signed_in_is_listed_and_can_be_signed_out(li, settings):
    settings.DEMO_MODE = True
    here, there = enter(MADE), enter(MADE)
    for browser in (here, there):
        browser.get("/inbox/")
    assert here.get("/accounts/sessions/").content.decode().count("127.0.0.1") == 2
    here.post("/accounts/sessions/")
    assert here.get("/inbox/").status_code == 200
    assert there.get("/inbox/").status_code == 302


def test_passkeys_are_offered_at_the_door_and_kept_in_the_account(li, settings):
    settings.DEMO_MODE = True
    assert 'id="passkey_login"' in Client().get("/accounts/login/").content.decode()
    challenge = Client().get("/accounts/2fa/webauthn/login/", headers={"x-requested-with": "XMLHttpRequest"})
    assert "challenge" in str(challenge.json())
    assert enter(MADE).get("/accounts/2fa/").status_code == 200
