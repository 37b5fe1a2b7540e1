"""Case 15: the change advisory board votes, and only the board, on exactly what it was shown."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client

from opscharter.kernel.access.actor import system_actor
from opscharter.kernel.approvals.models import Vote
from opscharter.kernel.approvals.requests import latest, open_request, vote
from opscharter.kernel.errors import Refused
from opscharter.organization.models import Delegation
from tests.service.changes.conftest import MONDAY_NINE, acting, approve, assess

pytestmark = pytest.mark.django_db


@pytest.fixture
def risky(change, board):
    """Return a change of risk 12 that one of the board has asked for, before the board of five."""
    return approve(assess(change(requester=board[0]), likelihood=3, impact=4), asker=board[0])


def test_three_of_five_approve_and_the_requesters_vote_is_refused(risky, board):
    request = latest(risky, "approve")
    assert request.policy["steps"] == [{"role": "advisory-board", "quorum": 3, "veto": True}]
    with pytest.raises(Refused, match="You may not vote here"):
        vote(request, risky, acting(board[0]), "approve")
    for member in board[1:3]:
        vote(request, risky, acting(member), "approve")
    risky.refresh_from_db()
    assert risky.state == "APPROVING"
    vote(request, risky, acting(board[3]), "approve")
    risky.refresh_from_db()
    assert risky.state == "APPROVED"
    assert risky.approved_at == MONDAY_NINE


def test_the_requester_may_not_vote_even_when_somebody_else_asks(change, board, manager):
    put = approve(assess(change(requester=board[0]), likelihood=3, impact=4), asker=manager)
    with pytest.raises(Refused, match="You may not vote here"):
        vote(latest(put, "approve"), put, acting(board[0]), "approve")


def test_one_veto_sends_it_back_to_planning_with_the_reason(risky, board):
    vote(latest(risky, "approve"), risky, acting(board[1]), "approve")
    vote(latest(risky, "approve"), risky, acting(board[2]), "reject", "no test environment")
    risky.refresh_from_db()
    assert risky.state == "PLANNING"
    assert latest(risky, "approve").state == "rejected"


@pytest.mark.parametrize("edit", ["plan", "assets", "window"])
def test_editing_plan_assets_or_window_after_two_votes_voids_them(risky, board, host, edit):
    request = latest(risky, "approve")
    for member in board[1:3]:
        vote(request, risky, acting(member), "approve")
    if edit == "plan":
        step = risky.steps.first()
        step.minutes = 11
        step.save_as(system_actor())
    elif edit == "assets":
        risky.save_as(system_actor(), links={"assets": [host]})
    else:
        risky.window_end -= dt.timedelta(minutes=30)
        risky.save_as(system_actor())
    request.refresh_from_db()
    assert request.state == "void"
    with pytest.raises(Refused):
        vote(request, risky, acting(board[3]), "approve")
    again = open_request(risky, "approve", acting(board[0]))
    assert again.votes.count() == 0


def test_a_get_by_a_mail_scanner_changes_nothing(risky, board):
    client = Client()
    client.force_login(board[1].user, backend="django.contrib.auth.backends.ModelBackend")
    before = (Vote.objects.count(), risky.version, latest(risky, "approve").state)
    base = f"/service/changes/{risky.pk}/"
    for address in ("approvals/approve/", "approvals/approve/?do=approve", "moves/approve/", "", "moves/agree/"):
        client.get(base + address)
    risky.refresh_from_db()
    assert (Vote.objects.count(), risky.version, latest(risky, "approve").state) == before


def test_decided_votes_cannot_be_changed(risky, board):
    request = latest(risky, "approve")
    for member in board[1:4]:
        vote(request, risky, acting(member), "approve")
    with pytest.raises(Refused, match="decided"):
        vote(request, risky, acting(board[1]), "reject", "changed my mind")
    assert set(Vote.objects.values_list("decision", flat=True)) == {"approve"}


def test_a_delegate_votes_once_and_a_delegate_of_the_requester_not_at_all(risky, board, person):
    deputy, other = person("Fay"), person("Gil")
    today = MONDAY_NINE.date()
    for absent, stands_in in ((board[1], deputy), (board[0], other)):
        Delegation(person=absent, deputy=stands_in, valid_from=today, valid_to=today, reason="leave").save_as(
            system_actor()
        )
    request = latest(risky, "approve")
    vote(request, risky, acting(deputy), "approve")
    for actor in (acting(deputy), acting(board[1]), acting(other)):
        with pytest.raises(Refused, match="You may not vote here"):
            vote(request, risky, actor, "approve")
    assert list(request.votes.values_list("seat", "person")) == [(board[1].pk, deputy.pk)]


def test_a_meeting_is_recorded_as_held_only_when_it_was_quorate(risky, board):
    from opscharter.service.changes.models import BoardMeeting

    meeting = BoardMeeting(subject="Weekly", meets_at=MONDAY_NINE, chair=board[1])
    meeting.save_as(system_actor(), links={"changes": [risky], "attendees": board[:2]})
    with pytest.raises(Refused, match="2 attended, 3 are needed"):
        meeting.move("hold", system_actor(), minutes="all agreed")
    meeting.save_as(system_actor(), links={"attendees": board[:3]})
    assert meeting.move("hold", system_actor(), minutes="all agreed").state == "HELD"
