"""Acceptance case 3: closing a change with no rollback plan."""

from __future__ import annotations

import datetime as dt
import io

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone, translation

from opscharter.assets.models import Asset
from opscharter.charter.models import Clause
from opscharter.charter.waivers.models import Waiver
from opscharter.charter.waivers.part import of_clause
from opscharter.customers.models import Customer
from opscharter.kernel import moment
from opscharter.kernel.access.actor import system_actor
from opscharter.kernel.controls.models import GuardDecision
from opscharter.kernel.errors import Refused
from opscharter.kernel.exchange.importing import import_rows
from opscharter.kernel.resources.site import site
from opscharter.kernel.users.models import User
from opscharter.organization.models import Department, Employee, Post
from opscharter.organization.seed import install_roles
from opscharter.service.changes.models import Change, ChangeTask

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("regulation")]
NEEDED = "A rollback plan is required: at least one step."


@pytest.fixture
def change(db):
    """Return a verified and evaluated change that has no rollback plan, ready to be closed but for that."""
    system = system_actor()
    team = Department(code="SYS", name="Systems").save_as(system)
    post = Post(title="Engineer", level="engineer").save_as(system)
    person = Employee(name="Li", department=team, post=post, joined_on=dt.date(2020, 1, 1)).save_as(system)
    customer = Customer(name="Customer", short_name="C").save_as(system)
    asset = Asset(name="db-01", kind="database", customer=customer, team=team).save_as(system)
    begin = timezone.now() + dt.timedelta(hours=1)
    made = Change(
        title="Tune", reason="slow", content="more memory", scope_note="one database", customer=customer, team=team,
        engineer=person, rollback_trigger="it fails", window_start=begin, window_end=begin + dt.timedelta(hours=3),
        kind="emergency",
    ).save_as(system, links={"assets": [asset]})  # fmt: skip
    ChangeTask(change=made, phase="plan", position=1, action="tune", owner=person, minutes=10, expected="x").save_as(
        system
    )
    Change.objects.filter(pk=made.pk).rows_for_kernel().update(
        state="REVIEW", verified_at=moment.now(), evaluated_at=moment.now(), reviewed_at=moment.now(),
        approved_at=moment.now(),
    )  # fmt: skip
    made.refresh_from_db()
    return made


@pytest.fixture
def browser(db):
    """Return the browser of an administrator, who passes no guard either."""
    install_roles(system_actor())
    found = Client()
    found.force_login(User.objects.create_superuser("root"), backend="django.contrib.auth.backends.ModelBackend")
    return found


def by_page(change, browser):
    answer = browser.post(f"/service/changes/{change.pk}/moves/close/", {}, headers={"Accept-Language": "en"})
    return answer.status_code, answer.content.decode()


def by_api(change, browser):
    answer = browser.post(
        f"/api/v1/service/changes/{change.pk}/moves/close/", {}, content_type="application/json",
        headers={"Accept-Language": "en"},
    )  # fmt: skip
    return answer.status_code, answer.content.decode()


def by_import(change, browser):
    with translation.override("en"):
        file = io.BytesIO(f"number,state\n{change.number},CLOSED\n".encode())
        done = import_rows(site.resource(Change), system_actor(), file, "changes.csv", dry_run=False)
    return (409 if done.refused else 200), " ".join(problem.message for problem in done.problems)


@pytest.mark.parametrize("way", [by_page, by_api, by_import])
def test_case_3_closing_a_change_with_no_rollback_plan_is_refused_with_clause_and_reason(way, change, browser):
    status, told = way(change, browser)
    assert status == 409
    assert NEEDED in told
    assert "3.4.2" in told
    change.refresh_from_db()
    assert change.state == "REVIEW"
    logged = GuardDecision.objects.filter(guard="change.rollback-plan", outcome="refused", record_id=change.pk)
    assert [(row.clause, row.step, row.message) for row in logged] == [("3.4.2", "close", NEEDED)]


def test_case_3_an_override_needs_role_reason_and_at_most_30_days_and_shows_on_the_clause(change, make_actor):
    asker = make_actor(("service.change", "view", "all"), ("charter.waiver", "*", "all"), person=801)
    no_role = make_actor(("charter.waiver", "*", "all"), person=802)
    entitled = make_actor(("service.change", "override", "all"), ("charter.waiver", "*", "all"), person=803)

    def ask(reason, days):
        until = moment.now() + dt.timedelta(days=days)
        named = {"control": "change.rollback-plan", "record_type": "service.change", "record_id": change.pk}
        return Waiver(reason=reason, expires_at=until, **named).save_as(asker)

    with pytest.raises(ValidationError):
        ask("", 10)
    with pytest.raises(Refused):
        ask("lost", 31)
    waiver = ask("lost", 30)
    with pytest.raises(Refused):
        waiver.move("approve", no_role)
    waiver.move("approve", entitled)
    (line,) = of_clause(Clause.objects.get(number="3.4.2"), asker)
    assert (line.name, str(line.state)) == (str(waiver), str(waiver.get_state_display()))
    assert change.move("close", system_actor()).state == "CLOSED"
    assert GuardDecision.objects.filter(guard="change.rollback-plan", outcome="overridden").count() == 1
