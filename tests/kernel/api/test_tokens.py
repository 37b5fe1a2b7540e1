"""Keys to the API."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client

from opscharter.kernel import moment
from opscharter.kernel.access.actor import Actor, Grant
from opscharter.kernel.api import tokens
from opscharter.kernel.api.models import ApiToken
from opscharter.kernel.audit.models import AuditEntry
from tests.kernel.library import make_paper

pytestmark = pytest.mark.django_db
PAPERS = "/api/v1/library/papers/"


@pytest.fixture
def owner(sign_in, librarian):
    """Return the librarian, known to the site."""
    sign_in(librarian)
    return librarian


def with_key(plain: str) -> Client:
    """Return a client that sends the key with every request."""
    return Client(headers={"authorization": f"Bearer {plain}"})


def create(client):
    """Try to create a paper."""
    return client.post(PAPERS, {"title": "Tides"}, content_type="application/json").status_code


def test_a_key_opens_the_api_as_its_owner_without_a_csrf_token(owner):
    _token, plain = tokens.issue(owner, "script", days=30)
    client = with_key(plain)
    client.handler.enforce_csrf_checks = True
    assert create(client) == 201
    entry = AuditEntry.objects.get(action="create", record_type="testapp.paper")
    assert (entry.user_id, entry.via) == (owner.user_id, "api")


def test_only_the_hash_of_a_key_is_kept(owner):
    token, plain = tokens.issue(owner, "script", days=30)
    assert plain.startswith("oc_")
    assert len(plain) > 40
    kept = {name: str(value) for name, value in vars(ApiToken.objects.get()).items()}
    assert plain not in kept.values()
    assert kept["hash"] == tokens.digest(plain)
    assert plain.startswith(token.prefix)


@pytest.mark.parametrize("after", ["revoked", "expired", "left"])
def test_a_key_that_has_ended_opens_nothing(owner, after):
    token, plain = tokens.issue(owner, "script", days=30)
    assert with_key(plain).get(PAPERS).status_code == 200
    when = moment.now()
    if after == "revoked":
        assert tokens.revoke(owner, token.pk)
    elif after == "expired":
        when += dt.timedelta(days=31)
    else:
        owner.user.is_active = False
        owner.user.save()
    with moment.at(when):
        answer = with_key(plain).get(PAPERS)
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (401, "authentication_failed")


def test_a_key_that_never_was_opens_nothing_even_beside_a_session(browser):
    assert browser.get(PAPERS).status_code == 200
    assert browser.get(PAPERS, headers={"authorization": "Bearer oc_guess"}).status_code == 401


def test_a_key_that_only_reads_writes_nothing(owner, system):
    paper = make_paper(system)
    _token, plain = tokens.issue(owner, "report", days=30, read_only=True)
    client = with_key(plain)
    assert client.get(f"{PAPERS}{paper.pk}/").status_code == 200
    assert client.get(f"{PAPERS}{paper.pk}/moves/").json() == []
    assert create(client) == 404
    assert client.patch(f"{PAPERS}{paper.pk}/", {"title": "x"}, content_type="application/json").status_code == 404


def test_a_key_for_some_record_types_opens_no_other(owner):
    _token, plain = tokens.issue(owner, "shelves", days=30, record_types=["testapp.shelf"])
    assert with_key(plain).get("/api/v1/library/shelves/").status_code == 200
    assert with_key(plain).get(PAPERS).status_code == 404


@pytest.mark.parametrize(
    ("granted", "wanted", "left"),
    [
        ("*", "service.incident", "service.incident"),
        ("service.*", "service.incident", "service.incident"),
        ("service.incident", "service.*", "service.incident"),
        ("service.*", "*", "service.*"),
        ("service.incident", "service.request", None),
        ("service.*", "customers.*", None),
        ("service.*", "services.incident", None),
        ("customers.customer", "service.*", None),
    ],
)
def test_a_key_narrows_and_never_widens(granted, wanted, left):
    actor = Actor(grants=(Grant(granted, "edit", "own", "engineer"),))
    narrowed = tokens.narrowed(actor, ApiToken(record_types=[wanted]))
    assert narrowed.grants == (() if left is None else (Grant(left, "edit", "own", "engineer"),))


def test_the_last_use_is_noted_at_most_every_ten_minutes(owner):
    _token, plain = tokens.issue(owner, "script", days=30)
    begun = moment.now()
    for minutes, noted in ((0, 0), (9, 0), (11, 11)):
        with moment.at(begun + dt.timedelta(minutes=minutes)):
            with_key(plain).get(PAPERS)
        token = ApiToken.objects.get()
        assert token.last_used_at == begun + dt.timedelta(minutes=noted)
    assert token.last_address == "127.0.0.1"


def test_keys_are_made_and_revoked_on_ones_own_page_and_audited(browser, librarian, make_actor):
    page = browser.post("/account/", {"do": "issue", "name": "script", "days": "90", "read_only": "1"})
    plain = page.context["page"].plain
    assert plain in page.content.decode()
    assert plain not in browser.get("/account/").content.decode()
    token = ApiToken.objects.get()
    assert (token.name, token.read_only, tokens.find(plain)) == ("script", True, token)
    assert not tokens.revoke(make_actor(), token.pk)
    browser.post("/account/", {"do": "revoke", "id": token.pk})
    assert tokens.find(plain) is None
    actions = list(AuditEntry.objects.filter(record_type="kernel.apitoken").values_list("action", flat=True))
    assert actions == ["token:issue", "token:revoke"]
