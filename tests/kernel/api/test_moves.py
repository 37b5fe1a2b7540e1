"""Steps of a record's life through the API."""

from __future__ import annotations

import pytest

from opscharter.kernel.controls.models import GuardDecision
from tests.kernel.library import make_paper, make_shelf
from tests.kernel.testapp.models import Paper

pytestmark = pytest.mark.django_db
PAPERS = "/api/v1/library/papers/"
JSON = {"content_type": "application/json"}


def step(browser, paper, name, **sent):
    """Take a step."""
    return browser.post(f"{PAPERS}{paper.pk}/moves/{name}/", sent, **JSON)


def test_the_steps_on_offer_say_what_stands_in_their_way(browser, system):
    paper = make_paper(system, body="Too short", pages=None)
    (offer,) = browser.get(f"{PAPERS}{paper.pk}/moves/").json()
    assert (offer["name"], offer["inputs"], offer["required"], offer["needs_reason"]) == (
        "submit",
        ["pages"],
        [],
        False,
    )
    assert [(reason["control"], reason["clause"]) for reason in offer["reasons"]] == [
        ("testapp.long-enough", "9.1.1"), ("testapp.complete", "9.1.2"),
    ]  # fmt: skip


def test_only_steps_one_may_take_with_this_very_row_are_on_offer(sign_in, make_actor, system):
    mine, other = make_paper(system, author=1), make_paper(system, "Other", author=2)
    client = sign_in(make_actor(("testapp.paper", "view", "all"), ("testapp.paper", "submit", "own"), person=1))
    names = lambda paper: [offer["name"] for offer in client.get(f"{PAPERS}{paper.pk}/moves/").json()]  # noqa: E731
    assert (names(mine), names(other)) == (["submit"], [])
    assert step(client, other, "submit").status_code == 404
    assert step(client, mine, "submit").status_code == 200


def test_a_step_is_taken_with_its_inputs(browser, system):
    paper = make_paper(system, pages=None)
    answer = step(browser, paper, "submit", pages=12)
    assert answer.status_code == 200
    assert (answer.json()["state"], answer.json()["pages"], answer.json()["version"]) == ("review", 12, 2)
    assert Paper.objects.get().stamp == "12 pages"


def test_a_refused_step_answers_every_reason_with_its_clause_and_changes_nothing(browser, system):
    paper = make_paper(system, body="Too short", pages=None, author=None)
    answer = step(browser, paper, "submit")
    assert answer.status_code == 409
    found = [(error["message"], error["control"], error["clause"], error["code"]) for error in answer.json()["errors"]]
    assert found == [
        ("The body has fewer than 3 words.", "testapp.long-enough", "9.1.1", "refused"),
        ("The pages are not counted.", "testapp.complete", "9.1.2", "refused"),
        ("The paper has no author.", "testapp.complete", "9.1.2", "refused"),
    ]
    assert Paper.objects.get().state == "draft"
    assert GuardDecision.objects.filter(outcome="refused").count() == 3


def test_inputs_are_read_by_the_fields_own_rules(browser, system):
    paper = make_paper(system)
    for sent, field in (
        ({"pages": "many"}, "pages"),
        ({"pages": -1}, "pages"),
        ({"body": "x"}, "body"),
        ({"hue": 1}, "hue"),
    ):
        answer = step(browser, paper, "submit", **sent)
        assert answer.status_code == 400
        assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert browser.post(f"{PAPERS}{paper.pk}/moves/submit/", [], **JSON).status_code == 400


def test_an_input_of_another_step_is_not_taken(browser, system):
    answer = step(browser, make_paper(system), "submit", shelf=make_shelf(system).pk)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == "shelf"


def test_required_inputs_must_be_given_and_lie_within_ones_scope(browser, system):
    paper = make_paper(system)
    step(browser, paper, "submit")
    assert [error["field"] for error in step(browser, paper, "publish").json()["errors"]] == ["shelf"]
    assert step(browser, paper, "publish", shelf=99).status_code == 400
    answer = step(browser, paper, "publish", shelf=make_shelf(system).pk)
    assert (answer.json()["state"], answer.json()["shelf_label"]) == ("published", "North")


@pytest.mark.parametrize("reason", [None, "", "  "])
def test_a_step_that_needs_a_reason_is_not_taken_without_one(browser, system, reason):
    paper = make_paper(system)
    step(browser, paper, "submit")
    assert step(browser, paper, "return", reason=reason).status_code in (400, 409)
    assert Paper.objects.get().state == "review"
    assert step(browser, paper, "return", reason="unfinished").status_code == 200


def test_a_step_out_of_its_state_is_refused(browser, system):
    answer = step(browser, make_paper(system), "return", reason="why not")
    assert answer.status_code == 409
    assert "draft" in answer.json()["errors"][0]["message"]


def test_steps_that_jobs_take_and_steps_that_do_not_exist_are_nothing(browser, system):
    paper = make_paper(system)
    assert step(browser, paper, "weigh", cost=3).status_code == 404
    assert step(browser, paper, "burn").status_code == 404
    assert browser.get("/api/v1/library/shelves/1/moves/").status_code == 404
