"""The execution screen and the API of the same: step by step by the one write path, whoever comes second is told."""

from __future__ import annotations

import datetime as dt

import pytest

from opscharter.kernel import moment
from opscharter.service.changes.guards import steps_of
from tests.service.changes.conftest import TONIGHT, acting, approve, assess, browser_of

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def started(change, manager, doer):
    """Return a change under way since 22:00, with a go or no-go after its first step."""
    made = change()
    step = steps_of(made, "plan")[0]
    step.go_no_go = True
    step.save_as(acting(manager))
    made.refresh_from_db()
    made = approve(assess(made), manager)
    with moment.at(TONIGHT):
        return made.move("start", acting(doer))


def at(minutes):
    return moment.at(TONIGHT + minutes * MINUTE)


def results(change, phase="plan"):
    return [step.result for step in steps_of(change, phase)]


def test_a_change_is_carried_out_step_by_step_with_its_times(started, doer):
    client = browser_of(doer)
    screen = f"/service/changes/{started.pk}/execution/"
    one, two = steps_of(started, "plan")

    def do(step, what, **more):
        return client.post(f"/service/change-tasks/{step.pk}/carry-out/", {"do": what, **more}, follow=True)

    with at(1):
        assert "Begin the step" in client.get(screen).content.decode()
        do(one, "begin")
    with at(9):
        do(one, "done")
    with at(10):
        assert "Go or no-go?" in client.get(screen).content.decode()
        assert "somebody must give the go" in do(two, "begin").content.decode()
        do(one, "go")
        do(two, "begin")
    with at(40):
        do(two, "done")
        assert "took longer than the 10 min planned" in client.get(screen).content.decode()
        refused = client.post(f"/service/changes/{started.pk}/execution/move/", {"move": "finish"}, follow=True)
        assert "§3.4.3" in refused.content.decode()
        do(two, "explain", deviation="the index took long")
        client.post(f"/service/changes/{started.pk}/execution/move/", {"move": "finish"})
    started.refresh_from_db()
    assert (started.state, started.outcome) == ("REVIEW", "done")
    one.refresh_from_db()
    assert (one.began_at, one.ended_at, one.go_by) == (TONIGHT + MINUTE, TONIGHT + 9 * MINUTE, doer)


def test_a_failed_step_leads_to_the_way_back_which_is_timed_too(started, doer):
    client = browser_of(doer)
    one = steps_of(started, "plan")[0]
    with at(1):
        client.post(f"/service/change-tasks/{one.pk}/carry-out/", {"do": "begin"})
    with at(5):
        unexplained = client.post(f"/service/change-tasks/{one.pk}/carry-out/", {"do": "failed"}, follow=True)
        assert "Explain why the step failed" in unexplained.content.decode()
        client.post(f"/service/change-tasks/{one.pk}/carry-out/", {"do": "failed", "deviation": "no answer"})
        client.post(f"/service/changes/{started.pk}/execution/move/", {"move": "roll-back", "reason": "step 1 failed"})
    for number, step in enumerate(steps_of(started, "rollback")):
        with at(6 + 10 * number):
            client.post(f"/service/change-tasks/{step.pk}/carry-out/", {"do": "begin"})
        with at(14 + 10 * number):
            client.post(f"/service/change-tasks/{step.pk}/carry-out/", {"do": "done"})
    with at(26):
        client.post(f"/service/changes/{started.pk}/execution/move/", {"move": "rolled-back"})
        assert client.get(f"/service/changes/{started.pk}/execution/").status_code == 200
    started.refresh_from_db()
    assert (started.outcome, results(started, "rollback")) == ("rolled-back", ["done", "done"])
    assert started.caused_incident is not None
    assert started.review_due_at is not None


def test_the_api_carries_out_the_same_steps_and_refuses_whoever_comes_second(started, doer, manager):
    first, second = browser_of(doer), browser_of(manager)
    one, two = steps_of(started, "plan")

    def call(client, step, what, body=None):
        url = f"/api/v1/service/change-tasks/{step.pk}/{what}/"
        return client.post(url, body or {}, content_type="application/json")

    with at(1):
        assert call(first, one, "begin").json()["result"] == "running"
        again = call(second, one, "begin")
        assert again.status_code == 409
        assert again.json()["errors"][0]["control"] == "change.follow-the-plan"
        assert call(second, two, "begin").status_code == 409, "one after the other"
        assert call(first, one, "end", {"result": "failed"}).status_code == 409, "a failure is explained"
        assert call(first, one, "end", {"result": "exploded"}).status_code == 400
        assert call(first, one, "end", {"result": "done"}).json()["ended_at"] is not None
        assert call(second, one, "end", {"result": "failed", "deviation": "x"}).status_code == 409, "it has its result"
        assert call(second, one, "go").json()["go_at"] is not None
        assert call(first, two, "begin").status_code == 200
        assert call(first, two, "explain", {"deviation": "slower"}).json()["deviation"] == "slower"
    assert results(started) == ["done", "running"]


def test_who_may_not_carry_out_reads_the_screen_and_touches_nothing(started, person):
    reader = browser_of(person("Zoe", "hotline"))
    shown = reader.get(f"/service/changes/{started.pk}/execution/").content.decode()
    assert "carry-out" not in shown
    step = steps_of(started, "plan")[0]
    assert reader.post(f"/service/change-tasks/{step.pk}/carry-out/", {"do": "begin"}).status_code == 404
    assert reader.post(f"/api/v1/service/change-tasks/{step.pk}/begin/").status_code == 404
    moved = reader.post(f"/service/changes/{started.pk}/execution/move/", {"move": "finish"})
    assert moved.status_code == 404
    assert results(started) == ["pending", "pending"]


def test_the_stamp_differs_as_soon_as_anybody_has_done_anything(started, doer):
    client = browser_of(doer)
    screen = f"/service/changes/{started.pk}/execution/"
    with at(1):
        before = client.get(screen, {"stamp": 1}).json()["stamp"]
        assert client.get(screen, {"stamp": 1}).json()["stamp"] == before
        client.post(f"/service/change-tasks/{steps_of(started, 'plan')[0].pk}/carry-out/", {"do": "begin"})
        assert client.get(screen, {"stamp": 1}).json()["stamp"] != before


def test_the_screen_says_what_stands_in_the_way_of_the_start(change, manager, doer):
    waiting = approve(assess(change()), manager)
    shown = browser_of(doer).get(f"/service/changes/{waiting.pk}/execution/").content.decode()
    assert "The window has not opened yet." in shown
    browser_of(doer).post(f"/service/changes/{waiting.pk}/execution/move/", {"move": "start"})
    waiting.refresh_from_db()
    assert waiting.state == "APPROVED"
