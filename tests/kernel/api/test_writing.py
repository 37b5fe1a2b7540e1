"""Writing through the API: the one write path, with its reasons as errors."""

from __future__ import annotations

import pytest

from opscharter.kernel.audit.models import AuditEntry
from opscharter.kernel.controls.models import GuardDecision
from tests.kernel.library import make_paper, make_shelf
from tests.kernel.testapp.models import Paper, Shelf, Topic

pytestmark = pytest.mark.django_db
PAPERS = "/api/v1/library/papers/"
JSON = {"content_type": "application/json"}


def errors(answer) -> list[tuple[str, str]]:
    """Return the fields and codes of what is wrong."""
    return [(error["field"], error["code"]) for error in answer.json()["errors"]]


def test_a_record_is_created_with_its_relations_number_and_audit(browser, librarian, system):
    shelf, topics = make_shelf(system), [Topic(name=name).save_as(system) for name in ("Time", "Sea")]
    sent = {"title": "Tides", "cost": "9.90", "words": ["sea"], "shelf": shelf.pk, "topics": [t.pk for t in topics]}
    answer = browser.post(PAPERS, sent, **JSON)
    assert answer.status_code == 201
    body = answer.json()
    paper = Paper.objects.get(pk=body["id"])
    assert (body["number"], body["state"], body["version"]) == (paper.number, "draft", 1)
    assert (body["shelf_label"], body["topics"]) == ("North", [topic.pk for topic in topics])
    entry = AuditEntry.objects.get(record_id=paper.pk, action="create", record_type="testapp.paper")
    assert (entry.user_id, entry.via, entry.address) == (librarian.user_id, "api", "127.0.0.1")


@pytest.mark.parametrize(
    ("sent", "wrong"),
    [
        ({}, [("title", "required")]),
        ({"title": "A" * 200}, [("title", "max_length")]),
        ({"title": "Tides", "pages": -1}, [("pages", "min_value")]),
        ({"title": "Tides", "cost": "1.234"}, [("cost", "max_decimal_places")]),
        ({"title": "Tides", "shelf": 99}, [("shelf", "does_not_exist")]),
        ({"title": "Tides", "shelf": 10**30}, [("shelf", "does_not_exist")]),
        ({"title": "Tides", "colour": 1, "state": "review"}, [("colour", "unknown"), ("state", "unknown")]),
        ({"title": "LOUD"}, [("title", "invalid")]),
        ([], [("", "invalid")]),
    ],
)
def test_what_is_wrong_is_named_by_field(browser, sent, wrong):
    answer = browser.post(PAPERS, sent, **JSON)
    assert answer.status_code == 400
    assert errors(answer) == wrong
    assert not Paper.objects.exists()


def test_what_is_not_json_is_refused_in_the_same_shape(browser):
    assert errors(browser.post(PAPERS, "{", **JSON)) == [("", "parse_error")]
    assert errors(browser.post(PAPERS, {"title": "Tides"})) == [("", "unsupported_media_type")]


def test_uniqueness_is_judged_by_the_write_path(browser, system):
    shelf = make_shelf(system)
    make_paper(system, "Tides", shelf=shelf)
    answer = browser.post(PAPERS, {"title": "Tides", "shelf": shelf.pk}, **JSON)
    assert (answer.status_code, errors(answer)) == (400, [("", "unique_together")])
    answer = browser.post("/api/v1/library/shelves/", {"name": "North"}, **JSON)
    assert (answer.status_code, errors(answer)) == (400, [("name", "unique")])
    assert Shelf.objects.count() == 1


def test_a_guard_refuses_with_its_clause_and_the_refusal_is_kept(browser):
    answer = browser.post(PAPERS, {"title": "Untitled"}, **JSON)
    assert answer.status_code == 409
    assert answer.json()["errors"] == [
        {
            "field": "", "message": "A paper is not called Untitled.", "code": "refused", "control": "testapp.titled",
            "clause": "9.1.3",
        }
    ]  # fmt: skip
    assert GuardDecision.objects.filter(guard="testapp.titled", outcome="refused").count() == 1


def test_relations_accept_only_rows_within_ones_scope(sign_in, make_actor, system):
    topic = Topic(name="Time").save_as(system)
    shelf = make_shelf(system)
    client = sign_in(make_actor(("testapp.paper", "*", "all"), ("testapp.topic", "view", "all")))
    answer = client.post(PAPERS, {"title": "Tides", "shelf": shelf.pk, "topics": [topic.pk]}, **JSON)
    assert errors(answer) == [("shelf", "does_not_exist")]
    assert client.post(PAPERS, {"title": "Tides", "topics": [topic.pk]}, **JSON).status_code == 201
    topic.archive_as(system, reason="old")
    answer = client.post(PAPERS, {"title": "Winds", "topics": [topic.pk]}, **JSON)
    assert errors(answer) == [("topics", "does_not_exist")]


