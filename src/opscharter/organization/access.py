"""From an account to an actor: roles of the posts held today, given by hand, and of those one stands in for."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.db.models.functions import Length

from opscharter.kernel import moment
from opscharter.kernel.access.actor import Actor, Grant, Reach
from opscharter.kernel.users.models import User
from opscharter.organization.models import (
    Assignment,
    Delegation,
    Department,
    Employee,
    EmployeeRole,
    Role,
    RoleGrant,
)

outsiders: list[Callable[[User], Actor | None]] = []
"""Functions that build the actor of an account that is no employee's (the customers' contacts)."""

customers_of: list[Callable[[int], Iterable[int]]] = []
"""Functions that name the customers in a person's charge: of the accounts, contracts and projects they manage."""


@dataclass(frozen=True)
class Source:
    """Where a role comes from: a post held, a day-to-day gift, or somebody one stands in for (`through`)."""

    role: Role
    post: Assignment | None = None
    given: EmployeeRole | None = None
    through: Employee | None = None


def actor_of(user: User) -> Actor:
    """Return the actor of an account with today's grants; superusers act as administrators."""
    employee = Employee.objects.filter(user=user, archived_at__isnull=True).first()
    if employee is None:
        for build in outsiders:
            if (actor := build(user)) is not None:
                return actor
        roles = Role.objects.filter(code="administrator") if user.is_superuser else Role.objects.none()
        return Actor(user=user, label=str(user), roles=frozenset(r.code for r in roles), grants=_grants(roles))
    return actor_of_employee(employee, user)


def actor_of_employee(employee: Employee, user: User | None = None) -> Actor:
    """Return the actor of an employee with today's grants; whoever has left may do nothing."""
    if employee.left_on and employee.left_on < moment.today():
        return Actor(user=user, label=employee.name)
    absent = stands_in_for(employee.pk)
    held = roles_of(employee.pk, absent)
    return Actor(
        user=user,
        person_id=employee.pk,
        label=employee.name,
        roles=frozenset(role.code for role in held),
        grants=_grants(held),
        units=units_of(employee),
        customers=frozenset(pk for person in (employee.pk, *absent) for name in customers_of for pk in name(person)),
        represents=frozenset(absent),
    )


def works_here() -> Q:
    """Return the condition on accounts of people who have not left."""
    stays = Q(employee__left_on__isnull=True) | Q(employee__left_on__gte=moment.today())
    return Q(employee__isnull=False, employee__archived_at__isnull=True) & stays


def roles_of(employee_id: int, absent: Iterable[int] | None = None) -> list[Role]:
    """Return every role a person holds today, with those of the absent (default: whom they stand in for)."""
    return _roles([employee_id, *(stands_in_for(employee_id) if absent is None else absent)])


def post_roles_of(employee_id: int) -> list[Role]:
    """Return the roles of a person's own, without those of whom they stand in for."""
    return _roles([employee_id])


def _running() -> Q:
    today = moment.today()
    return Q(valid_from__lte=today) & (Q(valid_to__isnull=True) | Q(valid_to__gte=today))


def _roles(people: Iterable[int]) -> list[Role]:
    posts = Q(posts__assignments__in=_assignments(people).filter(_running()).values("pk"))
    given = Q(given__in=_given(people).filter(_running()).values("pk"))
    return list(Role.objects.filter(archived_at__isnull=True).filter(posts | given).distinct().order_by("code"))


def _assignments(people: Iterable[int]) -> Any:
    return Assignment.objects.current().filter(employee_id__in=list(people))


def _given(people: Iterable[int]) -> Any:
    return EmployeeRole.objects.current().filter(employee_id__in=list(people))


def sources_of(employee: Employee) -> list[Source]:
    """Return every role a person holds today with where it comes from, the person's own first."""
    people = [employee, *Employee.objects.filter(pk__in=stands_in_for(employee.pk)).order_by("pk")]
    found: list[Source] = []
    for person in people:
        through = None if person.pk == employee.pk else person
        held = _assignments([person.pk]).filter(_running()).select_related("post", "department")
        for assignment in held:
            roles = assignment.post.roles.filter(archived_at__isnull=True).order_by("code")
            found += [Source(role, post=assignment, through=through) for role in roles]
        for gift in _given([person.pk]).filter(_running()).select_related("role"):
            if gift.role.archived_at is None:
                found.append(Source(gift.role, given=gift, through=through))
    return found


def stands_in_for(employee_id: int) -> list[int]:
    """Return for whom a person stands in today."""
    today = moment.today()
    rows = Delegation.objects.current().filter(deputy_id=employee_id, valid_from__lte=today, valid_to__gte=today)
    return list(rows.values_list("person_id", flat=True))


def _grants(roles: Iterable[Role]) -> tuple[Grant, ...]:
    return grants_of([role.pk for role in roles])


def grants_of(role_ids: list[int]) -> tuple[Grant, ...]:
    """Return the grants of some roles."""
    rows = RoleGrant.objects.current().filter(role_id__in=role_ids)
    return tuple(Grant(*line) for line in rows.values_list("record_type", "action", "reach", "role__code"))


def units_of(employee: Employee) -> dict[str, frozenset[int]]:
    """Return the departments within each reach: one's own, and those below it or below what one heads."""
    own = frozenset({employee.department_id})
    headed = Department.objects.current().filter(Q(head_id=employee.pk) | Q(pk=employee.department_id))
    paths = list(headed.order_by(Length("path")).values_list("path", flat=True))
    below = Q(pk__in=[])
    for path in paths:
        below |= Q(path__startswith=path)
    tree = frozenset(Department.objects.current().filter(below).values_list("pk", flat=True))
    return {Reach.TEAM: own, Reach.DEPARTMENT: own, Reach.DEPARTMENT_TREE: tree | own}
