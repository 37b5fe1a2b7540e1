"""The maintenance of a period in the report: what was due, done, late, found; each figure with its records (§2.2.4)."""

from __future__ import annotations

import io
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from pypdf import PdfReader

from opscharter.kernel import moment
from opscharter.kernel.access.actor import system_actor
from opscharter.kernel.users.models import User
from opscharter.organization.models import Role, RoleGrant
from opscharter.service.maintenance.models import MaintenancePlan, OrderItem, PlanStep, WorkOrder
from opscharter.service.maintenance.services import make_orders, notice_missed
from opscharter.service.reports.behind import behind
from opscharter.service.reports.comparing import differences
from opscharter.service.reports.document import pdf_of
from opscharter.service.reports.services import suggest
from tests.service.reports.conftest import day, deliver

pytestmark = pytest.mark.django_db
NOTES = {"note_suggestions": "None.", "note_state": "Steady.", "note_tickets": "None."}


@pytest.fixture
def agreement(agreement):
    """Return the agreement, maintenance among its sections."""
    agreement.sections = [*agreement.sections, "maintenance"]
    return agreement.save_as(system_actor())


@pytest.fixture
def plan(customer, service, engineer):
    """Return a weekly round from Monday the 6th of October on, with a look and a reading between 18 and 27."""
    made = MaintenancePlan(
        name="Round", customer=customer, service=service, starts_on=day(6).date(), rhythm="FREQ=WEEKLY",
        engineer=engineer, ahead_days=60, day_off="stay",
    ).save_as(system_actor())  # fmt: skip
    PlanStep(plan=made, position=1, text="No lamp is red").save_as(system_actor())
    PlanStep(
        plan=made, position=2, text="Inlet", kind="reading", unit="°C", lower=Decimal(18), upper=Decimal(27)
    ).save_as(system_actor())
    return made


def read(pdf: bytes) -> str:
    """Return the text of a PDF, with every space as one."""
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages).split())


def do(order, at, inlet="22", lamp="ok"):
    """Do a work order at a time, with what was found."""
    with moment.at(at):
        order.move("start", system_actor())
        look, reading = OrderItem.objects.filter(order=order).order_by("position")
        look.answer, look.remark = lamp, "" if lamp == "ok" else "Fan 2 has failed."
        look.save_as(system_actor())
        reading.value, reading.remark = Decimal(inlet), "" if 18 <= Decimal(inlet) <= 27 else "The door was open."
        reading.save_as(system_actor())
        order.move("complete", system_actor(), result="Done.")


@pytest.fixture
def october(plan):
    """Return the month: in time, too warm and a lamp red, two days late, left out (the 6th was a holiday, undone)."""
    with moment.at(day(5)):
        make_orders(plan)
    rows = list(WorkOrder.objects.filter(due_on__lte=day(27).date()).order_by("due_on"))
    assert [row.due_on.day for row in rows] == [6, 13, 20, 27]
    do(rows[1], day(13), inlet="31.5", lamp="not-ok")
    with moment.at(day(22)):
        notice_missed()
        rows[2].refresh_from_db()
    do(rows[2], day(22, 12))
    with moment.at(day(27)):
        rows[3].move("skip", system_actor(), reason="The customer moves house.")
    return rows


COUNTS = {"planned": 4, "done": 2, "late": 2, "skipped": 1, "findings": 2, "readings": 1}


def test_what_was_due_is_told_as_done_late_left_out_and_found_with_the_records_behind_each(october, report):
    content = report(**NOTES).content
    assert content["maintenance"]["counts"] == COUNTS
    kept = {name: content["records"][f"maintenance.{name}"] for name in COUNTS}
    assert {name: sum(map(len, ids.values())) for name, ids in kept.items()} == COUNTS
    assert kept["late"]["service.workorder"] == [october[0].pk, october[2].pk]
    (reading,) = kept["readings"]["service.orderitem"]
    told = {row["id"]: row for row in content["maintenance"]["findings"]}[reading]
    assert (told["value"], told["limits"], told["note"]) == ("31.5 °C", "18 – 27", "The door was open.")
    share = content["maintenance_share"]
    assert (share["numerator"], share["population"]) == (1, 3), "left out with a reason does not count"


def test_orders_of_other_months_and_customers_are_not_told(october, report):
    assert report("2025-09", note_maintenance="None.", **NOTES).content["maintenance"] == {}


def test_each_figure_opens_its_records_lines_of_checklists_too(october, report, house):
    made = report(**NOTES)
    behind_it = behind(made.content["records"]["maintenance.findings"], house.actor(house.boss))
    assert [(line.title, bool(line.url)) for line in behind_it.lines] == [("No lamp is red", True), ("Inlet", True)]
    role = Role(code="administrator", name="all").save_as(system_actor())
    RoleGrant(role=role, record_type="*", action="*", reach="all").save_as(system_actor())
    browser = Client(headers={"Accept-Language": "en"})
    browser.force_login(User.objects.create_superuser("root"), backend="django.contrib.auth.backends.ModelBackend")
    page = browser.get(f"/service/reports/{made.pk}/").content.decode()
    for name, count in COUNTS.items():
        url = f"/service/reports/{made.pk}/records/maintenance.{name}/"
        assert url in page
        listed = browser.get(url).content.decode()
        assert listed.count("/service/work-order") >= count, name


def test_the_pdf_tells_it_and_what_was_delivered_stays(october, report, house):
    made = deliver(report(**NOTES), house)
    told = read(pdf_of(made))
    for words in ("Work orders due", "Readings out of limits", "31.5 °C", "18 – 27", "The customer moves house.",
                  "§2.2.4", october[0].number):  # fmt: skip
        assert words in told, words
    with moment.at(day(6, month=11)):
        do(WorkOrder.objects.get(pk=october[0].pk), day(6, month=11))
        made.move("correct", house.actor(house.author), reason="The round of the 6th was made up for.")
    made.refresh_from_db()
    assert made.content["maintenance"]["counts"] == COUNTS
    assert made.unchanged
    changed = {str(each.label): (each.before, each.after) for each in differences(made.corrections.get())}
    assert changed["Work orders done"] == ("2", "3")


def test_a_suggestion_rests_on_a_reading_and_tells_so_now_and_in_the_next_report(october, report, house):
    made = report(**{**NOTES, "note_suggestions": ""})
    author = house.actor(house.author)
    with moment.at(day(3, 10, 11)):
        suggest(made, author, title="Close the door", text="Heat.", figure="maintenance.readings")
        with pytest.raises(ValidationError, match="no such figure"):
            suggest(made, author, title="x", text="x", figure="maintenance.nothing")
        with pytest.raises(ValidationError, match="no such figure"):
            suggest(made, author, title="x", text="x", figure="flow.returned")
    made.refresh_from_db()
    cited = {"report": made.pk, "figure": "maintenance.readings", "label": "Readings out of limits", "count": 1}
    assert [row["cites"] for row in made.content["suggestions"]] == [cited]
    assert "Rests on: Readings out of limits: 1" in read(pdf_of(made))
    deliver(made, house)
    following = report("2025-11", at=day(1, 10, 12), note_maintenance="None.", **NOTES)
    assert [row["cites"] for row in following.content["fates"]] == [cited]
