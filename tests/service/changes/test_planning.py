"""Writing a plan on the change's page: steps in order, votes void, nothing altered once it has begun."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.exceptions import ValidationError

from opscharter.kernel import moment
from opscharter.kernel.access.actor import system_actor
from opscharter.kernel.approvals.requests import latest
from opscharter.kernel.errors import Refused
from opscharter.service.changes import planning, timebar
from opscharter.service.changes.guards import steps_of
from opscharter.service.changes.models import Change, ChangeTask
from opscharter.service.changes.panels import experience
from tests.service.changes.conftest import TONIGHT, acting, approve, assess, browser_of
from tests.service.changes.test_measures import finished_tonight

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)


def actions(change, phase="plan"):
    return [(step.position, step.action) for step in steps_of(change, phase)]


@pytest.fixture
def planned(change):
    """Return a change in planning with two steps and a way back of two."""
    return assess(change())


@pytest.fixture
def page(doer, planned):
    """Return a way to write the plan as the engineer: `page(do="up", step=…)`."""
    client = browser_of(doer)
    return lambda **given: client.post(f"/service/changes/{planned.pk}/plan/", given, follow=True)


def test_a_step_is_added_at_the_end_by_the_engineer_unless_another_is_named(page, planned, doer):
    page(do="add", phase="plan", action="Watch", minutes="15", expected="quiet", go_no_go="1")
    step = steps_of(planned, "plan")[-1]
    assert (step.position, step.action, step.minutes, step.expected) == (3, "Watch", 15, "quiet")
    assert (step.owner, step.go_no_go) == (doer, True)


def test_steps_are_moved_up_and_down_and_close_up_when_one_is_taken_away(page, planned):
    first, second = steps_of(planned, "plan")
    page(do="up", step=second.pk)
    assert actions(planned) == [(1, "plan 2"), (2, "plan 1")]
    page(do="down", step=second.pk)
    assert actions(planned) == [(1, "plan 1"), (2, "plan 2")]
    page(do="remove", step=first.pk)
    assert actions(planned) == [(1, "plan 2")]
    assert "It cannot be moved further." in page(do="up", step=second.pk).content.decode()


def test_what_is_wrong_with_a_step_is_said_and_nothing_is_stored(page, planned):
    answer = page(do="add", phase="plan", action="", minutes="0")
    assert "what is done: This field is required." in answer.content.decode()
    assert len(actions(planned)) == 2


def test_two_people_who_alter_different_parts_of_a_step_are_merged_and_the_same_part_is_shown(page, planned):
    step = steps_of(planned, "plan")[0]
    said = {"do": "alter", "step": step.pk, "version": step.version, "action": step.action, "expected": step.expected}
    page(**said, minutes="25", owner=step.owner_id)
    answer = page(**said, minutes="40", owner=step.owner_id)
    assert "Somebody else changed it meanwhile." in answer.content.decode()
    page(**{**said, "expected": "calm"}, minutes=step.minutes, owner=step.owner_id)
    step.refresh_from_db()
    assert (step.minutes, step.expected) == (25, "calm")


@pytest.mark.parametrize("alter", ["add", "alter", "remove", "up"])
def test_altering_the_plan_in_any_way_voids_the_votes(planned, page, manager, board, alter):
    planned.move("propose", acting(board[0]))
    request = latest(planned, "approve")
    assert request.state == "open"
    step = steps_of(planned, "plan")[1]
    page(do=alter, phase="plan", step=step.pk, action="Other", minutes="10", owner=step.owner_id)
    request.refresh_from_db()
    assert request.state == "void"


def test_the_point_of_no_return_follows_a_step_of_the_way_back_taken_away(planned, page):
    assert planned.point_of_no_return == planned.window_end - 20 * MINUTE
    page(do="remove", step=steps_of(planned, "rollback")[0].pk)
    planned.refresh_from_db()
    assert planned.point_of_no_return == planned.window_end - 10 * MINUTE


def test_once_begun_the_plan_stands_by_every_path(planned, page, manager):
    approve(planned, manager)
    with moment.at(TONIGHT):
        planned.move("start", acting(planned.engineer))
        step = steps_of(planned, "plan")[1]
        with pytest.raises(Refused, match="can no longer be altered"):
            step.archive_as(system_actor(), reason="skip it")
        with pytest.raises(ValidationError):
            planning.add_step(planned, system_actor(), "plan", {"action": "One more", "minutes": 5})
        planned.refresh_from_db()
        planned.window_end = planned.window_end + 60 * MINUTE
        with pytest.raises(ValidationError, match="can no longer be moved"):
            planned.save_as(system_actor())
        answer = page(do="remove", step=step.pk)
    assert "can no longer be altered" in answer.content.decode()
    assert len(actions(planned)) == 2


def test_a_plan_one_may_not_edit_does_not_exist(planned, person):
    stranger = browser_of(person("Zoe", "hotline"))
    assert stranger.post(f"/service/changes/{planned.pk}/plan/", {"do": "add"}).status_code == 404
    assert "change-plan" not in stranger.get(f"/service/changes/{planned.pk}/").content.decode()
    assert (
        f"/service/changes/{planned.pk}/plan/" not in stranger.get(f"/service/changes/{planned.pk}/").content.decode()
    )


def test_a_step_of_another_change_is_not_reached_through_this_one(planned, change, page):
    other = change(title="Other")
    assert page(do="remove", step=steps_of(other, "plan")[0].pk).status_code == 404


def test_the_bar_shows_plan_way_back_and_the_point_of_no_return_to_scale(planned):
    bar = timebar.draw(planned, steps_of(planned, "plan"), steps_of(planned, "rollback"))
    drawn = [(round(piece.left, 1), round(piece.width, 1), piece.tone) for piece in bar.planned]
    assert drawn == [(0.0, 5.6, "b"), (5.6, 5.6, "b"), (88.9, 11.1, "a")]
    assert [(mark.label, round(mark.left, 1)) for mark in bar.marks] == [("no return from 00:40", 88.9)]
    assert (bar.spare, bar.overfull) == (140, False)
    assert bar.sentence.endswith("The point of no return is 00:40.")


def test_a_plan_longer_than_its_window_is_said_to_be_so(change):
    crowded = change(plan=12, minutes=20)
    bar = timebar.draw(crowded, steps_of(crowded, "plan"), steps_of(crowded, "rollback"))
    assert bar.overfull
    assert "100 minutes too many." in bar.sentence


def test_a_free_window_is_taken_by_its_button_and_stands_in_nobodys_way(change, doer):
    assess(change(title="First"))
    second = assess(change(title="Second"))
    client = browser_of(doer)
    shown = client.get(f"/service/changes/{second.pk}/").content.decode()
    assert "180 minutes at the same time on db-01" in shown
    start = client.get(f"/api/v1/service/changes/{second.pk}/slots/").json()[0]["window_start"]
    client.post(f"/service/changes/{second.pk}/window/", {"start": start})
    second.refresh_from_db()
    assert (second.window_start, second.window_end) == (TONIGHT + 180 * MINUTE, TONIGHT + 360 * MINUTE)
    assert client.get(f"/api/v1/service/changes/{second.pk}/conflicts/").json() == []
    assert "Nothing stands in the way of this window." in client.get(f"/service/changes/{second.pk}/").content.decode()


def test_the_api_names_each_conflict_with_its_assets(change, doer):
    first, second = assess(change(title="First")), assess(change(title="Second"))
    told = browser_of(doer).get(f"/api/v1/service/changes/{second.pk}/conflicts/").json()
    assert [(each["kind"], each["minutes"], each["assets"], each["url"]) for each in told] == [
        ("asset", 180, ["db-01"], f"/service/changes/{first.pk}/")
    ]


def test_the_assessment_tells_what_the_house_has_seen_on_these_assets(change, manager):
    finished_tonight(change(title="Before"), manager)
    known = experience(change(title="Now"))
    assert (known["done"], known["failed"], known["assets"], known["hanging"]) == (1, 0, 1, 0)


def test_steps_are_kept_not_deleted(page, planned):
    page(do="remove", step=steps_of(planned, "plan")[0].pk)
    assert ChangeTask.objects.filter(change=planned, archived_at__isnull=False).count() == 1
    assert Change.objects.get(pk=planned.pk).state == "PLANNING"
