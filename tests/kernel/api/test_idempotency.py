"""Create requests that come twice."""

from __future__ import annotations

import datetime as dt

import pytest

from opscharter.kernel import moment
from opscharter.kernel.api.models import IdempotencyKey
from opscharter.kernel.controls.models import GuardDecision
from tests.kernel.testapp.models import Paper

pytestmark = pytest.mark.django_db
PAPERS = "/api/v1/library/papers/"


def create(browser, key, address=PAPERS, **sent):
    """Send a create request with a key."""
    return browser.post(address, sent, content_type="application/json", headers={"idempotency-key": key})


def test_the_same_request_again_creates_nothing_and_gets_the_same_answer(browser):
    first, second = create(browser, "k", title="Tides"), create(browser, "k", title="Tides")
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    assert Paper.objects.count() == 1


def test_the_same_key_with_another_request_is_refused(browser):
    create(browser, "k", title="Tides")
    for answer in (
        create(browser, "k", title="Winds"),
        create(browser, "k", "/api/v1/library/shelves/", title="Tides"),
    ):
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["code"] == "key-reused"
    assert Paper.objects.count() == 1


def test_another_key_and_another_person_create_another_record(browser, sign_in, make_actor):
    other = sign_in(make_actor(("testapp.*", "*", "all")))
    for client, key in ((browser, "k"), (browser, "l"), (other, "k")):
        assert create(client, key, title="Tides").status_code == 201
    assert Paper.objects.count() == 3


def test_a_request_that_failed_leaves_its_key_free_and_its_refusal_in_the_log(browser):
    assert create(browser, "k", title="Untitled").status_code == 409
    assert GuardDecision.objects.filter(guard="testapp.titled").count() == 1
    assert create(browser, "k", title="LOUD").status_code == 400
    assert not IdempotencyKey.objects.exists()
    assert create(browser, "k", title="Tides").status_code == 201


def test_a_key_is_forgotten_after_a_day(browser):
    create(browser, "k", title="Tides")
    with moment.at(moment.now() + dt.timedelta(hours=25)):
        assert create(browser, "k", title="Winds").status_code == 201
    assert Paper.objects.count() == 2
    assert IdempotencyKey.objects.count() == 1


def test_a_key_too_long_to_keep_is_refused(browser):
    assert create(browser, "k" * 101, title="Tides").status_code == 400
    assert not Paper.objects.exists()
