"""What changes ask of whom: each finds it in "my work" with its clause and its deadline."""

from __future__ import annotations

import datetime as dt

import pytest

from opscharter.kernel import moment
from opscharter.kernel.access.actor import system_actor
from opscharter.service.changes.models import BoardMeeting
from opscharter.service.changes.tasks import change_tasks
from tests.service.changes.conftest import MONDAY_NINE, TONIGHT, acting, approve, assess

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def told(person):
    return [(str(task.verb), task.url, task.due) for task in change_tasks(acting(person))]


def test_the_manager_is_asked_to_assess_and_the_engineer_to_plan(change, manager, doer):
    asked = change()
    asked.move("submit", system_actor())
    url = f"/service/changes/{asked.pk}/"
    assert (told(manager), told(doer)) == ([("Assess", url, None)], [])
    asked.move("assess", system_actor(), feasibility="feasible", likelihood=1, impact=1)
    assert (told(manager), told(doer)) == ([], [("Plan", url, TONIGHT)])


def test_an_approved_change_waits_for_its_engineer_and_once_begun_for_everyone_who_has_a_step(
    change, manager, doer, person
):
    made, helper = assess(change()), person("Han", "engineer")
    step = made.steps.filter(phase="rollback").first()
    step.owner = helper
    step.save_as(system_actor())
    made.refresh_from_db()
    made = approve(made, manager)
    screen = f"/service/changes/{made.pk}/execution/"
    assert (told(doer), told(helper)) == ([("Carry out", screen, TONIGHT)], [])
    with moment.at(TONIGHT):
        made.move("start", acting(doer))
        assert told(doer) == told(helper) == [("Carry out", screen, made.window_end)]


def test_after_a_failure_the_manager_verifies_and_the_engineer_holds_the_review_in_three_working_days(
    change, manager, doer
):
    made = approve(assess(change()), manager)
    with moment.at(TONIGHT):
        made.move("start", acting(doer))
        made.move("fail", acting(doer), reason="no answer")
    url, due = f"/service/changes/{made.pk}/", TONIGHT + 3 * DAY
    assert told(doer) == [("Hold the review", url, due)]
    assert told(manager) == [("Verify", url, due)]


def test_a_meeting_is_prepared_by_all_and_its_minutes_written_by_the_chair(board):
    meets = MONDAY_NINE + DAY
    meeting = BoardMeeting(subject="Weekly", meets_at=meets, chair=board[0])
    meeting.save_as(system_actor(), links={"attendees": board[:2]})
    url = f"/service/board-meetings/{meeting.pk}/"
    assert told(board[0]) == told(board[1]) == [("Prepare", url, meets)]
    assert told(board[2]) == []
    with moment.at(meets + DAY):
        assert told(board[0]) == [("Write the minutes", url, meets)]
        assert told(board[1]) == []
