"""The customers' portal: ask for something, report a fault, see how it goes, confirm what is solved."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path
from django.utils.translation import gettext as _

from opscharter.assets.models import Asset
from opscharter.customers.models import Contact, Service
from opscharter.kernel.access.actor import Actor
from opscharter.kernel.errors import Conflict, NotPermitted, Reason, Refused
from opscharter.kernel.resources.links import list_url, record_url
from opscharter.kernel.resources.site import site
from opscharter.kernel.search.find import matching_ids
from opscharter.kernel.web.attributes import PREFIX
from opscharter.kernel.web.base import SignedInPage
from opscharter.kernel.web.forms import form_class_for
from opscharter.kernel.web.moving import sentence
from opscharter.service.portal.asked import surveys_for
from opscharter.service.portal.forms import HOW_SOON, FaultForm
from opscharter.service.tickets.forms import RequestForm
from opscharter.service.tickets.lifecycle import OPEN, State
from opscharter.service.tickets.models import Incident, ServiceRequest
from opscharter.service.tickets.models.ticket import Channel, Level
from opscharter.service.tickets.suggesting import suggestions

PORTAL = "/portal/"
MOST, FOUND = 30, 8
ALSO = (
    "service.article", "service.servicereport", "service.change", "customers.contract", "assets.asset",
    "customers.feedback",
)  # fmt: skip
"""Lists beside the tickets that the portal leads to, where the contact may see them."""


def in_the_portal(actor: Actor) -> bool:
    """Say whether somebody is a customer's contact."""
    return actor.external and actor.contact_id is not None


@dataclass
class OnItsWay:
    """A ticket with its stages: which are done, which is the present one."""

    ticket: Any
    url: str
    stages: list[tuple[Any, str]]


@dataclass
class HomeContext:
    """Everything on the first page of the portal."""

    contact: Contact
    whole: bool
    confirm: list[OnItsWay]
    open: list[OnItsWay]
    done: list[OnItsWay]
    catalogue: list[tuple[str, list[Service]]]
    also: list[tuple[Any, str, str]]
    lists: list[tuple[Any, str]] = field(default_factory=list)
    asked: list[tuple[Any, str]] = field(default_factory=list)
    """Surveys that wait for this contact's answer, with the address of each."""
    judged: list[Any] = field(default_factory=list)


@dataclass
class FormContext:
    """A form of the portal."""

    form: Any
    title: str
    item: Service | None = None
    refusals: list[Reason] = field(default_factory=list)
    preview: bool = False
    cancel_url: str = PORTAL
    draft: str = ""


class _InThePortal(SignedInPage):
    """A page for customers' contacts; everybody else finds nothing here."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Answer 404 to whoever has no business here."""
        if request.user.is_authenticated and not self.welcome():
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def welcome(self) -> bool:
        """Say whether the page is for who asks."""
        return in_the_portal(self.actor)

    @property
    def contact(self) -> Contact:
        """Return who asks."""
        return Contact.objects.select_related("customer").get(pk=self.actor.contact_id or 0)

    def store(self, ticket: Any, links: dict[str, Any] | None = None) -> HttpResponse | list[Reason] | ValidationError:
        """Save through the write path; returns the way to the ticket, or what stands in the way."""
        try:
            ticket.save_as(self.actor, links=links)
        except NotPermitted as error:
            raise Http404 from error
        except Refused as refused:
            return refused.reasons
        except ValidationError as error:
            return error
        messages.success(self.request, _("We have got it: %(record)s.") % {"record": ticket})
        return HttpResponseRedirect(record_url(ticket))


def catalogue(actor: Actor) -> Any:
    """Return the catalogue items that a contact can ask for."""
    return Service.objects.visible_to(actor).current().filter(requestable=True).order_by("category", "name", "pk")


def on_its_way(ticket: Any) -> OnItsWay:
    """Return a ticket with its stages."""
    stages = site.resource(ticket).stages
    now = next((place for place, stage in enumerate(stages) if ticket.state in stage.states), -1)
    final = ticket.state in type(ticket).lifecycle.final
    line = [
        (stage.label, "done" if place < now or (final and place == now) else "now" if place == now else "todo")
        for place, stage in enumerate(stages)
    ]
    return OnItsWay(ticket, record_url(ticket), line)


