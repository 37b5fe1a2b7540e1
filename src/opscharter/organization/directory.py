"""The directory that approvals ask: who holds a role, who heads what, who stands in for whom."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db.models import Q, QuerySet

from opscharter.kernel import moment
from opscharter.organization.access import stands_in_for
from opscharter.organization.models import Delegation, Department, Employee


class CompanyDirectory:
    """Answers from today's assignments."""

    def in_role(self, code: str, record: Any) -> list[int]:
        """Return the persons who hold a role today by post or by hand."""
        today = moment.today()
        by_post = Q(
            assignments__post__roles__code=code,
            assignments__valid_from__lte=today,
            assignments__archived_at__isnull=True,
        ) & (Q(assignments__valid_to__isnull=True) | Q(assignments__valid_to__gte=today))
        by_hand = Q(
            given_roles__role__code=code, given_roles__valid_from__lte=today, given_roles__archived_at__isnull=True
        ) & (Q(given_roles__valid_to__isnull=True) | Q(given_roles__valid_to__gte=today))
        return sorted(set(Employee.objects.current().filter(by_post | by_hand).values_list("pk", flat=True)))

    def head_of(self, department_id: int) -> int | None:
        """Return the head of a department."""
        return Department.objects.filter(pk=department_id).values_list("head_id", flat=True).first()

    def stands_in_for(self, person_id: int) -> list[int]:
        """Return for whom a person stands in today."""
        return stands_in_for(person_id)

    def staff(self, day: dt.date) -> QuerySet[Employee]:
        """Return the employees in service on a day."""
        rows = Employee.objects.current().filter(joined_on__lte=day)
        return rows.filter(Q(left_on__isnull=True) | Q(left_on__gte=day)).select_related("user")

    def user_of(self, person_id: int) -> Any:
        """Return a person's account."""
        employee = Employee.objects.filter(pk=person_id).select_related("user").first()
        return employee.user if employee else None

    def voices_of(self, person_ids: Iterable[int]) -> list[Any]:
        """Return the accounts of persons and of those who stand in for them today."""
        today, people = moment.today(), list(person_ids)
        deputies = Delegation.objects.current().filter(person_id__in=people, valid_from__lte=today, valid_to__gte=today)
        rows = Employee.objects.filter(Q(pk__in=people) | Q(pk__in=deputies.values("deputy_id")), user__isnull=False)
        return [employee.user for employee in rows.select_related("user").order_by("pk")]
