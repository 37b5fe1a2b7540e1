"""The organization's own pages open for those they are for, and for nobody else."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client

from opscharter.kernel import moment
from opscharter.kernel.access.actor import actor_for, system_actor
from opscharter.kernel.audit.models import AuditEntry
from opscharter.organization.models import Delegation, RoleGrant
from opscharter.service.tickets.models import Incident

pytestmark = pytest.mark.django_db
TO_ALL = ("/organization/chart/", "/organization/my-access/", "/organization/my-duties/", "/organization/goal-tree/")


def browser(company, name):
    client = Client(headers={"accept-language": "en"})
    client.force_login(company.people[name].user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.mark.parametrize("url", TO_ALL)
def test_everybody_sees_the_chart_the_goals_the_own_duties_and_the_own_access(company, url):
    assert browser(company, "li").get(url).status_code == 200


def test_the_workload_is_for_those_who_lead_and_permissions_for_those_who_may_see_grants(company):
    for url, name, status in (
        ("/organization/workload/", "head", 200), ("/organization/workload/", "li", 404),
        ("/organization/access/", "admin", 200), ("/organization/access/", "li", 404),
        (f"/organization/employees/{company.people['wu'].pk}/access/", "admin", 200),
        (f"/organization/employees/{company.people['wu'].pk}/access/", "li", 404),
        (f"/organization/employees/{company.people['li'].pk}/duties/", "head", 200),
        (f"/organization/employees/{company.people['wu'].pk}/duties/", "head", 404),
    ):  # fmt: skip
        assert browser(company, name).get(url).status_code == status, (url, name)


def test_the_chart_opens_on_any_day_and_bears_a_bad_one(company):
    page = browser(company, "li")
    assert "li" in page.get("/organization/chart/?on=2021-05-05").content.decode()
    assert page.get("/organization/chart/?on=2021-99-05").status_code == 200


def test_the_matrix_gives_and_takes_leave_with_a_reason_and_it_is_audited(company):
    engineer, admin = company.people["li"].user, browser(company, "admin")
    assert not actor_for(engineer).may("service.incident", "export")
    change = {"role": "engineer", "chapter": "service", "service.incident:export": "department"}
    admin.post("/organization/access/", change)
    assert not actor_for(engineer).may("service.incident", "export"), "a change without a reason changes nothing"
    admin.post("/organization/access/", {**change, "reason": "monthly lists"})
    assert actor_for(engineer).may("service.incident", "export")
    grant = RoleGrant.objects.get(role=company.roles["engineer"], record_type="service.incident", action="export")
    entry = AuditEntry.objects.get(record_type="organization.rolegrant", record_id=grant.pk, action="create")
    assert (entry.note, entry.user) == ("monthly lists", company.people["admin"].user)
    for value, may in (("", False), ("department", True)):
        admin.post("/organization/access/", {**change, "service.incident:export": value, "reason": "again"})
        assert actor_for(engineer).may("service.incident", "export") is may


def test_who_may_only_look_at_grants_changes_none(company):
    before = RoleGrant.objects.current().count()
    url, change = "/organization/access/", {"role": "engineer", "chapter": "service", "reason": "x",
                                            "service.incident:export": "all"}  # fmt: skip
    assert browser(company, "boss").get(url).status_code == 200
    assert browser(company, "boss").post(url, change).status_code == 404
    assert RoleGrant.objects.current().count() == before


def test_the_page_says_from_where_a_leave_comes_and_why_a_record_is_shut(company):
    today = moment.today()
    Delegation(
        person=company.people["hr"], deputy=company.people["wu"], valid_from=today, valid_to=today, reason="leave"
    ).save_as(system_actor())  # fmt: skip
    ticket = Incident(
        title="x", description="y", urgency=2, team=company.departments["SYS"], imported_from="t"
    ).save_as(system_actor())  # fmt: skip
    url = f"/organization/employees/{company.people['wu'].pk}/access/?record={ticket.number}"
    text = browser(company, "admin").get(url).content.decode()
    assert "standing in for hr" in text
    assert "The record lies outside the reach" in text
    assert "There is no such record" in browser(company, "wu").get(
        f"/organization/my-access/?record={ticket.number}"
    ).content.decode()  # fmt: skip


def test_the_chart_of_a_day_before_anybody_was_hired_is_empty(company):
    page = browser(company, "li").get("/organization/chart/", {"on": dt.date(2019, 1, 1)})
    assert page.context["page"].people == 0
