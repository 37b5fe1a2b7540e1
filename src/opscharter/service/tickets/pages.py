"""The few pages of the service desk that are more than a record's: test results and what is left over."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path
from django.utils.translation import gettext as _

from opscharter.kernel.errors import Conflict, NotPermitted, Refused
from opscharter.kernel.resources.links import record_url
from opscharter.kernel.web.base import SignedInPage
from opscharter.kernel.web.moving import sentence
from opscharter.service.tickets.models import Incident, TestStep
from opscharter.service.tickets.services import leave_over


class TestResultPage(SignedInPage):
    """Recording the result of one test step, or adding a step."""

    __test__ = False

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Store the result and go back to the incident."""
        incident = Incident.objects.visible_to(self.actor).filter(pk=pk).first()
        if incident is None:
            raise Http404
        try:
            if wording := request.POST.get("new", "").strip():
                position = incident.test_steps.count() + 1
                TestStep(incident=incident, position=position, step=wording[:200]).save_as(self.actor)
            else:
                step = incident.test_steps.filter(pk=request.POST.get("step") or 0).first()
                if step is None:
                    raise Http404
                step.result = request.POST.get("result", "")
                step.note = request.POST.get("note", "")[:200]
                step.save_as(self.actor)
        except NotPermitted as error:
            raise Http404 from error
        except (Refused, Conflict, ValidationError) as error:
            messages.error(request, sentence(error))
        return HttpResponseRedirect(f"{record_url(incident)}#tests")


class LeftoverPage(SignedInPage):
    """Opening a linked incident for what a repair left over."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Open it and show it."""
        incident = Incident.objects.visible_to(self.actor).filter(pk=pk).first()
        if incident is None or self.actor.external:
            raise Http404
        try:
            leftover = leave_over(incident, request.POST.get("title", "").strip()[:200], self.actor)
        except NotPermitted as error:
            raise Http404 from error
        except (Refused, ValidationError) as error:
            messages.error(request, sentence(error))
            return HttpResponseRedirect(record_url(incident))
        messages.success(request, _("%(record)s is saved.") % {"record": leftover})
        return HttpResponseRedirect(record_url(leftover))


URLS = [
    path("service/incidents/<int:pk>/tests/", TestResultPage.as_view(), name="incident-tests"),
    path("service/incidents/<int:pk>/leftover/", LeftoverPage.as_view(), name="incident-leftover"),
]
