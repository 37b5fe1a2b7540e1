"""The pages over the whole organization."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from opscharter.kernel import moment
from opscharter.kernel.access.actor import Actor, Reach
from opscharter.kernel.errors import Conflict, NotPermitted, Refused
from opscharter.kernel.resources.declaration import Text
from opscharter.kernel.resources.links import record_url
from opscharter.kernel.resources.site import Chapter
from opscharter.kernel.web.base import SignedInPage
from opscharter.kernel.web.moving import sentence
from opscharter.organization.access import actor_of_employee, sources_of
from opscharter.organization.models.access import Role
from opscharter.organization.models.department import Department
from opscharter.organization.models.employee import Employee
from opscharter.organization.overview import chart, matrix, shipped, why
from opscharter.organization.overview.shipped import Shipped
from opscharter.organization.workload import Load, loads

GRANT = "organization.rolegrant"


@dataclass
class ChartContext:
    """The organization on a day."""

    day: dt.date
    today: dt.date
    units: list[chart.Unit]

    @property
    def people(self) -> int:
        """Return how many people there were."""
        return sum(unit.people for unit in self.units)


class ChartPage(SignedInPage):
    """The org chart of any day."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Draw it."""
        if self.actor.external or not self.actor.may("organization.department", "view"):
            raise Http404
        try:
            day = parse_date(request.GET.get("on", "")) or moment.today()
        except ValueError:
            day = moment.today()
        return self.render("organization/chart.html", ChartContext(day, moment.today(), chart.chart_on(day)))


@dataclass
class MatrixContext:
    """The table of one role in one chapter."""

    role: Role
    roles: list[Role]
    chapter: Chapter
    chapters: list[Chapter]
    lines: list[matrix.Line]
    heads: list[Text]
    may: bool
    holders: int
    shipped: list[Shipped]