def tickets_of(actor: Actor, *states: str, most: int = MOST) -> list[OnItsWay]:
    """Return the tickets a contact sees that are in one of some states, the latest first."""
    found: list[Any] = []
    for model in (Incident, ServiceRequest):
        rows = model.objects.visible_to(actor).current().filter(state__in=states)
        found += rows.select_related("contact", "service").order_by("-opened_at", "-pk")[:most]
    found.sort(key=lambda ticket: ticket.opened_at, reverse=True)
    return [on_its_way(ticket) for ticket in found[:most]]


class HomePage(_InThePortal):
    """What a contact sees first."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show it."""
        contact = self.contact
        also = [(page.label, page.url, page.icon) for part in site.parts for page in part.pages
                if page.url != PORTAL and page.visible(self.actor)]  # fmt: skip
        also += [(found.label_plural, list_url(found), found.icon) for key in ALSO
                 if (found := site.find(key)) and self.actor.may(key, "view")]  # fmt: skip
        items = [(category, list(group)) for category, group in groupby(catalogue(self.actor), lambda s: s.category)]
        page = HomeContext(
            contact, contact.reach == Contact.Reach.ORGANIZATION, tickets_of(self.actor, State.RESOLVED),
            tickets_of(self.actor, *OPEN), tickets_of(self.actor, State.CLOSED, most=6), items, also,
            [(each.label_plural, list_url(each)) for each in map(site.resource, (Incident, ServiceRequest))],
            *surveys_for(contact),
        )  # fmt: skip
        return self.render("service/portal/home.html", page)


class FindPage(_InThePortal):
    """What answers a contact's words: catalogue items, articles, tickets."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Return a fragment."""
        text = request.GET.get("q", "").strip()[:200]
        named = Q(category__icontains=text) | matching_ids(Service, text) if text else Q(pk__in=[])
        page = {
            "asked": text, "items": list(catalogue(self.actor).filter(named)[:FOUND]) if text else [],
            "found": suggestions(self.actor, text),
        }  # fmt: skip
        return self.render("service/portal/found.html", page)


class AskPage(_InThePortal):
    """Asking for a catalogue item by its own form; who writes the forms sees it as it will be asked."""

    def welcome(self) -> bool:
        """Let contacts in, and those who write the forms."""
        return in_the_portal(self.actor) or (
            not self.actor.external and self.actor.may("service.cataloguefield", "edit")
        )  # fmt: skip

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show the form."""
        item = self.item(pk)
        return self.show(item, self.form(item))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask for it."""
        if not in_the_portal(self.actor):
            raise Http404
        item = self.item(pk)
        form = self.form(item, request.POST, request.FILES)
        if not form.is_valid():
            return self.show(item, form, status=422)
        answer = self.store(form.instance)
        if isinstance(answer, HttpResponse):
            return answer
        if isinstance(answer, ValidationError):
            form.add_error(None, answer.messages)  # type: ignore[arg-type]
            return self.show(item, form, status=422)
        return self.show(item, form, status=409, refusals=answer)

    def item(self, pk: int) -> Service:
        """Return the catalogue item; 404 when it cannot be asked for."""
        found: Service | None = catalogue(self.actor).filter(pk=pk).first()
        if found is None:
            raise Http404
        return found

    def form(self, item: Service, *data: Any) -> RequestForm:
        """Return the form of a request for the item, as its own questions make it."""
        asked = ServiceRequest(service=item, answered_for=item, channel=Channel.PORTAL, impact=Level.LOW)
        if self.actor.external:
            asked.contact = self.contact
            asked.customer = asked.contact.customer
        return questions(asked, self.actor, *data, beside=("title", "description", "urgency"))

    def show(self, item: Service, form: RequestForm, status: int = 200, **more: Any) -> HttpResponse:
        """Draw the form."""
        page = FormContext(form, item.name, item, preview=not self.actor.external, draft=f"ask:{item.pk}", **more)
        return self.render("service/portal/ask.html", page, status=status)


