"""Every record type through the API: the same rows, the same write path, the same reasons."""

from __future__ import annotations

import pytest

from opscharter.kernel.resources.paging import COUNT_LIMIT

pytestmark = pytest.mark.django_db


def api(resource, tail=""):
    return f"/api/v1/{resource.chapter}/{resource.slug}/{tail}"


def test_the_api_lists_and_shows_records(resource, row, admin):
    listed = admin.get(api(resource)).json()
    count = resource.model._default_manager.filter(archived_at__isnull=True).count()
    assert (listed["total"], listed["total_is_capped"]) == (min(count, COUNT_LIMIT), count > COUNT_LIMIT)
    assert {"results", "next", "previous", "total", "total_is_capped"} == set(listed)
    shown = admin.get(api(resource, f"{row.pk}/"))
    assert shown.json()["id"] == row.pk
    assert shown.headers["ETag"] == f'"{row.version}"'
    assert set(resource.form_fields) <= set(shown.json())


def test_pages_of_the_list_do_not_overlap(resource, row, admin):
    first = admin.get(api(resource), {"page_size": 1}).json()
    if not first["next"]:
        return
    second = admin.get(first["next"]).json()
    assert first["results"][0]["id"] != second["results"][0]["id"]
    back = admin.get(second["previous"]).json()
    assert back["results"][0]["id"] == first["results"][0]["id"]


def test_an_unknown_field_is_refused_by_name(resource, row, admin):
    answer = admin.patch(api(resource, f"{row.pk}/"), {"no_such_field": 1}, content_type="application/json")
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == "no_such_field"


def test_what_the_write_path_keeps_cannot_be_written(resource, row, admin):
    for name in {"created_at", "state", "number", "id"} - set(resource.form_fields):
        answer = admin.patch(api(resource, f"{row.pk}/"), {name: "x"}, content_type="application/json")
        assert answer.status_code == 400, name


def test_a_patch_without_a_change_keeps_the_version(resource, row, admin):
    answer = admin.patch(api(resource, f"{row.pk}/"), {"version": row.version}, content_type="application/json")
    assert answer.status_code == 200
    assert answer.json()["version"] == row.version


def test_an_impossible_version_cursor_or_page_size_is_a_clear_error(resource, row, admin):
    wrong = admin.patch(api(resource, f"{row.pk}/"), {"version": 99_999}, content_type="application/json")
    assert wrong.status_code == 400
    assert admin.get(api(resource), {"after": "!!"}).status_code == 400
    assert admin.get(api(resource), {"page_size": "0"}).status_code == 400


def test_every_offered_step_names_what_stands_in_its_way(resource, row, admin):
    offered = admin.get(api(resource, f"{row.pk}/moves/"))
    assert offered.status_code == (404 if resource.model.lifecycle is None else 200)
    for step in offered.json() if resource.model.lifecycle is not None else ():
        assert {"name", "label", "inputs", "required", "needs_reason", "reasons", "warnings"} == set(step)
    answer = admin.post(api(resource, f"{row.pk}/moves/no-such-step/"), {}, content_type="application/json")
    assert answer.status_code == 404


def test_history_and_timeline_answer(resource, row, admin):
    assert admin.get(api(resource, f"{row.pk}/history/")).status_code == 200
    assert admin.get(api(resource, f"{row.pk}/timeline/")).status_code == 200


def test_without_a_key_the_door_is_shut(resource, row, client):
    assert client.get(api(resource)).status_code in (401, 403)
    assert client.get(api(resource), headers={"authorization": "Bearer oc_wrong"}).status_code == 401
