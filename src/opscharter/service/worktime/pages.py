"""Writing down time from the ticket itself."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path
from django.utils.translation import gettext as _

from opscharter.kernel import moment
from opscharter.kernel.errors import Conflict, NotPermitted, Refused
from opscharter.kernel.resources.links import record_url
from opscharter.kernel.web.base import SignedInPage
from opscharter.kernel.web.moving import sentence
from opscharter.service.tickets.models import Incident, ServiceRequest
from opscharter.service.worktime.models import TimeEntry

KINDS: dict[str, tuple[Any, str]] = {"incidents": (Incident, "incident"), "requests": (ServiceRequest, "request")}


class LogTimePage(SignedInPage):
    """Minutes spent, in one line."""

    def post(self, request: HttpRequest, kind: str, pk: int) -> HttpResponse:
        """Keep them and go back to the ticket."""
        model, field = KINDS.get(kind, (None, ""))
        ticket = model.objects.visible_to(self.actor).filter(pk=pk).first() if model else None
        if ticket is None or self.actor.external or self.actor.person_id is None:
            raise Http404
        given = request.POST
        minutes = given.get("minutes", "")
        try:
            if not minutes.isdecimal():
                raise ValidationError(_("Say how many minutes."))
            TimeEntry(
                **{field: ticket}, person_id=self.actor.person_id, worked_on=moment.today(), minutes=int(minutes),
                billable=given.get("billable") == "1", note=given.get("note", "")[:200],
            ).save_as(self.actor)  # fmt: skip
        except NotPermitted as error:
            raise Http404 from error
        except (Refused, Conflict, ValidationError) as error:
            messages.error(request, sentence(error))
        return HttpResponseRedirect(f"{record_url(ticket)}#time")


URLS = [path("service/<slug:kind>/<int:pk>/time/", LogTimePage.as_view(), name="ticket-time")]
