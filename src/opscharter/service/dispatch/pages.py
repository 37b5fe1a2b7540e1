"""The dry run: who would get this, and why; and what the rules would have done with the last tickets."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path

from opscharter.kernel.access.actor import Actor
from opscharter.kernel.resources.links import list_url, record_url
from opscharter.kernel.resources.site import site
from opscharter.kernel.web.base import SignedInPage
from opscharter.service.dispatch.deciding import Decision, decide
from opscharter.service.dispatch.matching import KINDS, case_of, rules_in_order
from opscharter.service.dispatch.models import AssignmentRule
from opscharter.service.dispatch.trying import LAST, TryForm


@dataclass
class Past:
    """A ticket of the past: who has it, and who would get it by the rules of today."""

    ticket: Any
    url: str
    decision: Decision

    @property
    def same(self) -> bool:
        """Say whether the rules give it to the one who has it."""
        return self.decision.person is not None and self.decision.person.pk == self.ticket.assignee_id


@dataclass
class TryContext:
    """The form, and what came of it."""

    form: TryForm
    decision: Decision | None = None
    ticket: Any = None
    ticket_url: str = ""
    past: list[Past] = field(default_factory=list)
    last: int = 0
    choices: tuple[int, ...] = LAST
    rules_url: str = ""

    @property
    def agreed(self) -> int:
        """Return how many tickets of the past the rules give to the one who has them."""
        return sum(each.same for each in self.past)


def may_try(actor: Actor) -> bool:
    """Say whether the page is for somebody: who may read the rules."""
    return not actor.external and actor.may("service.assignmentrule", "view")


class TryPage(SignedInPage):
    """Who would get this, and why. Nothing is changed, no turn is taken."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the form, and the decision when something is asked."""
        if not may_try(self.actor):
            raise Http404
        if "last" in request.GET:
            return self._past(request.GET["last"])
        if not request.GET:
            return self._show(TryContext(TryForm(actor=self.actor)))
        form = TryForm(request.GET, actor=self.actor)
        if not form.is_valid():
            return self._show(TryContext(form), status=422)
        ticket = form.ticket
        url = record_url(ticket) if ticket is not None else ""
        return self._show(TryContext(form, decide(form.case(), thorough=True), ticket, url))

    def _past(self, asked: str) -> HttpResponse:
        number = int(asked) if asked.isdecimal() and int(asked) in LAST else LAST[0]
        rules = rules_in_order()
        tickets: list[Any] = []
        for model in KINDS.values():
            rows = model.objects.visible_to(self.actor).current().filter(imported_from="")
            related = rows.select_related("customer__team", "service__team", "team", "assignee")
            tickets += related.order_by("-opened_at")[:number]
        tickets.sort(key=lambda ticket: ticket.opened_at, reverse=True)
        past = [Past(each, record_url(each), decide(case_of(each, each.opened_at), rules)) for each in tickets[:number]]
        return self._show(TryContext(TryForm(actor=self.actor), past=past, last=number))

    def _show(self, page: TryContext, status: int = 200) -> HttpResponse:
        page.rules_url = list_url(site.resource(AssignmentRule))
        return self.render("service/dispatch/try.html", page, status=status)


URLS = [path("service/who-gets-it/", TryPage.as_view(), name="dispatch-try")]
