"""What the guards of §3.4 refuse, with the clause and the reason."""

from __future__ import annotations

import datetime as dt

import pytest

from opscharter.kernel import moment
from opscharter.kernel.access.actor import system_actor
from opscharter.kernel.controls.models import GuardDecision
from opscharter.kernel.errors import Refused
from opscharter.service.changes.models import Change, ChangeTask
from tests.service.changes.conftest import TONIGHT, acting, approve, assess, carry_out

pytestmark = pytest.mark.django_db


def refusal(record, step, **inputs):
    """Return {control: [messages]} of a refused step."""
    with pytest.raises(Refused) as refused:
        record.move(step, system_actor(), **inputs)
    found: dict[str, list[str]] = {}
    for reason in refused.value.reasons:
        found.setdefault(f"{reason.control} §{reason.clause}", []).append(str(reason.message))
    return found


def test_a_request_states_reason_content_scope_and_assets_or_is_refused_citing_3_4_1(customer):
    bare = Change(title="Something", customer=customer).save_as(system_actor())
    assert refusal(bare, "submit") == {
        "change.request-complete §3.4.1": [
            "State the reason for the change.", "State the content of the change.", "State the scope of its impact.",
            "Name the affected assets.",
        ]
    }  # fmt: skip
    assert GuardDecision.objects.filter(guard="change.request-complete", outcome="refused").count() == 4


def test_a_high_risk_needs_measures_and_what_is_not_feasible_goes_no_further(change):
    asked = change().move("submit", system_actor())
    found = refusal(asked, "assess", feasibility="infeasible", likelihood=3, impact=4)
    assert found["change.assessed §3.4.2"] == [
        "It was judged not feasible; alter the request or cancel it.",
        "A risk of 12 needs measures: say what is done against it.",
    ]


def test_nothing_goes_for_approval_without_a_rollback_plan(change, manager):
    planned = assess(change(rollback=0))
    found = refusal(planned, "propose")
    assert found == {"change.rollback-plan §3.4.2": ["A rollback plan is required: at least one step."]}


def test_every_step_of_the_plan_says_who_how_long_and_what_should_come_of_it(change):
    planned = assess(change())
    step = planned.steps.filter(phase="plan").first()
    step.owner, step.minutes, step.expected = None, None, ""
    step.save_as(system_actor())
    assert refusal(planned, "propose")["change.plan §3.4.2"] == ["Step 1 of the plan lacks: who, minutes, result."]


def test_plan_and_way_back_fit_into_the_window(change):
    planned = assess(change(plan=3, rollback=3, minutes=40))
    assert refusal(planned, "propose")["change.plan §3.4.2"] == [
        "Plan and way back take 240 minutes, the window has 180."
    ]


def test_the_point_of_no_return_is_the_windows_end_less_the_way_back_and_follows_every_edit(change):
    planned = change(rollback=2, minutes=10)
    assert planned.point_of_no_return == planned.window_end - dt.timedelta(minutes=20)
    step = ChangeTask.objects.filter(change=planned, phase="rollback").first()
    step.minutes = 25
    step.save_as(system_actor())
    planned.refresh_from_db()
    assert planned.point_of_no_return == planned.window_end - dt.timedelta(minutes=35)


def test_nothing_starts_before_its_approval_nor_outside_its_window(change, manager):
    planned = assess(change())
    assert "approval" not in planned.state.lower()
    approved = approve(planned, manager)
    assert approved.state == "APPROVED"
    assert refusal(approved, "start") == {"change.inside-window §3.4.3": ["The window has not opened yet."]}
    with moment.at(TONIGHT):
        assert approved.move("start", system_actor()).state == "IMPLEMENTING"


def test_a_plan_edited_after_its_approval_cannot_be_started(change, manager):
    approved = approve(assess(change()), manager)
    step = approved.steps.first()
    step.action = "something else"
    step.save_as(system_actor())
    with moment.at(TONIGHT):
        assert refusal(approved, "start") == {
            "change.approved §3.4.3": ["What was approved has been changed since; its votes are void."]
        }


def test_a_change_is_not_finished_before_every_step_has_its_result(change, manager):
    running = approve(assess(change()), manager)
    with moment.at(TONIGHT):
        running.move("start", system_actor())
        assert refusal(running, "finish")["change.follow-the-plan §3.4.3"] == [
            "Step 1 has no result yet: plan 1", "Step 2 has no result yet: plan 2",
        ]  # fmt: skip
        carry_out(running)
        assert running.move("finish", system_actor()).outcome == "done"


def test_the_engineer_does_not_verify_the_own_work(change, manager, doer):
    running = approve(assess(change()), manager)
    with moment.at(TONIGHT):
        running.move("start", system_actor())
        carry_out(running)
        running.move("finish", system_actor())
        with pytest.raises(Refused, match="Somebody else must take this step"):
            running.move("verify", acting(doer), verification="fine")
        running.move("verify", acting(manager), verification="fine")
    assert refusal(running, "close") == {"change.verified §3.4.3": ["Evaluate the change first."]}
