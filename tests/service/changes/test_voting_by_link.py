"""Voting by the link of a message: looking changes nothing, and the rules are those of the page."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.core import mail
from django.test import Client

from opscharter.kernel import moment
from opscharter.kernel.access.actor import system_actor
from opscharter.kernel.approvals.models import ApprovalPolicy, ApprovalRequest, Vote
from opscharter.kernel.approvals.requests import latest, vote, withdraw
from opscharter.kernel.audit.models import AuditEntry
from opscharter.kernel.notices.answering import link_of
from opscharter.kernel.notices.models import Channel, Delivery, Notice
from opscharter.kernel.notices.sending import deliver_due
from opscharter.kernel.web.history import said_way
from opscharter.organization.models import Delegation
from tests.service.changes.conftest import MONDAY_NINE, acting, assess, browser_of

pytestmark = pytest.mark.django_db
ASKED = "kernel.approval-asked"


@pytest.fixture
def asked(change, board, manager):
    """Return a dangerous change that the board of five is asked about."""
    made = assess(change(), likelihood=4, impact=4)
    made.move("propose", acting(manager))
    return made


def link_to(employee):
    """Return the path of the link in the message to somebody."""
    notice = Notice.objects.filter(type=ASKED, user=employee.user).latest("pk")
    return "/answers/" + link_of(notice).split("/answers/")[1]


def stranger():
    """Return a browser in which nobody has signed in."""
    return Client(headers={"accept-language": "en"}, enforce_csrf_checks=False)


def everything():
    """Return what looking could have changed."""
    return (
        list(ApprovalRequest.objects.values()), Vote.objects.count(), AuditEntry.objects.count(),
        list(Notice.objects.values("pk", "read_at")),
    )  # fmt: skip


def test_everybody_whose_turn_it_is_is_told_once_and_nobody_else(asked, board, manager, doer):
    told = set(Notice.objects.filter(type=ASKED).values_list("user__display_name", flat=True))
    assert told == {"Ann", "Ben", "Cai", "Dan", "Eve"}


def test_looking_with_any_number_of_scanners_changes_nothing_and_shows_what_is_decided(asked, board):
    before = everything()
    for _look in range(3):
        page = stranger().get(link_to(board[0]))
        assert stranger().head(link_to(board[0])).status_code == 200
    assert page.status_code == 200
    shown = page.content.decode()
    assert "plan 1" in shown
    assert "db-01" in shown
    assert 'value="approve"' in shown
    assert everything() == before
    assert page.headers["Cache-Control"] == "no-store"


def test_pressing_the_button_votes_as_the_person_with_the_way_in_the_trail(asked, board):
    page = stranger().post(link_to(board[0]), {"answer": "approve"})
    assert page.status_code == 200
    assert "Answered: approve" in page.content.decode()
    cast = Vote.objects.get()
    assert (cast.person, cast.seat, cast.hash) == (board[0].pk, board[0].pk, latest(asked, "approve").hash)
    entry = AuditEntry.objects.filter(action="approval:vote:approve").get()
    assert (entry.via, entry.user, entry.address) == ("link", board[0].user, "127.0.0.1")
    assert said_way("link") != "link"


def test_a_used_link_says_so_and_votes_no_second_time(asked, board):
    link = link_to(board[0])
    stranger().post(link, {"answer": "approve"})
    again = stranger().post(link, {"answer": "reject", "text": "on second thoughts"})
    assert again.status_code == 409
    assert "You have voted already: approve" in again.content.decode()
    assert Vote.objects.count() == 1
    look = stranger().get(link).content.decode()
    assert "You have voted already" in look
    assert "<button" not in look


def test_a_rejection_needs_words_and_keeps_what_was_typed_otherwise(asked, board):
    assert stranger().post(link_to(board[0]), {"answer": "reject", "text": " "}).status_code == 422
    assert not Vote.objects.exists()
    assert (
        stranger().post(link_to(board[0]), {"answer": "nonsense", "text": "typed"}).content.decode().count("typed") == 1
    )
    assert stranger().post(link_to(board[0]), {"answer": "reject", "text": "no way back"}).status_code == 200
    assert Vote.objects.get().comment == "no way back"


def test_a_plan_changed_since_the_message_was_sent_is_not_voted_on_and_the_new_message_is(asked, board, doer):
    old = link_to(board[0])
    asked.refresh_from_db()
    asked.rollback_trigger = "another check fails"
    asked.save_as(system_actor())
    before = Vote.objects.count()
    for answer in (stranger().get(old), stranger().post(old, {"answer": "approve"})):
        assert "changed since this message was sent" in answer.content.decode()
    assert Vote.objects.count() == before


def test_a_link_older_than_it_lives_is_refused(asked, board):
    link = link_to(board[0])
    with moment.at(MONDAY_NINE + dt.timedelta(days=14, minutes=1)):
        for answer in (stranger().get(link), stranger().post(link, {"answer": "approve"})):
            assert answer.status_code == 410
            assert "no longer valid" in answer.content.decode()
            assert "db-01" not in answer.content.decode()
    assert not Vote.objects.exists()


def test_somebody_else_who_has_signed_in_neither_sees_nor_votes(asked, board):
    link = link_to(board[0])
    browser = browser_of(board[1])
    look = browser.get(link)
    assert look.status_code == 403
    assert "Tune the database" not in look.content.decode()
    assert browser.post(link, {"answer": "approve"}).status_code == 403
    assert not Vote.objects.exists()


@pytest.mark.parametrize(
    "alter", [lambda token: token[:-2] + "xx", lambda token: "x" + token, lambda token: "nonsense"]
)
def test_an_altered_link_opens_nothing(asked, board, alter):
    token = link_to(board[0]).split("/")[2]
    assert stranger().get(f"/answers/{alter(token)}/").status_code == 410
    assert stranger().post(f"/answers/{alter(token)}/", {"answer": "approve"}).status_code == 410


def test_the_link_of_somebody_whose_account_is_closed_opens_nothing(asked, board):
    link = link_to(board[0])
    board[0].user.is_active = False
    board[0].user.save()
    assert stranger().post(link, {"answer": "approve"}).status_code == 410
    assert not Vote.objects.exists()


def test_a_decided_question_says_so_to_who_comes_late(asked, board):
    link = link_to(board[4])
    for voter in board[:3]:
        vote(latest(asked, "approve"), asked, acting(voter), "approve")
    answer = stranger().post(link, {"answer": "reject", "text": "too late"})
    assert answer.status_code == 409
    assert "This approval is decided: approved" in answer.content.decode()


def test_a_question_taken_back_says_so(asked, board, manager):
    link = link_to(board[0])
    withdraw(latest(asked, "approve"), asked, acting(manager))
    assert "taken back" in stranger().get(link).content.decode()
    assert stranger().post(link, {"answer": "approve"}).status_code == 409


def test_the_requester_has_no_link_and_a_deputy_of_the_requester_neither(change, board, person):
    made = assess(change(), likelihood=4, impact=4)
    deputy = person("Fay", "advisory-board", "engineer")
    today = MONDAY_NINE.date()
    Delegation(person=board[0], deputy=deputy, valid_from=today, valid_to=today, reason="leave").save_as(system_actor())
    made.move("propose", acting(board[0]))
    told = set(Notice.objects.filter(type=ASKED).values_list("user__display_name", flat=True))
    assert told == {"Ben", "Cai", "Dan", "Eve"}


def test_a_deputy_is_told_and_votes_for_the_seat_by_the_link(change, board, person, manager):
    deputy = person("Gus", "engineer")
    today = MONDAY_NINE.date()
    Delegation(person=board[2], deputy=deputy, valid_from=today, valid_to=today, reason="leave").save_as(system_actor())
    made = assess(change(), likelihood=4, impact=4)
    made.move("propose", acting(manager))
    assert stranger().post(link_to(deputy), {"answer": "approve"}).status_code == 200
    cast = Vote.objects.get()
    assert (cast.person, cast.seat) == (deputy.pk, board[2].pk)
    assert stranger().post(link_to(board[2]), {"answer": "approve"}).status_code == 409


def test_a_person_of_two_steps_votes_in_each_by_the_link_of_each(change, board, manager, person):
    policy = ApprovalPolicy(
        name="Twice", record_type="service.change", action="approve", rank=1,
        steps=[{"person": board[0].pk}, {"person": board[0].pk, "quorum": 1}],
    )  # fmt: skip
    policy.save_as(system_actor())
    made = assess(change())
    made.move("propose", acting(manager))
    first = link_to(board[0])
    assert stranger().post(first, {"answer": "approve"}).status_code == 200
    assert stranger().post(first, {"answer": "approve"}).status_code == 409
    assert latest(made, "approve").state == "open"
    assert link_to(board[0]) != first
    assert stranger().post(link_to(board[0]), {"answer": "approve"}).status_code == 200
    assert latest(made, "approve").state == "approved"


def test_a_policy_may_keep_its_votes_behind_the_sign_in(change, board, manager):
    policy = ApprovalPolicy.objects.get(record_type="service.change", action="approve", conditions__0__0="risk")
    policy.by_link = False
    policy.save_as(system_actor())
    made = assess(change(), likelihood=4, impact=4)
    made.move("propose", acting(manager))
    notice = Notice.objects.filter(type=ASKED).first()
    assert notice is not None
    assert link_of(notice) == ""


def test_mail_and_chat_carry_the_link_in_the_readers_language(asked, board, monkeypatch):
    board[0].user.language = "zh-hans"
    board[0].user.save()
    chat: list[str] = []
    monkeypatch.setattr("apprise.Apprise.notify", lambda self, title, body: chat.append(body) or True)
    notice = Notice.objects.get(type=ASKED, user=board[0].user)
    for kind, address in (("email", "ann@test.example"), ("apprise", "json://chat.example/hook")):
        channel = Channel.objects.create(user=board[0].user, kind=kind, address=address)
        Delivery.objects.create(notice=notice, channel=channel, not_before=moment.now())
    assert deliver_due.call() == 2
    for body in (mail.outbox[0].body, chat[0]):
        link = re.search(r"/answers/\S+/", body)
        assert link is not None
        assert "提出" in body
        page = stranger().get(link[0]).content.decode()
        assert "批准" in page
        assert "Approve" not in page