class MatrixPage(SignedInPage):
    """Roles × actions × reaches: seen by those who may see grants, changed by those who may give and take them."""

    def _chosen(self, given: Any) -> tuple[Role, list[Role], Chapter]:
        if not self.actor.may(GRANT, "view"):
            raise Http404
        roles = list(Role.objects.current().order_by("code"))
        role = next((each for each in roles if each.code == given.get("role")), roles[0] if roles else None)
        known = matrix.chapters()
        chapter = next((each for each in known if each.code == given.get("chapter")), known[0])
        if role is None:
            raise Http404
        return role, roles, chapter

    @property
    def _may(self) -> bool:
        return self.actor.may(GRANT, "create") and self.actor.may(GRANT, "archive")

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the table."""
        role, roles, chapter = self._chosen(request.GET)
        holders = Employee.objects.current().filter(post__roles=role).distinct().count()
        page = MatrixContext(
            role, roles, chapter, matrix.chapters(), matrix.lines_of(role, chapter),
            [_("any action"), *matrix.BASE.values()], self._may, holders, shipped.lacking(role) if self._may else [],
        )  # fmt: skip
        return self.render("organization/matrix.html", page)

    def post(self, request: HttpRequest) -> HttpResponse:
        """Give and take grants, with the reason."""
        role, _roles, chapter = self._chosen(request.POST)
        if not self._may:
            raise Http404
        if "give" in request.POST:
            return self._give(request, role, chapter)
        wanted = {name: str(value) for name, value in request.POST.items() if ":" in name}
        reason = request.POST.get("reason", "").strip()
        try:
            if not reason:
                raise ValidationError(_("A change of permissions needs a reason."))
            count = matrix.change(role, chapter, wanted, self.actor, reason)
            messages.success(request, _("%(n)s grants of %(role)s were changed.") % {"n": count, "role": role})
        except NotPermitted as error:
            raise Http404 from error
        except (Refused, Conflict, ValidationError) as error:
            messages.error(request, sentence(error))
        return HttpResponseRedirect(f"{request.path}?role={role.code}&chapter={chapter.code}")

    def _give(self, request: HttpRequest, role: Role, chapter: Chapter) -> HttpResponse:
        """Give the role the shipped grants that were ticked."""
        try:
            count = shipped.give(role, request.POST.getlist("shipped"), self.actor)
            messages.success(request, _("%(n)s grants of %(role)s were changed.") % {"n": count, "role": role})
        except NotPermitted as error:
            raise Http404 from error
        except Refused as error:
            messages.error(request, sentence(error))
        return HttpResponseRedirect(f"{request.path}?role={role.code}&chapter={chapter.code}")


@dataclass
class WhyContext:
    """What one person may see and do."""

    employee: Employee
    own: bool
    sources: list[tuple[str, str]]
    leaves: list[why.Leave]
    sought: str = ""
    record: Any = None
    record_url: str = ""
    answers: list[why.Answer] = field(default_factory=list)
    customers: int = 0


class WhyPage(SignedInPage):
    """What this person can see and do, and why: open to the person, and to those who may see grants."""

    def get(self, request: HttpRequest, pk: int | None = None) -> HttpResponse:
        """Show every leave with where it comes from; a record sought by its number is tried."""
        person = pk or self.actor.person_id or 0
        if person != self.actor.person_id and not self.actor.may(GRANT, "view"):
            raise Http404
        rows = Employee.objects.select_related("user", "post", "department")
        if person != self.actor.person_id:
            rows = rows.filter(pk__in=Employee.objects.visible_to(self.actor).values("pk"))
        employee = rows.filter(pk=person).first()
        if employee is None:
            raise Http404
        actor = actor_of_employee(employee, employee.user)
        sources = [(str(source.role), why.said_source(source)) for source in sources_of(employee)]
        page = WhyContext(employee, person == self.actor.person_id, sources, why.leaves_of(actor))
        page.customers = len(actor.customers)
        page.sought = request.GET.get("record", "").strip()
        found = why.find_record(page.sought, self.actor) if page.sought else None
        if found is not None:
            resource, page.record = found
            page.record_url = record_url(page.record)
            page.answers = why.answers_for(employee, resource, page.record)
        return self.render("organization/why.html", page)


@dataclass
class PersonLoad:
    """What one person has open, by kind."""

    employee: Employee
    loads: list[Load]

    @property
    def open(self) -> int:
        """Return how much is open in all."""
        return sum(load.open for load in self.loads)

    @property
    def late(self) -> int:
        """Return how much of it is late."""
        return sum(load.late for load in self.loads)


@dataclass
class WorkloadContext:
    """The load of one department's people."""

    department: Department
    departments: list[Department]
    kinds: list[Text]
    people: list[PersonLoad]

    @property
    def most(self) -> int:
        """Return the largest load, for the bars."""
        return max((person.open for person in self.people), default=0) or 1

    @property
    def mean(self) -> float:
        """Return what each has open on average."""
        return sum(person.open for person in self.people) / len(self.people) if self.people else 0.0


def departments_led(actor: Actor) -> list[Department]:
    """Return the departments whose load a person may look at: those whose people they may edit."""
    if actor.person_id is None:
        return []
    editable = Employee.objects.visible_to(actor, "edit").current()
    return list(Department.objects.current().filter(members__in=editable.values("pk")).distinct().order_by("path"))


class WorkloadPage(SignedInPage):
    """What each person of a team has open, for those who lead it."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the department asked for, or one's own."""
        led = departments_led(self.actor)
        if not led:
            raise Http404
        wanted = request.GET.get("department", "")
        own = self.actor.units.get(Reach.DEPARTMENT, frozenset())
        first = next((each for each in led if each.pk in own), led[0])
        department = next((each for each in led if str(each.pk) == wanted), first)
        people = Employee.objects.visible_to(self.actor, "edit").current().filter(department=department)
        staff = list(people.filter(left_on__isnull=True).select_related("post").order_by("number"))
        counted = loads([person.pk for person in staff], self.actor)
        lines = [PersonLoad(person, [found.get(person.pk, Load()) for _c, found in counted]) for person in staff]
        lines.sort(key=lambda line: (-line.open, line.employee.pk))
        kinds = [counter.label for counter, _found in counted]
        return self.render("organization/workload.html", WorkloadContext(department, led, kinds, lines))
