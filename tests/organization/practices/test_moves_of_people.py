"""Acceptance 10, and who reported to whom on a day."""

from __future__ import annotations

import datetime as dt

import pytest

from opscharter.kernel import moment
from opscharter.kernel.access.actor import actor_for, system_actor
from opscharter.kernel.errors import Refused
from opscharter.organization.models import Employee
from opscharter.organization.overview.chart import chart_on, managers_on
from opscharter.organization.services import assign_post, post_on, take_up_due_posts

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def test_moving_an_employee_changes_roles_that_day_and_yesterdays_chart_still_shows_yesterdays_post(company):
    person, tomorrow = company.people["li"], moment.today() + DAY
    assign_post(person, company.posts["hr"], company.departments["NET"], tomorrow, company.actor("hr"))
    assert actor_for(person.user).roles == {"engineer"}
    with moment.at(moment.now() + DAY):
        assert actor_for(person.user).roles == {"hr"}
        take_up_due_posts(system_actor())
        assert post_on(person, tomorrow - DAY).post == company.posts["engineer"]
        assert seats(tomorrow - DAY)["li"] == ("Systems", "engineer")
        assert seats(tomorrow)["li"] == ("Networks", "hr")


def seats(day):
    found, units = {}, chart_on(day)
    while units:
        unit = units.pop()
        units += unit.children
        found |= {seat.employee.name: (unit.department.name, seat.post) for seat in unit.seats}
    return found


def test_the_reporting_line_is_kept_by_day(company):
    person, today = company.people["li"], moment.today()
    person.manager = company.people["head"]
    person.save_as(company.actor("hr"))
    with moment.at(moment.now() + 3 * DAY):
        person.manager = company.people["nets"]
        person.save_as(company.actor("hr"))
    assert managers_on(today)[person.pk].name == "head"
    assert managers_on(today + 2 * DAY)[person.pk].name == "head"
    assert managers_on(today + 3 * DAY)[person.pk].name == "nets"


def test_a_manager_cannot_give_somebody_another_post_by_the_form(company):
    person = Employee.objects.get(pk=company.people["li"].pk)
    person.post = company.posts["administrator"]
    with pytest.raises(Refused) as refused:
        person.save_as(company.actor("head"))
    assert refused.value.reasons[0].clause == "2.1.1"
    assert actor_for(person.user).roles == {"engineer"}


def test_the_chart_of_a_day_shows_the_head_of_that_day(company):
    department = company.departments["SYS"]
    with moment.at(moment.now() + 2 * DAY):
        department.head = company.people["li"]
        department.save_as(system_actor())
        before = next(u for u in chart_on(moment.today() - DAY)[0].children if u.department.code == "SYS")
        after = next(u for u in chart_on(moment.today())[0].children if u.department.code == "SYS")
    assert (before.head.employee.name, after.head.employee.name) == ("head", "li")
