"""Opening a problem from an incident, and linking incidents to one."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path
from django.utils.translation import gettext as _

from opscharter.kernel.errors import Conflict, NotPermitted, Refused
from opscharter.kernel.resources.links import record_url
from opscharter.kernel.web.base import SignedInPage
from opscharter.kernel.web.moving import sentence
from opscharter.service.problems.models import Problem
from opscharter.service.problems.services import add_incident, open_for
from opscharter.service.tickets.models import Incident


class FromIncidentPage(SignedInPage):
    """A problem for an incident: a new one, or one that stands already."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Open or link it and show it."""
        incident = Incident.objects.visible_to(self.actor).filter(pk=pk).first()
        if incident is None or self.actor.external:
            raise Http404
        target: Any = incident
        try:
            if number := request.POST.get("number", "").strip():
                target = self._problem(number)
                add_incident(target, incident, self.actor)
            else:
                target = open_for(incident, self.actor, major=request.POST.get("major") == "1")
        except NotPermitted as error:
            raise Http404 from error
        except (Refused, Conflict, ValidationError) as error:
            messages.error(request, sentence(error))
        return HttpResponseRedirect(record_url(target))

    def _problem(self, number: str) -> Problem:
        found = Problem.objects.visible_to(self.actor, "edit").current().filter(number=number.upper()).first()
        if found is None:
            raise ValidationError(_("There is no %(numbers)s.") % {"numbers": number})
        return found


URLS = [path("service/incidents/<int:pk>/problem/", FromIncidentPage.as_view(), name="incident-problem")]
