"""Acceptance case 15 of the service process and case 9 of the charter, and the rules of voting around them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from opscharter.kernel.access.actor import Actor
from opscharter.kernel.approvals.models import ApprovalRequest, Vote
from opscharter.kernel.approvals.requests import latest, open_request, seat_for, vote, waiting_for, withdraw
from opscharter.kernel.audit.models import AuditEntry
from opscharter.kernel.errors import Refused
from opscharter.kernel.records.writing import obstacles
from tests.conftest import MakeActor
from tests.kernel.approvals.conftest import Member, TestDirectory
from tests.kernel.testapp.models import Paper, Section

CAB = {"role": "board", "quorum": 3, "veto": True}
pytestmark = pytest.mark.usefixtures("people")


@pytest.fixture
def asked(paper: Paper, member: Member, make_policy: Callable[..., Any]) -> ApprovalRequest:
    """Return a request that member 1 of the board of five put to it; quorum 3, veto."""
    make_policy(CAB)
    return open_request(paper, "withdraw", member(1))


def state_of(request: ApprovalRequest) -> str:
    """Return the stored state of a request."""
    return ApprovalRequest.objects.get(pk=request.pk).state


def test_case_15_three_of_the_others_approve_and_the_step_may_be_taken(
    asked: ApprovalRequest, paper: Paper, member: Member
) -> None:
    for person in (2, 3):
        vote(asked, paper, member(person), "approve")
        assert state_of(asked) == "open"
    with pytest.raises(Refused, match="still under way"):
        paper.move("withdraw", member(1))
    vote(asked, paper, member(4), "approve")
    assert state_of(asked) == "approved"
    assert paper.move("withdraw", member(1)).state == "withdrawn"


def test_case_15_the_requester_does_not_vote(asked: ApprovalRequest, paper: Paper, member: Member) -> None:
    with pytest.raises(Refused, match="request is your own"):
        vote(asked, paper, member(1), "approve")
    assert not Vote.objects.exists()
    assert list(waiting_for(member(1))) == []


def test_case_15_an_edit_after_two_votes_voids_them(asked: ApprovalRequest, paper: Paper, member: Member) -> None:
    for person in (2, 3):
        vote(asked, paper, member(person), "approve")
    paper.title = "On tides"
    paper.save_as(member(7))
    assert state_of(asked) == "void"
    assert AuditEntry.objects.filter(action="approval:void:withdraw", record_id=paper.pk).count() == 1
    with pytest.raises(Refused):
        vote(asked, paper, member(4), "approve")
    paper.title = "On clocks"
    paper.save_as(member(7))
    with pytest.raises(Refused, match="votes are void"):
        paper.move("withdraw", member(1))
    again = open_request(paper, "withdraw", member(1))
    assert again.pk != asked.pk
    for person in (2, 3, 4):
        vote(again, paper, member(person), "approve")
    assert paper.move("withdraw", member(1)).state == "withdrawn"


def test_case_15_reading_changes_nothing(asked: ApprovalRequest, paper: Paper, member: Member) -> None:
    """What a page or a mail scanner asks for: what is missing, whose seat, what waits."""
    before = list(ApprovalRequest.objects.values()), AuditEntry.objects.count()
    obstacles(paper, paper.lifecycle.move("withdraw"), member(2))
    assert seat_for(asked, member(2)) == 2
    assert list(waiting_for(member(2))) == [asked]
    assert (list(ApprovalRequest.objects.values()), AuditEntry.objects.count(), Vote.objects.count()) == (*before, 0)


@pytest.mark.parametrize("statement", ["UPDATE kernel_vote SET decision = 'reject'", "DELETE FROM kernel_vote"])
def test_case_15_votes_are_immutable(asked: ApprovalRequest, paper: Paper, member: Member, statement: str) -> None:
    vote(asked, paper, member(2), "approve")
    with pytest.raises(DatabaseError, match="only ever appended"), transaction.atomic():
        connection.cursor().execute(statement)
    assert Vote.objects.get().decision == "approve"


def test_case_15_a_decided_request_takes_no_more_votes(asked: ApprovalRequest, paper: Paper, member: Member) -> None:
    for person in (2, 3, 4):
        vote(asked, paper, member(person), "approve")
    with pytest.raises(Refused, match="is decided"):
        vote(asked, paper, member(5), "reject", "too late")
    assert state_of(asked) == "approved"


def test_case_15_a_delegate_votes_once(
    asked: ApprovalRequest, paper: Paper, member: Member, people: TestDirectory
) -> None:
    people.deputies = {8: [2, 3]}
    vote(asked, paper, member(8), "approve")
    ballot = Vote.objects.get()
    assert (ballot.person, ballot.seat, ballot.user) == (8, 2, member(8).user)
    with pytest.raises(Refused):
        vote(asked, paper, member(8), "approve")
    with pytest.raises(Refused):
        vote(asked, paper, member(2), "approve")
    vote(asked, paper, member(3), "approve")
    assert Vote.objects.count() == 2


def test_a_voter_who_is_a_delegate_too_votes_for_himself(
    asked: ApprovalRequest, paper: Paper, member: Member, people: TestDirectory
) -> None:
    people.deputies = {3: [2]}
    vote(asked, paper, member(3), "approve")
    assert Vote.objects.get().seat == 3
    with pytest.raises(Refused):
        vote(asked, paper, member(3), "approve")


def test_case_9_the_delegate_of_the_requester_is_refused_even_as_a_voter(
    asked: ApprovalRequest, paper: Paper, member: Member, people: TestDirectory
) -> None:
    people.deputies = {8: [1, 2], 5: [1]}
    for person in (8, 5):
        assert list(waiting_for(member(person))) == []
        with pytest.raises(Refused):
            vote(asked, paper, member(person), "approve")


def test_case_9_an_administrator_without_the_role_is_refused(
    asked: ApprovalRequest, paper: Paper, make_actor: MakeActor, system: Actor
) -> None:
    administrator = make_actor(("*", "*", "all"), person=50)
    for actor in (administrator, make_actor(("*", "*", "all")), system):
        with pytest.raises(Refused):
            vote(asked, paper, actor, "approve")
        with pytest.raises(Refused):
            paper.move("withdraw", actor)


def test_one_veto_is_enough(asked: ApprovalRequest, paper: Paper, member: Member) -> None:
    vote(asked, paper, member(2), "approve")
    with pytest.raises(Refused, match="needs a reason"):
        vote(asked, paper, member(3), "reject", " ")
    vote(asked, paper, member(3), "reject", "Still cited.")
    assert state_of(asked) == "rejected"
    with pytest.raises(Refused, match="was rejected"):
        paper.move("withdraw", member(1))


def test_abstaining_is_neither_and_ends_what_can_no_longer_reach_its_quorum(
    asked: ApprovalRequest, paper: Paper, member: Member
) -> None:
    vote(asked, paper, member(2), "abstain")
    assert state_of(asked) == "open"
    vote(asked, paper, member(3), "abstain")
    assert state_of(asked) == "rejected"


def test_without_veto_rejections_only_count(paper: Paper, member: Member, make_policy: Callable[..., Any]) -> None:
    make_policy({"role": "board", "quorum": 3})
    request = open_request(paper, "withdraw", member(1))
    vote(request, paper, member(2), "reject", "Still cited.")
    for person in (3, 4, 5):
        vote(request, paper, member(person), "approve")
    assert state_of(request) == "approved"


def test_steps_are_taken_in_order(paper: Paper, member: Member, make_policy: Callable[..., Any]) -> None:
    make_policy({"head_of": "unit"}, {"role": "board", "quorum": 1}, {"person": 9})
    request = open_request(paper, "withdraw", member(1))
    for person, waiting in ((6, [6]), (2, [2, 3, 4, 5]), (9, [9])):
        assert [p for p in (1, 2, 3, 4, 5, 6, 9) if request in waiting_for(member(p))] == waiting
        vote(request, paper, member(person), "approve")
    assert state_of(request) == "approved"
    assert list(request.votes.order_by("pk").values_list("step", "person")) == [(0, 6), (1, 2), (2, 9)]


def test_a_person_of_two_steps_votes_in_each(paper: Paper, member: Member, make_policy: Callable[..., Any]) -> None:
    make_policy({"person": 2}, {"role": "board", "quorum": 1})
    request = open_request(paper, "withdraw", member(1))
    for _step in range(2):
        vote(request, paper, member(2), "approve")
    assert state_of(request) == "approved"


def test_a_vote_is_audited_with_what_was_shown(asked: ApprovalRequest, paper: Paper, member: Member) -> None:
    vote(asked, paper, member(2), "approve", "Agreed.")
    assert Vote.objects.get().hash == asked.hash
    entry = AuditEntry.objects.latest("pk")
    assert (entry.action, entry.note, entry.user, entry.record_id) == (
        "approval:vote:withdraw", "Agreed.", member(2).user, paper.pk,
    )  # fmt: skip
    assert asked.shown["title"] == "On clocks"
    assert [section["text"] for section in asked.shown["sections"]] == ["Introduction", "Conclusion"]
    assert [topic["name"] for topic in asked.shown["topics"]] == ["time"]


def test_what_is_bound_is_what_was_approved_also_in_related_rows(
    asked: ApprovalRequest, paper: Paper, member: Member
) -> None:
    for person in (2, 3, 4):
        vote(asked, paper, member(person), "approve")
    section = Section.objects.first()
    assert section is not None
    section.text = "Another introduction"
    section.save_as(member(7))
    with pytest.raises(Refused, match="changed since"):
        paper.move("withdraw", member(1))


def test_what_is_not_bound_may_change(asked: ApprovalRequest, paper: Paper, member: Member) -> None:
    vote(asked, paper, member(2), "approve")
    paper.pages = 99
    paper.save_as(member(7))
    for person in (3, 4):
        vote(asked, paper, member(person), "approve")
    assert paper.move("withdraw", member(1)).state == "withdrawn"


def test_links_are_bound_like_fields(asked: ApprovalRequest, paper: Paper, member: Member) -> None:
    paper.save_as(member(7), links={"topics": []})
    assert state_of(asked) == "void"


def test_a_vote_over_changed_related_rows_is_refused(asked: ApprovalRequest, paper: Paper, member: Member) -> None:
    Section(paper=paper, text="Appendix").save_as(member(7))
    with pytest.raises(Refused, match="has been changed"):
        vote(asked, paper, member(2), "approve")


def test_only_the_requester_withdraws(asked: ApprovalRequest, paper: Paper, member: Member) -> None:
    with pytest.raises(Refused):
        withdraw(asked, paper, member(2))
    withdraw(asked, paper, member(1))
    assert state_of(asked) == "withdrawn"
    with pytest.raises(Refused, match="none was asked for"):
        paper.move("withdraw", member(1))
    again = open_request(paper, "withdraw", member(1))
    assert latest(paper, "withdraw") == again
