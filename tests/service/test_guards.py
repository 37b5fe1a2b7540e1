"""What the guards of §3.1–§3.3 refuse, with the clause and the reason."""

from __future__ import annotations

import pytest

from opscharter.kernel.access.actor import system_actor
from opscharter.kernel.controls.decisions import change_setting
from opscharter.kernel.controls.models import GuardDecision
from opscharter.kernel.errors import Refused
from opscharter.service.tickets.models import Incident, ServiceRequest, TestStep
from tests.service.conftest import bring_to_work, pass_tests, resolve

pytestmark = pytest.mark.django_db


def refusal(ticket, step, **inputs):
    """Return {control: [messages]} of a refused step."""
    with pytest.raises(Refused) as refused:
        ticket.move(step, system_actor(), **inputs)
    found: dict[str, list[str]] = {}
    for reason in refused.value.reasons:
        found.setdefault(f"{reason.control} §{reason.clause}", []).append(str(reason.message))
    return found


def test_a_request_without_content_customer_and_urgency_is_refused_citing_3_1_2():
    with pytest.raises(Refused) as refused:
        Incident(title="Down").save_as(system_actor())
    reasons = refused.value.reasons
    assert {reason.clause for reason in reasons} == {"3.1.2"}
    assert len(reasons) == 3
    assert not Incident.objects.exists()
    assert GuardDecision.objects.filter(guard="request.complete", outcome="refused").count() == 3


def test_nothing_is_resolved_before_it_was_assessed(incident):
    ticket = incident()
    ticket.move("accept", system_actor())
    assert "request.assessed §3.2.1" in refusal(ticket, "resolve", cause="c", fix="f")


def test_an_urgent_case_is_not_resolved_without_a_plan_and_a_moderate_one_is(incident):
    urgent = bring_to_work(incident(impact=1, urgency=1))
    assert urgent.priority == 1
    pass_tests(urgent)
    assert list(refusal(urgent, "resolve", cause="c", fix="f")) == ["request.has-plan §3.2.2"]
    urgent.plan = "Switch over, repair, watch."
    urgent.save_as(system_actor())
    assert resolve(urgent).state == "RESOLVED"
    assert resolve(bring_to_work(incident())).state == "RESOLVED"


def test_resolving_needs_cause_and_fix_and_every_test_result_and_each_is_named(incident):
    ticket = bring_to_work(incident())
    found = refusal(ticket, "resolve")
    assert found["incident.cause-and-fix §3.3.2"] == ["Record the cause.", "Record what was done to repair it."]
    assert found["incident.fully-tested §3.3.3"] == ["Finish the test checklist: 0 of 2 steps have a result."]


def test_one_failed_test_blocks(incident):
    ticket = bring_to_work(incident())
    pass_tests(ticket)
    failed = TestStep.objects.filter(incident=ticket).first()
    failed.result = "failed"
    failed.save_as(system_actor())
    found = refusal(ticket, "resolve", cause="c", fix="f")
    assert found == {"incident.fully-tested §3.3.3": ["A test step has failed; repair it and test again."]}


def test_an_incident_without_any_test_step_is_not_resolved(incident):
    ticket = bring_to_work(incident())
    for step in TestStep.objects.filter(incident=ticket):
        step.archive_as(system_actor(), reason="not needed")
    assert "incident.fully-tested §3.3.3" in refusal(ticket, "resolve", cause="c", fix="f")


def test_a_request_needs_no_test_checklist(customer, service):
    request = ServiceRequest(
        title="VPN", description="for Li", customer=customer, service=service, impact=3, urgency=3
    ).save_as(system_actor())
    assert resolve(bring_to_work(request)).state == "RESOLVED"


def test_a_guard_set_to_warn_lets_pass_and_is_logged_and_off_is_silent(incident):
    admin = system_actor()
    change_setting("incident.fully-tested", admin, mode="warn", parameters={}, reason="trial")
    ticket = bring_to_work(incident())
    ticket.move("resolve", admin, cause="c", fix="f")
    assert GuardDecision.objects.filter(guard="incident.fully-tested", outcome="warned").count() == 1
    change_setting("incident.fully-tested", admin, mode="off", parameters={}, reason="trial")
    other = bring_to_work(incident())
    other.move("resolve", admin, cause="c", fix="f")
    assert GuardDecision.objects.filter(guard="incident.fully-tested", record_id=other.pk).count() == 0
