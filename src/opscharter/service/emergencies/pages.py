"""The war room: one page, on a phone too, from which an emergency is run."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from opscharter.kernel.clocks.models import Clock
from opscharter.kernel.errors import Conflict, NotPermitted, Refused
from opscharter.kernel.resources.links import record_url
from opscharter.kernel.timeline.models import TimelineEntry
from opscharter.kernel.web.base import SignedInPage
from opscharter.kernel.web.detail import DetailPage
from opscharter.kernel.web.moving import sentence
from opscharter.organization.models import Employee
from opscharter.service.emergencies import services
from opscharter.service.emergencies.lifecycle import EmergencyState, PlanState, TaskState
from opscharter.service.emergencies.models import ContingencyPlan, ContingencyStep, Emergency, EmergencyTask
from opscharter.service.emergencies.models.plan import TaskRole
from opscharter.service.tickets.lifecycle import OPEN
from opscharter.service.tickets.models import Incident

STORY_LENGTH = 80


class WarRoomPage(DetailPage):
    """A major incident as it runs: tasks, word to the customers, parts, roles and the story of all of it."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show the room."""
        record = self.record(pk, related=True)
        page = self._context(record)
        return self.render("service/emergencies/war_room.html", page, room=self._room(record))

    def _room(self, emergency: Emergency) -> dict[str, Any]:
        incident = emergency.incident
        tasks = list(emergency.tasks.filter(archived_at__isnull=True).select_related("owner").order_by("due_at", "pk"))
        family = services.family_of(emergency)
        customers = services.customers_of(emergency)
        running = emergency.state == EmergencyState.RUNNING
        clock = Clock.objects.filter(
            record_type="service.incident", record_id=incident.pk, kind="update", state=Clock.State.RUNNING
        ).first()
        plan = emergency.plan
        return {
            "incident": incident, "running": running, "plan": plan,
            "tasks": tasks, "done": sum(task.state != TaskState.OPEN for task in tasks),
            "parts": family[1:], "open_parts": sum(part.state in OPEN for part in family[1:]),
            "customers": [(customer, tickets, len(tickets)) for customer, tickets in customers.items()],
            "next_word": clock.due_at if clock else None,
            "story": self._story(emergency),
            "update_text": plan.text_update if plan else "", "resolved_text": plan.text_resolved if plan else "",
            "may_tell": running and self.may("tell"), "may_close": running and self.may("close"),
            "may_join": running and self.may("edit"), "may_task": self.actor.may("service.emergencytask", "create"),
            "ready": not incident.is_open,
            "proposed": services.propose_parts(emergency, self.actor) if running and self.may("edit") else [],
            "roles": TaskRole.choices,
        }  # fmt: skip

    def _story(self, emergency: Emergency) -> list[tuple[TimelineEntry, Any]]:
        """Return what happened in the room and on its incident as one story, newest first, each with its record."""
        records = {(type(r)._meta.label_lower, r.pk): r for r in (emergency, emergency.incident)}
        wanted = Q(pk__in=[])
        for record_type, pk in records:
            wanted |= Q(record_type=record_type, record_id=pk)
        found = TimelineEntry.objects.filter(wanted).exclude(kind=TimelineEntry.Kind.CREATED).order_by("-at", "-id")
        return [(entry, records[entry.record_type, entry.record_id]) for entry in found[:STORY_LENGTH]]


