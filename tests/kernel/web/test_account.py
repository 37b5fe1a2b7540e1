"""One's own account: channels and keys."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils.translation import override

from opscharter.kernel.api.models import ApiToken
from opscharter.kernel.notices.models import Channel
from opscharter.kernel.users.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(db):
    user = User.objects.create(username="li", language="en")
    made = Client(headers={"accept-language": "en"})
    made.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return made


@pytest.mark.parametrize(
    ("kind", "address", "quiet"),
    [
        ("email", "not an address", ""),
        ("apprise", "https://inside.example/", ""),
        ("apprise", "no scheme", ""),
        ("pigeon", "li@example.org", ""),
        ("email", "li@example.org", "late"),
    ],
)
def test_a_channel_that_cannot_work_is_refused_with_a_reason(browser, kind, address, quiet):
    sent = {"do": "channel", "kind": kind, "address": address, "quiet_from": quiet, "quiet_to": "08:00"}
    answer = browser.post("/account/", sent, follow=True)
    assert answer.status_code == 200
    assert 'class="toast-line error"' in answer.content.decode()
    assert not Channel.objects.exists()


def test_a_channel_is_added_with_its_quiet_hours_and_removed(browser):
    sent = {"do": "channel", "kind": "email", "address": "li@example.org", "quiet_from": "22:00", "quiet_to": "07:30"}
    browser.post("/account/", sent)
    channel = Channel.objects.get()
    assert (str(channel), f"{channel.quiet_from:%H:%M}") == ("li@example.org", "22:00")
    browser.post("/account/", {"do": "drop-channel", "id": channel.pk})
    assert not Channel.objects.exists()


def test_a_key_is_shown_once_and_works_until_it_is_revoked(browser):
    with override("en"):
        page = browser.post("/account/", {"do": "issue", "name": "script", "days": "30"}).content.decode()
    plain = page.split("<code>oc_")[1].split("</code>")[0]
    assert f"oc_{plain}" not in browser.get("/account/").content.decode()
    key = {"authorization": f"Bearer oc_{plain}"}
    assert Client().get("/api/v1/service/incidents/", headers=key).status_code == 404, (
        "a key without grants sees nothing"
    )
    browser.post("/account/", {"do": "revoke", "id": ApiToken.objects.get().pk})
    assert Client().get("/api/v1/service/incidents/", headers=key).status_code == 401
