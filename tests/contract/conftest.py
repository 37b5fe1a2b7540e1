"""A small demo company, founded once for all contract tests; each test's own changes are rolled back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from django.utils import timezone

from opscharter.assets.models import AssetRelation
from opscharter.demo import found
from opscharter.kernel.access.actor import actor_for, system_actor
from opscharter.kernel.calendars.models import BusinessCalendar, CalendarDay
from opscharter.kernel.resources.declaration import Resource
from opscharter.kernel.resources.site import site
from opscharter.kernel.users.models import User
from opscharter.kernel.web import shell
from opscharter.organization.models import Delegation, Employee, EmployeeRole, Role

RESOURCES = site.resources


@pytest.fixture(scope="package", autouse=True)
def _company(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Found a small company for the tests of this folder, and take it away again: others find an empty database."""
    end = timezone.make_aware(dt.datetime(2026, 6, 30, 18, 0))
    with django_db_blocker.unblock(), transaction.atomic():
        found.found(scale=0.06, seed=7, until=end)
        _complete()
        yield
        transaction.set_rollback(True)


def _complete() -> None:
    actor = system_actor()
    people = list(Employee.objects.order_by("pk")[:2])
    day = dt.date(2026, 7, 1)
    CalendarDay(calendar=BusinessCalendar.objects.first(), day=day, reason="停電").save_as(actor)
    Delegation(person=people[0], deputy=people[1], valid_from=day, valid_to=day, reason="出差").save_as(actor)
    role = Role.objects.get(code="auditor")
    EmployeeRole(employee=people[0], role=role, valid_from=day).save_as(actor)
    assert AssetRelation.objects.exists()


@pytest.fixture(autouse=True)
def _no_count_of_work(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave the count in the rail out of thousands of pages, where it would cost minutes; the budgets have it."""
    if "query_budgets" not in request.node.nodeid:
        monkeypatch.setattr(shell, "_work", [])


@pytest.fixture(autouse=True)
def _clean_cache() -> None:
    cache.clear()


@pytest.fixture(params=RESOURCES, ids=lambda resource: resource.key)
def resource(request: pytest.FixtureRequest) -> Resource:
    """Return each resource of the site in turn."""
    return request.param  # type: ignore[no-any-return]


@pytest.fixture
def row(resource: Resource, db: None) -> Any:
    """Return one record of the resource."""
    found_row = resource.model._default_manager.order_by("pk").first()
    assert found_row is not None, f"the contract company has no {resource.key}"
    return found_row


def sign_in(username: str) -> Client:
    """Return a browser signed in as a demo account."""
    client = Client()
    client.force_login(User.objects.get(username=username), backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def admin(db: None) -> Client:
    """Return a browser of the administrator."""
    return sign_in("admin")


@pytest.fixture
def stranger(db: None) -> Client:
    """Return a browser of somebody who holds no role at all."""
    user, _created = User.objects.get_or_create(username="stranger")
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def actor_named(username: str) -> Any:
    """Return the actor of a demo account."""
    return actor_for(User.objects.get(username=username))
