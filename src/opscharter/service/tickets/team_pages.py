"""The pages of working together: watching, linking, splitting, macros."""

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
from opscharter.service.tickets import macros, together
from opscharter.service.tickets.models import Incident, Macro, ServiceRequest

KINDS: dict[str, Any] = {"incidents": Incident, "requests": ServiceRequest}


class _TicketAction(SignedInPage):
    """Something done with a ticket by the house, and back to it."""

    action = "comment"

    def ticket(self, kind: str, pk: int) -> Any:
        """Return the ticket within the actor's scope; 404 otherwise, and for customers."""
        model = KINDS.get(kind)
        found = model.objects.visible_to(self.actor, self.action).filter(pk=pk).first() if model else None
        if found is None or self.actor.external:
            raise Http404
        return found

    def post(self, request: HttpRequest, kind: str, pk: int, **more: Any) -> HttpResponse:
        """Do it and go back."""
        ticket = self.ticket(kind, pk)
        target = ticket
        try:
            target = self.act(ticket, request, **more) or ticket
        except NotPermitted as error:
            raise Http404 from error
        except (Refused, Conflict, ValidationError) as error:
            messages.error(request, sentence(error))
        url = record_url(target)
        if request.headers.get("HX-Request"):
            return HttpResponse(status=204, headers={"HX-Redirect": url})
        return HttpResponseRedirect(url)

    def act(self, ticket: Any, request: HttpRequest, **more: Any) -> Any:
        """Do what was asked; returns the record to show, or None for the ticket."""
        raise NotImplementedError


class WatchPage(_TicketAction):
    """Watching a ticket or no longer."""

    action = "view"

    def act(self, ticket: Any, request: HttpRequest, **more: Any) -> Any:
        """Turn it round."""
        user = self.actor.user
        if user is not None:
            (together.unwatch if request.POST.get("do") == "unwatch" else together.watch)(ticket, user)


class LinkPage(_TicketAction):
    """Linking a ticket to another, or taking a link away."""

    def act(self, ticket: Any, request: HttpRequest, **more: Any) -> Any:
        """Do it."""
        if (remove := request.POST.get("remove", "")).isdigit():
            together.unlink(ticket, int(remove), self.actor)
        else:
            other = together.find_ticket(request.POST.get("number", ""), self.actor)
            together.link(ticket, other, request.POST.get("kind", ""), self.actor)


class SplitPage(_TicketAction):
    """Making a ticket of its own of a second matter."""

    action = "edit"

    def act(self, ticket: Any, request: HttpRequest, **more: Any) -> Any:
        """Split it and show what came of it."""
        made = together.split(ticket, request.POST.get("title", ""), request.POST.get("description", ""), self.actor)
        messages.success(request, _("%(record)s is saved.") % {"record": made})
        return made


class MacroPage(_TicketAction):
    """Looking at what a macro would say here, changing the words, and using it."""

    def get(self, request: HttpRequest, kind: str, pk: int, macro: int) -> HttpResponse:
        """Show the text with the ticket's own words."""
        ticket, chosen = self.ticket(kind, pk), self._macro(macro)
        page = {
            "ticket": ticket, "macro": chosen, "changes": macros.told(chosen), "kind": kind,
            "text": chosen.filled(ticket, self.actor.label), "cancel_url": record_url(ticket),
        }  # fmt: skip
        dialog = request.headers.get("HX-Request") is not None
        return self.render("service/macro.html#dialog" if dialog else "service/macro.html", page)

    def act(self, ticket: Any, request: HttpRequest, **more: Any) -> Any:
        """Use it."""
        macros.apply(self._macro(more["macro"]), ticket, self.actor, request.POST.get("text", ""))

    def _macro(self, pk: int) -> Macro:
        found = next((each for each in macros.macros_for(self.actor) if each.pk == pk), None)
        if found is None:
            raise Http404
        return found


BASE = "service/<slug:kind>/<int:pk>"
URLS = [
    path(f"{BASE}/watch/", WatchPage.as_view(), name="ticket-watch"),
    path(f"{BASE}/links/", LinkPage.as_view(), name="ticket-links"),
    path(f"{BASE}/split/", SplitPage.as_view(), name="ticket-split"),
    path(f"{BASE}/macros/<int:macro>/", MacroPage.as_view(), name="ticket-macro"),
]
