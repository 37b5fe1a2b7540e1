"""Plans make work orders exactly once; done line by line, explained where out of limits, missed ones show (§2.2.4)."""

import datetime as dt
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from opscharter.charter.evaluation import evaluate
from opscharter.kernel import moment
from opscharter.kernel.access.actor import system_actor
from opscharter.kernel.controls.registry import CHECKS
from opscharter.kernel.errors import Refused
from opscharter.kernel.files.attachments import attach
from opscharter.kernel.users.models import User
from opscharter.organization.models import Assignment, Role, RoleGrant
from opscharter.service.maintenance.models import MaintenancePlan, OrderItem, PlanStep, WorkOrder
from opscharter.service.maintenance.pages import figure
from opscharter.service.maintenance.services import make_all_orders, make_orders, notice_missed, open_incident
from opscharter.service.tickets.models import Incident
from tests.service.conftest import MONDAY_NINE

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 32


@pytest.fixture
def plan(customer, service, engineer):
    """Return a monthly plan from today on, with a look, a reading between 18 and 27, and a photo."""
    made = MaintenancePlan(
        name="Round", customer=customer, service=service, starts_on=MONDAY_NINE.date(), engineer=engineer,
        ahead_days=40,
    ).save_as(system_actor())  # fmt: skip
    lines = [
        {"text": "No lamp is red"},
        {"text": "Inlet", "kind": "reading", "unit": "°C", "lower": Decimal(18), "upper": Decimal(27)},
        {"text": "Rack", "needs_photo": True},
    ]
    for position, line in enumerate(lines, start=1):
        PlanStep(plan=made, position=position, **line).save_as(system_actor())
    return made


@pytest.fixture
def order(plan):
    """Return the plan's first work order, begun."""
    with moment.at(MONDAY_NINE):
        make_orders(plan)
        first = WorkOrder.objects.order_by("due_on").first()
        return first.move("start", system_actor())


def answer(order, text, **found):
    """Answer one line."""
    item = order.items.get(text=text)
    for name, value in found.items():
        setattr(item, name, value)
    return item.save_as(system_actor())


def test_work_orders_are_made_ahead_of_time_and_once_for_each_day_of_the_rule(plan, engineer, team):
    with moment.at(MONDAY_NINE):
        assert make_all_orders() == 2
        assert make_all_orders() == 0
        assert make_orders(plan) == []
    with moment.at(MONDAY_NINE + DAY):
        assert make_all_orders() == 0
    first, second = WorkOrder.objects.order_by("due_on")
    assert [first.due_on, second.due_on] == [dt.date(2025, 10, 13), dt.date(2025, 11, 13)]
    assert (first.engineer, first.team, first.items.count()) == (engineer, team, 3)
    assert moment.in_office(first.due_at).hour == 18, "the end of the contract's working day"


def test_a_work_order_that_was_left_out_is_not_made_again(plan):
    with moment.at(MONDAY_NINE):
        first = make_orders(plan)[0]
        with pytest.raises(Refused):
            first.move("skip", system_actor())
        first.move("skip", system_actor(), reason="the site is closed")
        assert make_orders(plan) == []
    assert WorkOrder.objects.get(state="SKIPPED").skipped_because == "the site is closed"


def test_completing_asks_for_every_answer_the_photo_and_a_word_on_what_is_out_of_limits(order):
    with pytest.raises(Refused) as refused:
        order.move("complete", system_actor())
    assert [reason.control for reason in refused.value.reasons] == ["maintenance.checklist-complete"] * 2
    assert {reason.clause for reason in refused.value.reasons} == {"2.2.4"}
    answer(order, "No lamp is red", answer="ok")
    answer(order, "Inlet", value=Decimal("27.5"))
    photographed = answer(order, "Rack", answer="ok")
    with pytest.raises(Refused, match="photo"):
        order.move("complete", system_actor())
    attach(photographed, system_actor(), SimpleUploadedFile("rack.png", PNG))
    with pytest.raises(Refused, match="Inlet"):
        order.move("complete", system_actor())
    answer(order, "Inlet", remark="a fan is being replaced")
    order.move("complete", system_actor())
    assert (order.state, order.findings) == ("DONE", 1)


def test_the_limits_themselves_are_within_and_a_reading_answers_by_itself(order):
    assert answer(order, "Inlet", value=Decimal(27)).answer == "ok"
    assert answer(order, "Inlet", value=Decimal("27.001")).answer == "not-ok"
    assert answer(order, "Inlet", value=Decimal("17.999")).answer == "not-ok"
    with pytest.raises(ValidationError):
        answer(order, "Inlet", value=None, answer="ok")
    with pytest.raises(ValidationError):
        answer(order, "No lamp is red", value=Decimal(1))


