"""Actors are kept between requests, and never a moment longer than what they may do stays the same."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from opscharter.kernel import moment
from opscharter.kernel.access.actor import actor_for, system_actor
from opscharter.kernel.users.models import User
from opscharter.organization.models import Department, Employee, EmployeeRole, Post, Role, RoleGrant
from opscharter.organization.seed import install_roles

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 5, 4)


@pytest.fixture
def person(db):
    """Return an employee with an account and no role yet."""
    actor = system_actor()
    install_roles(actor)
    department = Department(code="SYS", name="Systems").save_as(actor)
    employee = Employee(name="Li", department=department, post=Post(title="E").save_as(actor), joined_on=DAY)
    employee.user = User.objects.create_user("li")
    return employee.save_as(actor)


def give(person, code, **dates):
    return EmployeeRole(employee=person, role=Role.objects.get(code=code), **dates).save_as(system_actor())


def test_an_actor_is_built_once_and_costs_one_query_afterwards(person, django_assert_num_queries):
    actor_for(person.user)
    with django_assert_num_queries(1):
        assert actor_for(person.user).person_id == person.pk


def test_a_role_given_or_a_grant_taken_away_counts_at_once(person):
    assert not actor_for(person.user).may("service.incident", "archive")
    give(person, "service-manager", valid_from=DAY)
    assert actor_for(person.user).may("service.incident", "archive")
    for grant in RoleGrant.objects.filter(role__code="service-manager", action="archive"):
        grant.archive_as(system_actor(), reason="no longer")
    assert not actor_for(person.user).may("service.incident", "archive")


def test_a_role_that_begins_tomorrow_begins_tomorrow(person):
    give(person, "auditor", valid_from=DAY + dt.timedelta(days=1))
    noon = timezone.make_aware(dt.datetime.combine(DAY, dt.time(12)))
    with moment.at(noon):
        assert "auditor" not in actor_for(person.user).roles
    with moment.at(noon + dt.timedelta(days=1)):
        assert "auditor" in actor_for(person.user).roles


def test_a_copy_in_other_circumstances_may_the_same(person):
    give(person, "auditor", valid_from=DAY)
    actor = actor_for(person.user)
    assert actor.by("api", "127.0.0.1").may("service.incident", "view")
    assert (actor.via, actor.by("api").via) == ("page", "api")
