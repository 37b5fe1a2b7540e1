"""Acceptance 9: an approver who is the requester, a delegate of theirs, or an administrator without the role."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils.translation import override

from opscharter.kernel import moment
from opscharter.kernel.access.actor import system_actor
from opscharter.kernel.approvals.requests import open_request, vote
from opscharter.kernel.audit.models import AuditEntry
from opscharter.kernel.errors import Refused
from opscharter.organization.models import Decision, Delegation, DepartmentPlan, PlanItem

pytestmark = pytest.mark.django_db
SEPARATION, RESERVED = "Somebody else must take this step", "reserved for who holds the role"


@pytest.fixture
def plan(company):
    """Return a plan of SYS that its head has submitted."""
    head = company.actor("head")
    plan = DepartmentPlan(
        department=company.departments["SYS"], period="2026-Q4", summary="x", owner=company.people["head"]
    ).save_as(head)
    PlanItem(plan=plan, title="aim", indicator="service.timely-resolution", target=90).save_as(head)
    return plan.move("submit", head)


@pytest.fixture(autouse=True)
def _in_english():
    with override("en"):
        yield


def refusal(record, step, actor):
    with pytest.raises(Refused) as refused:
        record.move(step, actor, reason="why")
    return " ".join(str(reason.message) for reason in refused.value.reasons)


def test_an_approver_who_is_the_requester_is_refused(company, plan):
    assert SEPARATION in refusal(plan, "approve", company.actor("head"))


def test_a_delegate_of_the_requester_is_refused(company, plan):
    today = moment.today()
    people = company.people
    Delegation(
        person=people["head"], deputy=people["boss"], valid_from=today, valid_to=today, reason="leave"
    ).save_as(system_actor())  # fmt: skip
    assert SEPARATION in refusal(plan, "approve", company.actor("boss"))
    with moment.at(moment.now() + dt.timedelta(days=1)):
        assert plan.move("approve", company.actor("boss")).state == "APPROVED"


def test_an_administrator_without_the_role_is_refused_and_the_attempt_is_kept(company, plan):
    assert RESERVED in refusal(plan, "approve", company.actor("admin"))
    plan.refresh_from_db()
    assert plan.state == "SUBMITTED"
    kept = AuditEntry.objects.filter(action="refused:approve", record_id=plan.pk)
    assert kept.get().user_id == company.people["admin"].user_id


def test_somebody_else_with_the_role_approves(company, plan):
    assert plan.move("approve", company.actor("boss")).approved_by == company.people["boss"]


def test_a_decision_is_voted_on_by_neither_its_proposer_nor_a_deputy_nor_an_administrator(company):
    people = company.people
    decision = Decision(
        title="t", proposal="p", options="a\nb", proposer=people["head"], department=company.departments["SYS"]
    ).save_as(company.actor("head"))
    decision.move("propose", company.actor("head"))
    request = open_request(decision, "decide", company.actor("head"))
    for name in ("head", "admin"):
        with pytest.raises(Refused):
            vote(request, decision, company.actor(name), "approve")
    vote(request, decision, company.actor("boss"), "approve")
    assert RESERVED in refusal(decision, "reject", company.actor("admin"))
    assert decision.move("decide", company.actor("boss"), chosen="a").state == "DECIDED"


def test_a_decision_needs_two_options_and_closes_only_when_its_follow_ups_are_done(company):
    decision = Decision(
        title="t", proposal="p", options="only one", proposer=company.people["head"],
        department=company.departments["SYS"],
    ).save_as(company.actor("head"))  # fmt: skip
    with pytest.raises(Refused) as refused:
        decision.move("propose", company.actor("head"))
    assert refused.value.reasons[0].clause == "2.2.1"
