"""Acceptance 8: what lies outside somebody's reach is found by no page, API call, search or export.

What is outside is reckoned here from the rows themselves (whose customer, which team), not from the scope that is tested.
Every record type that the site lists is probed, so a new one is covered by being listed.
"""

from __future__ import annotations

import pytest
from django.db.models import Q

from opscharter.customers.models import Contract, Customer
from opscharter.kernel.access.actor import system_actor
from opscharter.kernel.resources.links import list_url, record_url
from opscharter.kernel.resources.site import site
from opscharter.kernel.search.find import find
from opscharter.organization.models import Department, Employee, EmployeeRole
from tests.contract.conftest import actor_named, sign_in

pytestmark = pytest.mark.django_db
EACH = 5
"""So many rows outside are probed of each record type."""


def paths(value):
    return (value,) if isinstance(value, str) else value


def within(fields, ids):
    condition = Q(pk__in=[])
    for path in paths(fields):
        condition |= Q(**{f"{path}__in": list(ids)})
    return condition


def person(username):
    return Employee.objects.get(user__username=username)


def foreign_to_project_manager(model):
    """Return the rows of customers that are not the project manager's, and are in no other way theirs."""
    scope, me = model.scope, person("project")
    own = set(Contract.objects.filter(project_manager=me).exclude(state="ENDED").values_list("customer_id", flat=True))
    own |= set(Customer.objects.filter(account_manager=me).values_list("pk", flat=True))
    assert 0 < len(own) < Customer.objects.count()
    foreign = set(Customer.objects.exclude(pk__in=own).values_list("pk", flat=True))
    if not scope.customer or scope.public:
        return model.objects.none()
    mine = within(scope.customer, own) | within(scope.owner, [me.pk]) | Q(created_by=me.user)
    rows = model.objects.filter(within(scope.customer, foreign))
    return rows.exclude(pk__in=model.objects.filter(mine).values("pk"))


def foreign_to_manager(model):
    """Return the tickets and changes of teams that are neither the manager's department nor below it."""
    scope, me = model.scope, person("manager")
    unit = Department.objects.get(pk=me.department_id)
    tree = Department.objects.filter(path__startswith=unit.path).values_list("pk", flat=True)
    rest = Department.objects.exclude(pk__in=tree).values_list("pk", flat=True)
    if not scope.department or scope.public or model._meta.label_lower not in BY_DEPARTMENT:
        return model.objects.none()
    mine = within(scope.department, tree) | within(scope.owner, [me.pk]) | Q(created_by=me.user)
    rows = model.objects.filter(within(scope.department, rest))
    return rows.exclude(pk__in=model.objects.filter(mine).values("pk"))


BY_DEPARTMENT = {
    "service.incident", "service.servicerequest", "service.change", "organization.departmentplan",
    "organization.planitem", "organization.departmentrequest", "organization.decision", "organization.followup",
    "organization.assignment", "organization.reportingline", "customers.feedback",
}  # fmt: skip
"""What a department manager sees of the own department only; customers and assets are known to all managers."""


def leave_the_board(username):
    """End a person's seat on the advisory board, which sees every change: the reach of the post alone is probed."""
    for seat in EmployeeRole.objects.filter(employee=person(username), role__code="advisory-board"):
        seat.archive_as(system_actor(), reason="probe")


def probe(resource, rows, username):
    """Look for rows by every way there is; returns how many ways were tried. Each must find nothing."""
    browser, actor = sign_in(username), actor_named(username)
    base, listed, tried = f"/api/v1/{resource.chapter}/{resource.slug}/", list_url(resource), 0
    for row in rows:
        addresses = [record_url(row, step) for step in ("", "cards", "edit", "history")]
        addresses += [f"{base}{row.pk}/", f"{base}{row.pk}/timeline/", f"{base}{row.pk}/history/"]
        for address in addresses:
            assert browser.get(address).status_code == 404, (username, address)
        number = getattr(row, "number", "")
        if number:
            hits = {(hit.record_type, hit.record_id) for hit in find(actor, number)}
            assert (resource.key, row.pk) not in hits, (username, number)
            assert f'href="{record_url(row)}"' not in browser.get("/find/", {"q": number}).content.decode()
        tried += len(addresses) + 2 * bool(number)
    ids = {"id": [row.pk for row in rows]}
    if ids["id"]:
        page = browser.get(listed, ids)
        assert page.status_code == 404 or all(record_url(r) not in page.content.decode() for r in rows)
        answer = browser.get(base, ids)
        assert answer.status_code == 404 or answer.json()["total"] == 0, (username, resource.key)
        export = browser.get(f"{listed}export/", ids)
        if export.status_code == 200:
            assert b"".join(export.streaming_content).decode("utf-8-sig").count("\r\n") == 1
        else:
            assert export.status_code == 404
        tried += 3
    return tried


@pytest.mark.parametrize(
    ("username", "foreign"), [("project", foreign_to_project_manager), ("manager", foreign_to_manager)]
)
def test_300_probes_outside_the_reach_of_a_manager_find_nothing(username, foreign):
    leave_the_board(username)
    tried = 0
    for resource in site.resources:
        rows = list(foreign(resource.model).order_by("-pk")[:EACH])
        tried += probe(resource, rows, username)
    assert tried >= 300, tried


def test_a_project_manager_does_see_the_own_customers():
    actor = actor_named("project")
    assert actor.customers
    assert set(Customer.objects.visible_to(actor).values_list("pk", flat=True)) == set(actor.customers)
