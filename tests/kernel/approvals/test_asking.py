"""Which policy applies, who is asked, by when, and what happens when nobody answers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from opscharter.kernel import moment
from opscharter.kernel.approvals.directory import directory
from opscharter.kernel.approvals.jobs import escalate_overdue_approvals
from opscharter.kernel.approvals.models import ApprovalPolicy, ApprovalRequest
from opscharter.kernel.approvals.requests import escalate_overdue, open_request, policy_for, vote, waiting_for
from opscharter.kernel.audit.models import AuditEntry
from opscharter.kernel.errors import Refused
from tests.kernel.approvals.conftest import Member, TestDirectory
from tests.kernel.library import office
from tests.kernel.testapp.models import Paper

Make = Callable[..., ApprovalPolicy]
pytestmark = pytest.mark.usefixtures("people")
BOARD = {"role": "board"}


@pytest.mark.parametrize(
    ("conditions", "applies"),
    [
        ([], True),
        ([["cost", ">", 10]], True),
        ([["cost", ">", 10.5]], False),
        ([["cost", ">=", 10.5]], True),
        ([["cost", "<", 10.5]], False),
        ([["cost", "<=", 10.5]], True),
        ([["cost", ">", 10], ["pages", "=", 4]], False),
        ([["title", "!=", "On clocks"]], False),
        ([["state", "in", ["published", "draft"]]], True),
        ([["customer", ">", 1]], False),
        ([["customer", "=", None]], True),
        ([["shelf", "=", 0]], False),
    ],
)
def test_a_policy_applies_when_all_its_conditions_hold(
    paper: Paper, make_policy: Make, conditions: list[Any], applies: bool
) -> None:
    policy = make_policy(BOARD, conditions=conditions)
    assert policy_for(paper, "withdraw") == (policy if applies else None)


def test_the_first_by_rank_is_used_and_archived_ones_are_not(paper: Paper, make_policy: Make, system: Any) -> None:
    usual = make_policy(BOARD, rank=100)
    dear = make_policy(BOARD, rank=10, conditions=[["cost", ">", 5]])
    assert policy_for(paper, "withdraw") == dear
    dear.archive_as(system, reason="abolished")
    assert policy_for(paper, "withdraw") == usual


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"steps": []}, "steps"),
        ({"steps": [{"quorum": 1}]}, "steps"),
        ({"steps": [{"role": "board", "person": 1}]}, "steps"),
        ({"steps": [{"role": "board", "quorum": 0}]}, "steps"),
        ({"steps": [{"head_of": "division"}]}, "steps"),
        ({"steps": [BOARD], "conditions": [["cost", "~", 1]]}, "conditions"),
        ({"steps": [BOARD], "conditions": ["cost > 1"]}, "conditions"),
        ({"steps": [BOARD], "conditions": [["price", ">", 1]]}, "conditions"),
        ({"steps": [BOARD], "action": "burn"}, "action"),
        ({"steps": [BOARD], "action": "submit"}, "action"),
        ({"steps": [BOARD], "record_type": "testapp.shelf"}, "action"),
        ({"steps": [BOARD], "record_type": "paper"}, "action"),
    ],
)
def test_a_policy_that_could_not_be_followed_is_refused(system: Any, values: dict[str, Any], field: str) -> None:
    given = {"name": "Board", "record_type": "testapp.paper", "action": "withdraw", **values}
    with pytest.raises(ValidationError) as error:
        ApprovalPolicy(**given).save_as(system)
    assert field in error.value.message_dict


def test_without_a_policy_or_enough_voters_nothing_is_asked(
    paper: Paper, member: Member, make_policy: Make, people: TestDirectory
) -> None:
    with pytest.raises(Refused, match="No approval policy"):
        open_request(paper, "withdraw", member(1))
    make_policy({"role": "board", "quorum": 5})
    with pytest.raises(Refused, match="too few voters"):
        open_request(paper, "withdraw", member(1))
    assert not ApprovalRequest.objects.exists()
    assert open_request(paper, "withdraw", member(7)).state == "open"


def test_without_four_eyes_the_requester_is_a_voter(paper: Paper, member: Member, make_policy: Make) -> None:
    make_policy(BOARD, four_eyes=False)
    request = open_request(paper, "withdraw", member(1))
    assert vote(request, paper, member(1), "approve").state == "approved"


def test_asking_twice_is_asking_once(paper: Paper, member: Member, make_policy: Make) -> None:
    make_policy(BOARD)
    request = open_request(paper, "withdraw", member(1))
    assert open_request(paper, "withdraw", member(2)) == request
    vote(request, paper, member(2), "approve")
    assert open_request(paper, "withdraw", member(1)) == ApprovalRequest.objects.get()
    assert AuditEntry.objects.filter(action="approval:ask:withdraw").count() == 1


def test_a_rejected_question_may_be_put_again(paper: Paper, member: Member, make_policy: Make) -> None:
    make_policy({"role": "board", "veto": True})
    first = open_request(paper, "withdraw", member(1))
    vote(first, paper, member(2), "reject", "Not now.")
    assert open_request(paper, "withdraw", member(1)).pk != first.pk


def test_the_record_counts_as_it_is_stored_not_as_somebody_holds_it(
    paper: Paper, member: Member, make_policy: Make
) -> None:
    make_policy(BOARD)
    paper.cost = Decimal("7")
    paper.save_as(member(7))
    paper.title = "not stored"
    request = open_request(paper, "withdraw", member(1))
    assert (request.shown["title"], request.shown["cost"]) == ("On clocks", "7.00")
    vote(request, paper, member(2), "approve")
    assert Paper.objects.get().move("withdraw", member(1)).state == "withdrawn"


def test_a_later_policy_does_not_change_a_question_already_put(
    paper: Paper, member: Member, make_policy: Make, system: Any
) -> None:
    policy = make_policy(BOARD)
    request = open_request(paper, "withdraw", member(1))
    policy.steps = [{"role": "board", "quorum": 4}]
    policy.save_as(system)
    assert vote(request, paper, member(2), "approve").state == "approved"
    assert request.policy["version"] == 1


def test_after_the_deadline_the_named_role_may_vote_too_once(
    paper: Paper, member: Member, make_policy: Make, people: TestDirectory
) -> None:
    make_policy(BOARD, deadline_hours=24, escalate_to="chief")
    people.roles["chief"] = [9, 1]
    asked_at = office(2026, 10, 15, 9)
    with moment.at(asked_at):
        request = open_request(paper, "withdraw", member(1))
    assert request.due_at == asked_at + dt.timedelta(hours=24)
    with moment.at(asked_at + dt.timedelta(hours=24)):
        assert escalate_overdue() == []
    with moment.at(asked_at + dt.timedelta(hours=24, seconds=1)):
        assert escalate_overdue() == [request]
        assert escalate_overdue() == []
        assert list(waiting_for(member(9))) == [request]
        assert list(waiting_for(member(1))) == [], "the requester stays out even as chief"
        assert vote(request, paper, member(9), "approve").state == "approved"
    entry = AuditEntry.objects.get(action="approval:escalate:withdraw")
    assert (entry.record_id, entry.changes) == (paper.pk, {"voters": [None, [9]]})


def test_the_job_escalates_what_is_decided_no_more(paper: Paper, member: Member, make_policy: Make) -> None:
    make_policy(BOARD, deadline_hours=1, escalate_to="chief")
    with moment.at(office(2026, 10, 15, 9)):
        request = open_request(paper, "withdraw", member(1))
        vote(request, paper, member(2), "approve")
    assert escalate_overdue_approvals.func() == 0


def test_the_most_urgent_waits_first(paper: Paper, member: Member, make_policy: Make, system: Any) -> None:
    policies = [make_policy(BOARD, rank=n, deadline_hours=hours, conditions=[["pages", "=", n]]) for n, hours in
                ((1, None), (2, 48), (3, 24))]  # fmt: skip
    for pages in (1, 2, 3):
        other = Paper(title=f"Paper {pages}", pages=pages, body="one two three", author=7).save_as(system)
        open_request(other, "withdraw", member(1))
    assert len(policies) == 3
    assert [request.subject for request in waiting_for(member(2))] == ["Paper 3", "Paper 2", "Paper 1"]
    assert list(waiting_for(system)) == []


def test_there_is_no_voting_without_a_directory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("opscharter.kernel.approvals.directory._installed", [])
    with pytest.raises(LookupError):
        directory()
