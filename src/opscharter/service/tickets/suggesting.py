"""What is like a ticket: tickets that were, with what solved them, and whatever other practices know."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from opscharter.kernel.access.actor import Actor
from opscharter.kernel.resources.links import record_url
from opscharter.kernel.search.similar import similar
from opscharter.kernel.web.base import SignedInPage
from opscharter.service.tickets import hooks
from opscharter.service.tickets.hooks import Suggestion
from opscharter.service.tickets.lifecycle import State
from opscharter.service.tickets.models import Incident, ServiceRequest

MOST = 5
SHORTEST = 4
KIND: str | Promise = _("Ticket")


def similar_tickets(actor: Actor, text: str) -> list[Suggestion]:
    """Return the tickets most like a text that the actor may see."""
    found: list[Suggestion] = []
    for model in (Incident, ServiceRequest):
        if actor.may(model._meta.label_lower, "view"):
            rows = model.objects.visible_to(actor).current().exclude(state=State.CANCELLED)
            for ticket, score in similar(rows, text, limit=MOST):
                found.append(Suggestion(KIND, str(ticket), record_url(ticket), ticket.fix, score, ticket))
    return sorted(found, key=lambda each: -each.score)[:MOST]


def suggestions(actor: Actor, text: str, but: Any = None) -> list[Suggestion]:
    """Return everything like a text: what other practices know first, then tickets; `but` is left out."""
    if len(text.strip()) < SHORTEST:
        return []
    known = [each for ask in hooks.suggesters for each in ask(actor, text)]
    found = [*known, *similar_tickets(actor, text)]
    return [each for each in found if but is None or each.record != but]


def text_of(ticket: Any) -> str:
    """Return what a ticket is about, as one would search for it."""
    return f"{ticket.title} {ticket.category}"


class SuggestionsPage(SignedInPage):
    """What is like the ticket that somebody is typing."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Return a fragment; customers are shown what was written for them, and their own tickets."""
        text = f"{request.GET.get('title', '')} {request.GET.get('description', '')}"[:600]
        return self.render("service/suggestions.html", {"found": suggestions(self.actor, text), "asked": text.strip()})


URLS = [path("service/suggestions/", SuggestionsPage.as_view(), name="suggestions")]
