"""The page of a change, and writing its plan and window there."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from opscharter.kernel.errors import Conflict, NotPermitted, Refused
from opscharter.kernel.moment import in_office
from opscharter.kernel.resources.links import record_url
from opscharter.kernel.web.base import SignedInPage
from opscharter.kernel.web.detail import DetailPage
from opscharter.kernel.web.forms import move_form_for
from opscharter.kernel.web.moving import MovePage, sentence
from opscharter.organization.models import Employee
from opscharter.service.changes import answering, planning
from opscharter.service.changes.models import Change, ChangeTask
from opscharter.service.changes.words import BEFORE_START

SHIFTS = {"up": -1, "down": 1}


class ChangePage(DetailPage):
    """A change: how it stands, its assessment and plan, what stands in its way, who agreed."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show it; only the timeline when the page itself asks for that."""
        page = self._context(self.record(pk, related=True))
        if self.actor.external:
            page.badges = page.badges[:1]  # its kind; risk, freezes and lack of authority are the house's own matter
        part = request.headers.get("HX-Target") == "timeline"
        return self.render("opscharter/detail.html#timeline" if part else "service/changes/change.html", page)


class StepForm(forms.Form):
    """What a step of a plan says."""

    action = forms.CharField(label=_l("what is done"), max_length=300)
    expected = forms.CharField(label=_l("expected result"), max_length=300, required=False)
    minutes = forms.IntegerField(label=_l("minutes"), min_value=1, max_value=9999)
    owner = forms.ModelChoiceField(Employee.objects.none(), label=_l("done by"), required=False)
    go_no_go = forms.BooleanField(label=_l("go or no-go afterwards"), required=False)


class ChangeAction(SignedInPage):
    """Something done to a change from its page, and back to it."""

    action = "edit"
    anchor = ""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Do it and go back; what stands in the way is said there."""
        change = Change.objects.visible_to(self.actor, self.action).filter(pk=pk).first()
        if change is None:
            raise Http404
        try:
            if said := self.act(change, request.POST):
                messages.success(request, said)
        except NotPermitted as error:
            raise Http404 from error
        except (Refused, Conflict, ValidationError) as error:
            messages.error(request, sentence(error))
        return HttpResponseRedirect(self.back(change))

    def back(self, change: Change) -> str:
        """Return where one came from."""
        return f"{record_url(change)}{self.anchor}"

    def act(self, change: Change, given: Any) -> str:
        """Do what was asked and return what to say about it."""
        raise NotImplementedError


class PlanPage(ChangeAction):
    """Adding, altering, moving and removing the steps of a plan."""

    anchor = "#plan"

    def act(self, change: Change, given: Any) -> str:
        """Do to the plan what was asked."""
        do = given.get("do", "")
        if do == "add":
            if given.get("phase") not in ChangeTask.Phase.values:
                raise Http404
            planning.add_step(change, self.actor, given["phase"], self._read(given))
            return ""
        step = self._step(change, given)
        if do == "alter":
            planning.alter_step(step, self.actor, self._read(given))
        elif do in SHIFTS:
            planning.shift_step(step, self.actor, SHIFTS[do])
        elif do == "remove":
            planning.remove_step(step, self.actor)
        else:
            raise Http404
        return ""

    def _step(self, change: Change, given: Any) -> ChangeTask:
        wanted = given.get("step", "")
        steps = ChangeTask.objects.visible_to(self.actor, "edit").current().filter(change=change)
        step = steps.filter(pk=int(wanted) if wanted.isdecimal() else 0).first()
        if step is None:
            raise Http404
        version = given.get("version", "")
        if version.isdecimal() and 0 < int(version) < step.version:
            return ChangeTask.at_version(step.pk, int(version))
        return step

    def _read(self, given: Any) -> dict[str, Any]:
        form = StepForm(given)
        field: Any = form.fields["owner"]
        field.queryset = Employee.objects.visible_to(self.actor).current()
        if not form.is_valid():
            told = form.errors.get_json_data().items()
            texts = [f"{form.fields[name].label}: {line['message']}" for name, lines in told for line in lines]
            raise ValidationError(texts)
        return dict(form.cleaned_data)


class WindowPage(ChangeAction):
    """Taking one of the free windows suggested."""

    anchor = "#window"

    def act(self, change: Change, given: Any) -> str:
        """Move the change into the window that begins then."""
        start = parse_datetime(given.get("start", ""))
        if start is None or start.tzinfo is None or change.state not in BEFORE_START:
            raise Http404
        planning.take_window(change, self.actor, start)
        return _("The window now begins %(at)s.") % {"at": f"{in_office(start):%Y-%m-%d %H:%M}"}


class AnswerPage(ChangeAction):
    """A customer's contact agrees to the window, or declines it with a reason."""

    action = "view"

    def act(self, change: Change, given: Any) -> str:
        """Give the answer, for exactly what was seen."""
        if given.get("do") not in answering.ANSWERS:
            raise Http404
        answering.answer(change, self.actor, given["do"], given.get("seen", ""), given.get("reason", ""))
        return _("Thank you; your answer is kept.")


class ChangeMovePage(MovePage):
    """A step of a change; a customer's answer only for what was seen beside it."""

    def post(self, request: HttpRequest, pk: int, name: str) -> HttpResponse:
        """Take it, unless the change is no longer what the customer was shown."""
        if name in answering.ANSWERS:
            try:
                answering.refuse_unseen(self.record(pk, name), request.POST.get("seen", ""))
            except Refused as refused:
                record, move = self._find(pk, name)
                form = move_form_for(self.resource, move)(instance=record, resource=self.resource, actor=self.actor)
                return self._show(record, move, form, status=409, refusals=refused.reasons)
        return super().post(request, pk, name)


URLS = [
    path("service/changes/<int:pk>/answer/", AnswerPage.as_view(), name="change-answer"),
    path("service/changes/<int:pk>/plan/", PlanPage.as_view(), name="change-plan"),
    path("service/changes/<int:pk>/window/", WindowPage.as_view(), name="change-window"),
]
