"""Duties: the part's table of contents."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path
from django.utils.translation import gettext_lazy as _

from opscharter.kernel.access.actor import Actor, Reach
from opscharter.kernel.indicators.periods import Period
from opscharter.kernel.resources.declaration import Resource
from opscharter.kernel.resources.site import Page, Part
from opscharter.kernel.web.base import SignedInPage
from opscharter.organization.access import actor_of_employee
from opscharter.organization.duties.models import Duty
from opscharter.organization.duties.owed import MonthFigure, Owed, last_month, owed_by
from opscharter.organization.models.employee import Employee

LABEL = "organization.duty"
duties = Resource(
    Duty, "duties", icon="clipboard-list", columns=["clause", "wording", "post", "rhythm"],
    filters=["post", "rhythm"], order="clause",
)  # fmt: skip


@dataclass
class DutiesContext:
    """What one person owes."""

    employee: Employee
    own: bool
    owed: list[Owed]
    month: Period
    figures: list[MonthFigure]

    @property
    def open(self) -> int:
        """Return how much stands open in all."""
        return sum(each.open for each in self.owed)


class DutiesPage(SignedInPage):
    """What my post owes now; managers may look at it for those whose records they may edit."""

    def get(self, request: HttpRequest, pk: int | None = None) -> HttpResponse:
        """Show the duties of the reader, or of a person below them."""
        person = self.actor.person_id if pk is None else pk
        rows = Employee.objects.select_related("post", "department", "user")
        if person != self.actor.person_id:
            rows = rows.filter(pk__in=Employee.objects.visible_to(self.actor, "edit").values("pk"))
        employee = rows.filter(pk=person or 0).first()
        if employee is None:
            raise Http404
        own = employee.pk == self.actor.person_id
        actor = self.actor if own else actor_of_employee(employee, employee.user)
        month = Period.this_month().shift(-1)
        page = DutiesContext(employee, own, owed_by(employee, actor), month, last_month(employee, actor, month))
        return self.render("organization/duties.html", page)


def _works_here(actor: Actor) -> bool:
    return actor.person_id is not None


ALL = Reach.ALL
PART = Part(
    label=_("Duties"),
    icon="clipboard-list",
    pages=[Page(_("My duties"), "/organization/my-duties/", "clipboard-check", _works_here)],
    resources=[duties],
    grants={
        "everyone": [(LABEL, "view", ALL)],
        "hr": [(LABEL, "create edit archive export import", ALL)],
        "quality-supervisor": [(LABEL, "create edit archive export", ALL)],
    },
    urls=[
        path("organization/my-duties/", DutiesPage.as_view(), name="my-duties"),
        path("organization/employees/<int:pk>/duties/", DutiesPage.as_view(), name="duties-of"),
    ],
)