def test_only_the_fields_sent_are_changed(browser, system):
    paper = make_paper(system, cost=3)
    answer = browser.patch(f"{PAPERS}{paper.pk}/", {"title": "On dials"}, **JSON)
    assert answer.status_code == 200
    assert (answer.json()["title"], answer.json()["cost"], answer.json()["version"]) == ("On dials", "3.00", 2)
    assert answer.headers["ETag"] == '"2"'


def test_relations_to_many_are_replaced_and_emptied(browser, system):
    paper, topic = make_paper(system), Topic(name="Time").save_as(system)
    address = f"{PAPERS}{paper.pk}/"
    assert browser.patch(address, {"topics": [topic.pk]}, **JSON).json()["topics"] == [topic.pk]
    assert browser.patch(address, {"topics": []}, **JSON).json()["topics"] == []


@pytest.mark.parametrize("in_header", [True, False])
def test_changes_of_different_fields_merge_and_of_the_same_field_are_shown(browser, system, in_header):
    paper = make_paper(system, cost=3)
    address = f"{PAPERS}{paper.pk}/"
    browser.patch(address, {"title": "Theirs"}, **JSON)

    def late(sent):
        if in_header:
            return browser.patch(address, sent, **JSON, headers={"if-match": '"1"'})
        return browser.patch(address, {**sent, "version": 1}, **JSON)

    answer = late({"title": "Mine"})
    assert answer.status_code == 409
    (error,) = answer.json()["errors"]
    assert (error["field"], error["code"], error["base"]) == ("title", "conflict", "On clocks")
    assert (error["theirs"], error["mine"], answer.json()["version"]) == ("Theirs", "Mine", 2)
    merged = late({"pages": 8})
    assert merged.status_code == 200
    assert (merged.json()["title"], merged.json()["pages"], merged.json()["version"]) == ("Theirs", 8, 3)


@pytest.mark.parametrize("version", [0, -1, 99, "x", "²", 10**30, [1], True])
def test_a_version_that_never_was_is_refused(browser, system, version):
    paper = make_paper(system)
    answer = browser.patch(f"{PAPERS}{paper.pk}/", {"title": "New", "version": version}, **JSON)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == "version"
    assert Paper.objects.get().title == "On clocks"


def test_any_version_will_do_for_a_star(browser, system):
    paper = make_paper(system)
    answer = browser.patch(f"{PAPERS}{paper.pk}/", {"pages": 5}, **JSON, headers={"if-match": "*"})
    assert answer.status_code == 200


def test_a_record_that_one_gives_away_is_still_answered_once(sign_in, make_actor, system):
    paper = make_paper(system, author=1)
    client = sign_in(make_actor(("testapp.paper", "view", "own"), ("testapp.paper", "edit", "own"), person=1))
    answer = client.patch(f"{PAPERS}{paper.pk}/", {"author": 2}, **JSON)
    assert (answer.status_code, answer.json()["author"]) == (200, 2)
    assert client.get(f"{PAPERS}{paper.pk}/").status_code == 404


def test_a_comment_is_for_the_house_unless_said_otherwise(browser, system):
    paper = make_paper(system)
    address = f"{PAPERS}{paper.pk}/comments/"
    assert browser.post(address, {"text": " Well "}, **JSON).json() == {"text": "Well", "visibility": "internal"}
    assert browser.post(address, {"text": "Hello", "visibility": "customer"}, **JSON).status_code == 201
    told = browser.get(f"{PAPERS}{paper.pk}/timeline/").json()
    assert [(entry["text"], entry["visibility"]) for entry in told[:2]] == [("Hello", "customer"), ("Well", "internal")]
    assert errors(browser.post(address, {"text": ""}, **JSON)) == [("text", "blank")]
    assert errors(browser.post(address, {"text": "x", "visibility": "system"}, **JSON)) == [
        ("visibility", "invalid_choice")
    ]


def test_archiving_needs_a_reason(browser, system):
    paper = make_paper(system)
    address = f"{PAPERS}{paper.pk}/archive/"
    assert errors(browser.post(address, {}, **JSON)) == [("reason", "required")]
    assert errors(browser.post(address, {"reason": None}, **JSON)) == [("reason", "null")]
    assert browser.post(address, {"reason": "outdated"}, **JSON).status_code == 204
    assert browser.get(PAPERS).json()["total"] == 0
    assert browser.get(f"{PAPERS}{paper.pk}/").status_code == 200


def test_a_page_that_writes_without_its_csrf_token_is_refused(sign_in, librarian):
    signed_in = sign_in(librarian)
    signed_in.handler.enforce_csrf_checks = True
    answer = signed_in.post(PAPERS, {"title": "Tides"}, **JSON)
    assert (answer.status_code, errors(answer)) == (403, [("", "permission_denied")])