def test_what_a_line_finds_opens_one_linked_incident(order, customer, service):
    item = answer(order, "Inlet", value=Decimal(31), remark="fan broken")
    incident = open_incident(item, system_actor())
    assert open_incident(item, system_actor()) == incident
    assert Incident.objects.count() == 1
    assert (incident.customer, incident.service) == (customer, service)
    assert "31 °C" in incident.description
    assert "18" in incident.description


def test_answers_of_a_settled_work_order_stay_as_they_are(plan):
    with moment.at(MONDAY_NINE):
        first = make_orders(plan)[0]
        first.move("skip", system_actor(), reason="closed")
    with pytest.raises(ValidationError):
        answer(first, "No lamp is red", answer="ok")


def test_missed_ones_show_count_in_the_check_and_done_later_stay_late(plan):
    check = CHECKS["service.maintenance-on-schedule"]
    with moment.at(MONDAY_NINE):
        make_orders(plan)
        assert evaluate(check).state == "no-data"
    with moment.at(MONDAY_NINE + DAY):
        assert notice_missed() == 1
        assert notice_missed() == 0
        missed = WorkOrder.objects.get(state="MISSED")
        result = evaluate(check)
        assert (result.state, result.population, result.exceptions) == ("fail", 1, 1)
        missed.move("start", system_actor())
        answer(missed, "No lamp is red", answer="ok")
        answer(missed, "Inlet", value=Decimal(20))
        answer(missed, "Rack", answer="not-applicable")
        missed.move("complete", system_actor())
        assert evaluate(check).exceptions == 1, "late is not on schedule"
    assert missed.late


def test_one_left_out_with_a_reason_is_no_exception(plan):
    with moment.at(MONDAY_NINE):
        make_orders(plan)[0].move("skip", system_actor(), reason="closed")
    with moment.at(MONDAY_NINE + DAY):
        assert evaluate(CHECKS["service.maintenance-on-schedule"]).population == 0


def test_a_plan_with_a_rule_that_cannot_be_read_is_refused(plan):
    plan.rhythm, plan.rule = "own", "FREQ=NEVER"
    with pytest.raises(ValidationError):
        plan.save_as(system_actor())


@pytest.mark.parametrize(("text", "value"), [("21,5", "21.500"), ("21。5", "21.500"), (" -3 ", "-3.000"), ("", None)])
def test_figures_are_read_as_people_type_them(text, value):
    assert figure(text) == (None if value is None else Decimal(value))


@pytest.mark.parametrize("text", ["abc", "1e99", "NaN", "Infinity"])
def test_what_is_no_figure_is_refused(text):
    with pytest.raises(ValidationError):
        figure(text)


@pytest.fixture
def browser(engineer):
    """Return a browser of the engineer, who may do work orders."""
    role = Role(code="engineer", name="Engineer").save_as(system_actor())
    for kind, actions in (("workorder", "view start complete"), ("orderitem", "view edit")):
        for action in actions.split():
            RoleGrant(role=role, record_type=f"service.{kind}", action=action, reach="own").save_as(system_actor())
    engineer.post.save_as(system_actor(), links={"roles": [role]})
    engineer.user = User.objects.create_user("li")
    engineer.save_as(system_actor())
    held = {"post": engineer.post, "department": engineer.department, "valid_from": engineer.joined_on}
    Assignment(employee=engineer, **held).save_as(system_actor())
    client = Client()
    client.force_login(engineer.user, "django.contrib.auth.backends.ModelBackend")
    return client


def test_a_work_order_is_done_on_its_page_line_by_line(plan, browser):
    with moment.at(MONDAY_NINE):
        first = make_orders(plan)[0]
    url = f"/service/work-orders/{first.pk}/do/"
    lamp, inlet, rack = first.items.order_by("position")
    assert browser.get(url).status_code == 200
    browser.post(url, {"item": lamp.pk, "answer": "ok"})
    browser.post(url, {"item": inlet.pk, "answer": "ok", "value": "28,5", "remark": "fan"})
    browser.post(url, {"item": rack.pk, "answer": "ok", "photo": SimpleUploadedFile("rack.png", PNG)})
    inlet.refresh_from_db()
    assert (inlet.value, inlet.answer, inlet.remark) == (Decimal("28.500"), "not-ok", "fan")
    browser.post(url, {"do": "complete", "result": "fine"})
    first.refresh_from_db()
    assert (first.state, first.result) == ("DONE", "fine")


def test_the_page_refuses_a_line_of_another_work_order(plan, browser):
    with moment.at(MONDAY_NINE):
        one, other = make_orders(plan)
    strange = OrderItem.objects.filter(order=other).first()
    assert browser.post(f"/service/work-orders/{one.pk}/do/", {"item": strange.pk, "answer": "ok"}).status_code == 404