def questions(asked: ServiceRequest, actor: Actor, *data: Any, beside: tuple[str, ...] = ()) -> RequestForm:
    """Return the form of a request as the portal draws it: the item's questions, and few of the ticket's own fields."""
    resource = site.resource(ServiceRequest)
    made: Any = form_class_for(resource, creating=True)
    form: RequestForm = made(*data, instance=asked, resource=resource, actor=actor, label_suffix="")
    for name in [name for name in form.fields if name not in (*beside, "version") and not name.startswith(PREFIX)]:
        del form.fields[name]
    if "urgency" in form.fields:
        form.fields["urgency"] = forms.TypedChoiceField(
            label=_("How soon"), choices=HOW_SOON, coerce=int, widget=forms.RadioSelect
        )
        form.initial["urgency"] = Level.MEDIUM
    return form


class FaultPage(_InThePortal):
    """Reporting a fault."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the form."""
        return self.show(self.form())

    def post(self, request: HttpRequest) -> HttpResponse:
        """Report it."""
        form = self.form(request.POST)
        if not form.is_valid():
            return self.show(form, status=422)
        about = dict(form.cleaned_data)
        asset = self.assets().filter(pk=about.pop("asset") or 0).first()
        if about["service"] is None and asset is not None:
            about["service"] = asset.service
        answer = self.store(Incident(**about), links={"assets": [asset]} if asset else None)
        if isinstance(answer, HttpResponse):
            return answer
        if isinstance(answer, ValidationError):
            form.add_error(None, answer.messages)  # type: ignore[arg-type]
            return self.show(form, status=422)
        return self.show(form, status=409, refusals=answer)

    def assets(self) -> Any:
        """Return the assets of the contact's organization."""
        rows = Asset.objects.visible_to(self.actor).current().filter(customer_id__in=self.actor.customers)
        return rows.exclude(state=Asset.State.RETIRED)

    def form(self, data: Any = None) -> FaultForm:
        """Return the form."""
        return FaultForm(self.contact, catalogue(self.actor), self.assets(), data, label_suffix="")

    def show(self, form: FaultForm, status: int = 200, **more: Any) -> HttpResponse:
        """Draw the form."""
        page = FormContext(form, _("Report a fault"), draft="fault", **more)
        return self.render("service/portal/ask.html", page, status=status)


class AnswersPage(SignedInPage):
    """Putting the answers of a request right, or taking them down for who has asked by another way."""

    def request_of(self, pk: int) -> ServiceRequest:
        """Return the open request within the actor's reach; customers do not come here."""
        rows = ServiceRequest.objects.visible_to(self.actor, "edit").filter(state__in=OPEN)
        found = rows.select_related("service", "answered_for", "customer").filter(pk=pk).first()
        if found is None or self.actor.external:
            raise Http404
        found.answered_for = found.answered_for or found.service
        return found

    def form(self, asked: ServiceRequest, *data: Any) -> RequestForm:
        """Return the questions alone, with what was answered."""
        return questions(asked, self.actor, *data)

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show the form."""
        asked = self.request_of(pk)
        return self.show(asked, self.form(asked))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Keep the answers."""
        asked = self.request_of(pk)
        form = self.form(asked, request.POST, request.FILES)
        if not form.is_valid():
            return self.show(asked, form, status=422)
        try:
            form.instance.save_as(self.actor)
        except (Refused, Conflict, ValidationError) as error:
            messages.error(request, sentence(error))
            return self.show(asked, form, status=422)
        return HttpResponseRedirect(record_url(asked))

    def show(self, asked: ServiceRequest, form: RequestForm, status: int = 200) -> HttpResponse:
        """Draw the form."""
        title, back = _("Answers: %(record)s") % {"record": asked}, record_url(asked)
        page = FormContext(form, title, cancel_url=back, draft=f"answers:{asked.pk}")
        return self.render("service/portal/ask.html", page, status=status)


URLS = [
    path("portal/", HomePage.as_view(), name="portal"),
    path("portal/find/", FindPage.as_view(), name="portal-find"),
    path("portal/fault/", FaultPage.as_view(), name="portal-fault"),
    path("portal/catalogue/<int:pk>/", AskPage.as_view(), name="portal-ask"),
    path("service/requests/<int:pk>/answers/", AnswersPage.as_view(), name="request-answers"),
]