class _RoomAction(SignedInPage):
    """Something done in the war room, and back to it."""

    action = "edit"
    anchor = ""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Do it and go back."""
        emergency = Emergency.objects.visible_to(self.actor, self.action).filter(pk=pk).first()
        if emergency is None:
            raise Http404
        try:
            if said := self.act(emergency, request):
                messages.success(request, said)
        except NotPermitted as error:
            raise Http404 from error
        except (Refused, Conflict, ValidationError) as error:
            messages.error(request, sentence(error))
        return HttpResponseRedirect(f"{record_url(emergency)}{self.anchor}")

    def act(self, emergency: Emergency, request: HttpRequest) -> str:
        """Do what was asked and return what to say about it."""
        raise NotImplementedError

    @staticmethod
    def own_texts(request: HttpRequest) -> dict[int, str]:
        """Return the texts given for single customers, by customer id."""
        names = [name for name in request.POST if name.startswith("text-") and name[5:].isdigit()]
        return {int(name[5:]): str(request.POST[name]) for name in names if str(request.POST[name]).strip()}


class TellPage(_RoomAction):
    """Word to every affected customer."""

    action = "tell"

    def act(self, emergency: Emergency, request: HttpRequest) -> str:
        """Tell them."""
        count = services.tell_customers(emergency, self.actor, request.POST.get("text", ""), self.own_texts(request))
        return ngettext("Written on %(n)s ticket.", "Written on %(n)s tickets.", count) % {"n": count}


class ClosePage(_RoomAction):
    """The end of the emergency for all its parts."""

    action = "close"

    def act(self, emergency: Emergency, request: HttpRequest) -> str:
        """Close it."""
        count = services.close(emergency, self.actor, request.POST.get("text", ""), self.own_texts(request))
        return ngettext("Resolved with it: %(n)s ticket.", "Resolved with it: %(n)s tickets.", count) % {"n": count}


class JoinPage(_RoomAction):
    """Making incidents part of the major one: the ticked ones, or those whose numbers were typed."""

    anchor = "#parts"

    def act(self, emergency: Emergency, request: HttpRequest) -> str:
        """Let them join."""
        ids = [int(value) for value in request.POST.getlist("id") if value.isdigit()]
        numbers = request.POST.get("numbers", "").replace(",", " ").replace("，", " ").replace("、", " ").split()
        visible = Incident.objects.visible_to(self.actor).current()
        found = list(visible.filter(Q(pk__in=ids) | Q(number__in=[number.upper() for number in numbers])))
        if missing := {number.upper() for number in numbers} - {incident.number for incident in found}:
            raise ValidationError(_("There is no %(numbers)s.") % {"numbers": ", ".join(sorted(missing))})
        if leaving := request.POST.get("leave", ""):
            part = visible.filter(pk=leaving if leaving.isdigit() else 0, parent_id=emergency.incident_id).first()
            if part is None:
                raise Http404
            services.leave(emergency, part, self.actor)
            return ""
        count = services.join(emergency, found, self.actor)
        return ngettext("%(n)s ticket joined.", "%(n)s tickets joined.", count) % {"n": count}


class AddTaskPage(_RoomAction):
    """One more task, beyond those of the plan."""

    action = "view"
    anchor = "#tasks"

    def act(self, emergency: Emergency, request: HttpRequest) -> str:
        """Add it."""
        owner = Employee.objects.visible_to(self.actor).filter(name=request.POST.get("owner", "").strip()).first()
        role = request.POST.get("role", "")
        if owner is None and role in TaskRole.values:
            owner = services.matching.owner_of(role, emergency)
        if owner is None:
            raise ValidationError(_("Name who does it."))
        given = request.POST.get("minutes", "")
        minutes = int(given) if given.isdigit() else 15
        services.add_task(emergency, self.actor, request.POST.get("title", ""), role, owner, minutes)
        return ""


class SettleTaskPage(SignedInPage):
    """A task done, from the room itself."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Take the step and go back to the room."""
        task = EmergencyTask.objects.visible_to(self.actor, "done").filter(pk=pk).first()
        if task is None:
            raise Http404
        try:
            task.move("done", self.actor, note=request.POST.get("note", "")[:300])
        except NotPermitted as error:
            raise Http404 from error
        except (Refused, Conflict, ValidationError) as error:
            messages.error(request, sentence(error))
        return HttpResponseRedirect(f"{record_url(task.emergency)}#tasks")


class PlanStepPage(SignedInPage):
    """Adding a step to the draft of a plan, or taking one away."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Change the steps and go back to the plan."""
        plan = ContingencyPlan.objects.visible_to(self.actor).filter(pk=pk, state=PlanState.DRAFT).first()
        if plan is None:
            raise Http404
        given = request.POST
        try:
            if given.get("remove", "").isdigit():
                step = plan.steps.filter(pk=given["remove"]).first()
                if step is None:
                    raise Http404
                step.archive_as(self.actor, reason=_("taken out of the draft"))
            else:
                minutes = given.get("minutes", "")
                ContingencyStep(
                    plan=plan, position=plan.steps.count() + 1, title=given.get("title", "").strip()[:200],
                    role=given.get("role", ""), minutes=int(minutes) if minutes.isdigit() else 0,
                ).save_as(self.actor)  # fmt: skip
        except NotPermitted as error:
            raise Http404 from error
        except (Refused, Conflict, ValidationError) as error:
            messages.error(request, sentence(error))
        return HttpResponseRedirect(f"{record_url(plan)}#steps")


ROOM = "service/major-incidents/<int:pk>"
URLS = [
    path(f"{ROOM}/tell/", TellPage.as_view(), name="emergency-tell"),
    path(f"{ROOM}/close/", ClosePage.as_view(), name="emergency-close"),
    path(f"{ROOM}/parts/", JoinPage.as_view(), name="emergency-parts"),
    path(f"{ROOM}/tasks/", AddTaskPage.as_view(), name="emergency-add-task"),
    path("service/emergency-tasks/<int:pk>/settle/", SettleTaskPage.as_view(), name="emergency-settle"),
    path("service/contingency-plans/<int:pk>/steps/", PlanStepPage.as_view(), name="contingency-steps"),
]
