"""Denied by default; rows outside the scope do not exist, wherever one looks for them."""

from __future__ import annotations

import pytest

from opscharter.kernel.errors import NotPermitted
from opscharter.kernel.resources.links import list_url, record_url
from opscharter.kernel.resources.paging import COUNT_LIMIT
from opscharter.kernel.search.find import find
from tests.contract.conftest import actor_named, sign_in

pytestmark = pytest.mark.django_db
PROBERS = ["engineer", "manager", "project", "customer"]
"""One for each way in which reach is bounded: department and own, a tree of departments, customers, from outside."""
STEPS = ("", "cards", "edit", "history", "comments", "files", "archive")


def test_who_holds_no_role_finds_nothing(resource, row, stranger):
    assert stranger.get(list_url(resource)).status_code == 404
    for step in STEPS:
        url = record_url(row, step)
        assert stranger.get(url).status_code in (404, 405), step
        assert stranger.post(url, {"text": "x", "reason": "x"}).status_code in (404, 405), step
    for tail in ("new/", "export/", "import/", "options/"):
        assert stranger.get(list_url(resource) + tail).status_code == 404, tail
    base = f"/api/v1/{resource.chapter}/{resource.slug}/"
    assert stranger.get(base).status_code == 404
    assert stranger.get(f"{base}{row.pk}/").status_code == 404
    assert stranger.post(base, {}, content_type="application/json").status_code == 404


@pytest.mark.parametrize("prober", PROBERS)
def test_a_row_outside_the_scope_does_not_exist(resource, row, prober):
    """Pages, API, counts, exports, search and options are probed with ids that are not the prober's."""
    actor = actor_named(prober)
    rows = resource.model._default_manager
    visible = set(rows.visible_to(actor).values_list("pk", flat=True))
    hidden = list(rows.exclude(pk__in=visible).order_by("-pk")[:2])
    browser = sign_in(prober)
    base = f"/api/v1/{resource.chapter}/{resource.slug}/"
    for record in hidden:
        for step in ("", "cards", "edit", "history"):
            assert browser.get(record_url(record, step)).status_code == 404
        assert browser.get(f"{base}{record.pk}/").status_code == 404
        assert browser.get(f"{base}{record.pk}/timeline/").status_code == 404
        patch = browser.patch(f"{base}{record.pk}/", {}, content_type="application/json")
        assert patch.status_code == 404
        number = getattr(record, "number", "")
        if number:
            hits = {(hit.record_type, hit.record_id) for hit in find(actor, number)}
            assert (resource.key, record.pk) not in hits
    if actor.may(resource.key, "view"):
        listed = browser.get(base).json()
        in_use = visible & set(rows.filter(archived_at__isnull=True).values_list("pk", flat=True))
        assert listed["total"] == min(len(in_use), COUNT_LIMIT)
        assert {row["id"] for row in listed["results"]} <= in_use
        if hidden:
            asked = browser.get(list_url(resource), {"id": [record.pk for record in hidden]})
            assert "data-url" not in asked.content.decode()
    else:
        assert not visible


def test_exports_hold_only_what_may_be_exported(resource, row):
    browser, actor = sign_in("auditor"), actor_named("auditor")
    answer = browser.get(f"{list_url(resource)}export/")
    lines = b"".join(answer.streaming_content).decode("utf-8-sig").strip().count("\r\n")
    assert lines >= resource.model._default_manager.visible_to(actor, "export").current().count()
    assert sign_in("engineer").get(f"{list_url(resource)}export/").status_code == 404


def test_the_auditor_reads_everything_and_changes_nothing(resource, row):
    auditor = actor_named("auditor")
    assert resource.model._default_manager.visible_to(auditor).filter(pk=row.pk).exists()
    with pytest.raises(NotPermitted):
        row.archive_as(auditor, reason="no")
    lifecycle = resource.model.lifecycle
    for move in lifecycle.moves if lifecycle else ():
        with pytest.raises(NotPermitted):
            row.move(move.name, auditor, reason="no")


def test_a_visitor_is_sent_to_the_sign_in_page(resource, row, client):
    for url in (list_url(resource), record_url(row)):
        answer = client.get(url)
        assert answer.status_code == 302
        assert answer.url.startswith("/accounts/login/")
