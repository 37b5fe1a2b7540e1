"""Which plan matches, and that what is in force is not edited."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from opscharter.kernel.access.actor import system_actor
from opscharter.kernel.errors import NotPermitted, Refused
from opscharter.service.emergencies import services
from opscharter.service.emergencies.matching import plan_for
from opscharter.service.emergencies.models import ContingencyPlan, ContingencyStep, Emergency
from tests.service.emergencies.conftest import make_plan

pytestmark = pytest.mark.django_db


def test_the_customers_own_plan_comes_before_the_services_and_that_before_the_general_one(incident, customer, service):
    ticket = incident()
    assert plan_for(ticket) is None
    general = make_plan("EP-90")
    assert plan_for(ticket) == general
    of_service = make_plan("EP-91", service=service)
    assert plan_for(ticket) == of_service
    of_customer = make_plan("EP-92", customer=customer)
    assert plan_for(ticket) == of_customer
    of_customer.move("retire", system_actor(), reason="old")
    assert plan_for(ticket) == of_service


def test_a_plan_for_another_type_does_not_match(incident):
    make_plan("EP-90", category="network")
    assert plan_for(incident(category="database")) is None
    assert plan_for(incident(category="Network")) is not None


def test_a_plan_without_steps_and_texts_is_not_put_into_force(db):
    plan = ContingencyPlan(code="EP-1", title="Empty").save_as(system_actor())
    with pytest.raises(Refused) as refused:
        plan.move("put-into-force", system_actor())
    assert [(r.control, r.clause) for r in refused.value.reasons] == [("contingency-plan.complete", "3.3.1")] * 2


def test_a_plan_in_force_is_changed_by_its_next_edition_which_replaces_it(plan):
    plan.title = "Otherwise"
    with pytest.raises(ValidationError):
        plan.save_as(system_actor())
    plan.refresh_from_db()
    with pytest.raises(ValidationError):
        ContingencyStep(plan=plan, title="More", role="handler", minutes=5).save_as(system_actor())
    plan.move("revise", system_actor())
    draft = ContingencyPlan.objects.get(code=plan.code, edition=2)
    assert list(draft.steps.values_list("title", flat=True)) == list(plan.steps.values_list("title", flat=True))
    plan.move("revise", system_actor())
    assert ContingencyPlan.objects.filter(code=plan.code).count() == 2, "one draft at a time"
    draft.title = "Otherwise"
    draft.save_as(system_actor())
    draft.move("put-into-force", system_actor())
    plan.refresh_from_db()
    assert (plan.state, draft.state) == ("RETIRED", "IN_FORCE")


def test_an_emergency_keeps_the_edition_it_was_run_by(incident, plan, head):
    ticket = incident(impact=1, urgency=1)
    ticket.move("declare", system_actor(), reason="dark")
    plan.move("revise", system_actor())
    ContingencyPlan.objects.get(edition=2).move("put-into-force", system_actor())
    assert Emergency.objects.get(incident=ticket).plan == plan


def test_a_review_needs_settled_tasks_and_lessons(incident, plan, head):
    ticket = incident(impact=1, urgency=1)
    ticket.move("declare", system_actor(), reason="dark")
    room = Emergency.objects.get(incident=ticket)
    with pytest.raises(Refused):
        room.move("resolve", system_actor())
    for task in room.tasks.all()[:1]:
        task.move("done", system_actor(), note="bridge open")
    told = [entry.data["title"] for entry in services.entries.entries_of(room).filter(verb="emergency-task")]
    assert len(told) == 1


def test_an_engineer_of_another_team_neither_sees_nor_runs_the_room(incident, plan, head, make_actor):
    ticket = incident(impact=1, urgency=1)
    ticket.move("declare", system_actor(), reason="dark")
    room = Emergency.objects.get(incident=ticket)
    other = make_actor(("service.emergency", "tell", "department"), units={"department": [0]})
    with pytest.raises(NotPermitted):
        services.tell_customers(room, other, "hello")


def test_the_family_has_two_generations_only(incident, plan, head):
    first, second, third = incident(impact=1, urgency=1), incident(), incident()
    first.move("declare", system_actor(), reason="dark")
    room = Emergency.objects.get(incident=first)
    services.join(room, [second], system_actor())
    third.parent = second
    with pytest.raises(ValidationError):
        third.save_as(system_actor())
    first.refresh_from_db()
    first.parent = third
    with pytest.raises(ValidationError):
        first.save_as(system_actor())
