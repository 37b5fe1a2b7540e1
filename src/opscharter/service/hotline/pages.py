"""The hotline desk: the caller by the number, and everything that is done while talking, on one screen."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import path
from django.utils.translation import gettext as _

from opscharter.assets.models import Asset
from opscharter.customers.models import Contact
from opscharter.customers.service_levels import service_levels
from opscharter.kernel import moment
from opscharter.kernel.access.actor import Actor
from opscharter.kernel.clocks.ledger import ledger_of
from opscharter.kernel.errors import Conflict, NotPermitted, Reason, Refused
from opscharter.kernel.resources.links import list_url
from opscharter.kernel.resources.site import site
from opscharter.kernel.resources.targets import matching
from opscharter.kernel.web.base import SignedInPage
from opscharter.kernel.web.forms import RecordForm
from opscharter.kernel.web.moving import sentence
from opscharter.service.hotline import callers, services
from opscharter.service.hotline.forms import CallerForm, ticket_form
from opscharter.service.hotline.lifecycle import ON_THE_LINE, OPEN, State
from opscharter.service.hotline.models import PhoneCall
from opscharter.service.hotline.models.draft import forget, keep, typed
from opscharter.service.hotline.outcomes import WITH_TICKET, Direction, Outcome
from opscharter.service.hotline.resources import last_calls
from opscharter.service.tickets.matrix import priority_of

DESK = "/service/hotline/"
STEPS = ("park", "go-on", "hang-up")
LAST = 12


def may_take_calls(actor: Actor) -> bool:
    """Say whether somebody works at the desk."""
    return actor.may("service.phonecall", "create") and not actor.external


@dataclass
class DeskContext:
    """The desk before a call: whom the number belongs to, calls of one's own, parked ones, the last ones."""

    number: str
    mine: list[PhoneCall]
    found: callers.Found | None
    parked: list[PhoneCall] = field(default_factory=list)
    last: list[PhoneCall] = field(default_factory=list)
    already: PhoneCall | None = None
    call: None = None

    @property
    def list_url(self) -> str:
        """Return the list of all calls."""
        return list_url(site.resource(PhoneCall))


@dataclass
class CallContext:
    """One call with everything one needs while talking."""

    call: PhoneCall
    mine: list[PhoneCall]
    found: callers.Found
    standing: callers.Standing | None
    caller_form: CallerForm
    form: RecordForm
    kind: str
    note: str
    outcome: str
    last: list[PhoneCall]
    clocks: list[Any]
    outcomes: list[tuple[str, Any]]
    reason: str = ""
    on_the_line: bool = False
    refusals: list[Reason] = field(default_factory=list)


class _AtTheDesk(SignedInPage):
    """A page for those who take calls."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Answer 404 to everybody else."""
        if request.user.is_authenticated and not may_take_calls(self.actor):
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def call(self, pk: int, action: str = "edit") -> PhoneCall:
        """Return the call within the actor's scope; 404 otherwise."""
        rows = PhoneCall.objects.visible_to(self.actor, action)
        names = ("contact", "customer", "contract", "incident", "request", "agent")
        found = rows.select_related(*names).filter(pk=pk).first()
        if found is None:
            raise Http404
        return found


class DeskPage(_AtTheDesk):
    """The desk while no call is open before one; a softphone opens it with `?number=`."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show whose number it is; only that is sent while one types."""
        number = request.GET.get("number", "").strip()[:60]
        page = DeskContext(
            number, services.calls_of(self.actor), callers.find(number, self.actor) if number else None
        )  # fmt: skip
        key = callers.phones.key_of(number)
        page.already = next((call for call in page.mine if key and call.number_key == key), None)
        if request.headers.get("HX-Request"):
            return self.render("service/hotline/desk.html#found", page)
        visible = PhoneCall.objects.visible_to(self.actor).current().select_related("contact", "customer", "agent")
        others = visible.filter(state=State.PARKED).exclude(agent_id=self.actor.person_id or 0)
        page.parked = list(others.order_by("parked_since")[:LAST])
        page.last = list(visible.filter(~Q(state__in=ON_THE_LINE)).order_by("-started_at", "-pk")[:LAST])
        return self.render("service/hotline/desk.html", page)

    def post(self, request: HttpRequest) -> HttpResponse:
        """Take the call."""
        direction = Direction.OUT if request.POST.get("direction") == Direction.OUT else Direction.IN
        call = services.start(request.POST.get("number", ""), self.actor, direction)
        return HttpResponseRedirect(f"{DESK}{call.pk}/")


class CallPage(_AtTheDesk):
    """One call: the caller, the customer's standing, the ticket that is made while talking."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show the call as it stands, with what was typed so far."""
        return self.show(self.call(pk))

    def show(self, call: PhoneCall, status: int = 200, form: RecordForm | None = None, **more: Any) -> HttpResponse:
        """Draw the call."""
        draft = typed(call)
        kind = one(draft, "kind") or "incident"
        found = callers.find(call.caller_number, self.actor)
        if found.contacts and call.contact_id is None and call.customer_id is not None:
            found.contacts = [each for each in found.contacts if each.customer_id == call.customer_id] or found.contacts
        ways = [way for way in Outcome if way not in WITH_TICKET]
        if call.ticket is not None:
            ways = [Outcome.JOINED if call.outcome == Outcome.JOINED else Outcome.TICKET]
        page = CallContext(
            call=call, mine=services.calls_of(self.actor), found=found,
            standing=callers.standing_of(call.customer, self.actor) if call.customer else None,
            caller_form=CallerForm(self.actor, draft), form=form or ticket_form(kind, call, self.actor, draft=draft),
            kind=kind, note=one(draft, "note") or call.note, outcome=call.outcome or one(draft, "outcome"),
            last=[each for each in self._last(call) if each.pk != call.pk],
            clocks=ledger_of(call.ticket) if call.ticket else [], reason=one(draft, "reason"),
            outcomes=[(way.value, way.label) for way in ways], on_the_line=call.state in ON_THE_LINE, **more,
        )  # fmt: skip
        if call.agent_id != self.actor.person_id and call not in page.mine:
            page.mine = [*page.mine, call]
        return self.render("service/hotline/call.html", page, status=status)

    def _last(self, call: PhoneCall) -> list[PhoneCall]:
        if call.customer_id is not None:
            return last_calls(self.actor, customer_id=call.customer_id)
        return last_calls(self.actor, number_key=call.number_key) if call.number_key else []


def one(values: dict[str, Any], name: str) -> str:
    """Return a field of what was typed as one text."""
    found = values.get(name) or [""]
    return str(found[-1])


class _CallAction(CallPage):
    """Something done with a call; whatever was typed is kept first, then one is back at the call."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Go to the call: an action has no page of its own."""
        return HttpResponseRedirect(f"{DESK}{pk}/")

    def post(self, request: HttpRequest, pk: int, **more: Any) -> HttpResponse:
        """Do it."""
        call = self.call(pk)
        if call.state not in OPEN:
            raise Http404
        keep(call, {k: v for k, v in request.POST.lists() if k != "csrfmiddlewaretoken"})
        try:
            answer = self.act(call, request)
        except NotPermitted as error:
            raise Http404 from error
        except Refused as refused:
            return self.show(self.call(pk), status=409, refusals=refused.reasons)
        except (Conflict, ValidationError) as error:
            return self.show(self.call(pk), status=422, refusals=[Reason(sentence(error))])
        return answer or HttpResponseRedirect(f"{DESK}{pk}/")

    def act(self, call: PhoneCall, request: HttpRequest) -> HttpResponse | None:
        """Do what was asked; returns an answer of its own, or None to go back to the call."""
        raise NotImplementedError


class KeepPage(_CallAction):
    """Keeping what is typed, as one types."""

    def act(self, call: PhoneCall, request: HttpRequest) -> HttpResponse | None:
        """Say that it is kept; without a script one is back at the call."""
        return HttpResponse(status=204) if request.headers.get("X-Kept-While-Typing") else None


class StepPage(_CallAction):
    """Parking, talking on, hanging up."""

    def act(self, call: PhoneCall, request: HttpRequest) -> HttpResponse | None:
        """Take the step."""
        if (name := request.POST.get("step", "")) not in STEPS:
            raise Http404
        call.move(name, self.actor)
        return HttpResponseRedirect(DESK) if name == "park" else None


class CallerPage(_CallAction):
    """Saying who calls."""

    def act(self, call: PhoneCall, request: HttpRequest) -> HttpResponse | None:
        """Take a known contact, make a new one, or leave the caller unknown."""
        given = request.POST
        if (chosen := given.get("contact", "")).isdigit():
            person = Contact.objects.visible_to(self.actor).current().filter(pk=chosen).first()
            if person is None:
                raise Http404
            services.name_caller(call, self.actor, person)
            return None
        form = CallerForm(self.actor, data=given)
        if not form.is_valid():
            raise ValidationError([message for problems in form.errors.values() for message in problems])
        about = form.cleaned_data
        name, customer = about["new_name"], about["caller_customer"]
        if given.get("who") == "new":
            fields = {"name": name, "title": about["new_title"], "email": about["new_email"]}
            services.new_contact(call, self.actor, customer, **fields)
        else:
            services.keep_unknown(call, self.actor, name, customer)
        return None


class AskAgainPage(_CallAction):
    """Taking back who calls: somebody else is at the telephone."""

    def act(self, call: PhoneCall, request: HttpRequest) -> HttpResponse | None:
        """Forget the contact, keep the customer."""
        call.contact, call.kept_unknown, call.caller_name = None, False, ""
        call.save_as(self.actor)
        return None


class RecordPage(_CallAction):
    """Making the ticket that the caller asks for."""

    def act(self, call: PhoneCall, request: HttpRequest) -> HttpResponse | None:
        """Record it, or show what is missing."""
        if call.ticket is not None:
            raise ValidationError(_("This call has its ticket already."))
        form = ticket_form(request.POST.get("kind", ""), call, self.actor, data=request.POST)
        if not form.is_valid():
            return self.show(call, status=422, form=form)
        services.record(call, self.actor, form.instance, form.links(), request.POST.get("note", ""))
        forget(call)
        messages.success(request, _("%(record)s is saved.") % {"record": call.ticket})
        return None


class JoinPage(_CallAction):
    """Adding the call to a ticket that is there."""

    def act(self, call: PhoneCall, request: HttpRequest) -> HttpResponse | None:
        """Find the ticket within the actor's scope and add the call to it."""
        number = request.POST.get("join", "") or request.POST.get("number", "")
        services.join(call, self.actor, number, request.POST.get("note", ""))
        return None


class OnCallPage(_CallAction):
    """Handing the matter to whoever is on duty."""

    def act(self, call: PhoneCall, request: HttpRequest) -> HttpResponse | None:
        """Call them."""
        call.move("page", self.actor, reason=request.POST.get("reason", ""))
        messages.success(request, _("On-call is being called."))
        return None


class ClosePage(_CallAction):
    """The end of a call, with its outcome."""

    def act(self, call: PhoneCall, request: HttpRequest) -> HttpResponse | None:
        """Close it and go on with the next one."""
        call.move("close", self.actor, outcome=request.POST.get("outcome", ""), note=request.POST.get("note", ""))
        forget(call)
        messages.success(request, _("%(record)s is closed.") % {"record": call})
        rest = services.calls_of(self.actor)
        return HttpResponseRedirect(f"{DESK}{rest[0].pk}/" if rest else DESK)


class PriorityPage(_AtTheDesk):
    """The priority and its promises while one chooses impact and urgency."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Return a fragment: what the matrix of the customer's contract says for the service chosen."""
        call = self.call(pk)
        given = {name: request.GET.get(name, "") for name in ("impact", "urgency", "service")}
        chosen = {name: int(text) for name, text in given.items() if text.isdecimal()}
        impact, urgency = chosen.get("impact", 0), chosen.get("urgency", 0)
        levels = service_levels(call.customer_id, chosen.get("service"), moment.today())
        priority = None
        if impact in (1, 2, 3) and urgency in (1, 2, 3):
            priority = priority_of(impact, urgency, levels.contract.matrix if levels.contract else None)
        promised = dict(callers.promises(levels)).get(priority or 0, {})
        page = {"priority": priority, "promised": promised, "contract": levels.contract, "urgency": urgency}
        return self.render("service/hotline/priority.html", page)


class AssetsPage(_AtTheDesk):
    """The caller's customer's assets, as one types."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Return up to 20 options as JSON."""
        rows = Asset.objects.visible_to(self.actor).current().filter(customer_id=self.call(pk).customer_id or 0)
        found = matching(rows, request.GET.get("q", "").strip()).order_by("criticality", "name", "pk")[:20]
        return JsonResponse({"results": [{"value": row.pk, "text": str(row)} for row in found]})


BASE = "service/hotline/<int:pk>"
URLS = [
    path("service/hotline/", DeskPage.as_view(), name="hotline"),
    path(f"{BASE}/", CallPage.as_view(), name="hotline-call"),
    path(f"{BASE}/keep/", KeepPage.as_view(), name="hotline-keep"),
    path(f"{BASE}/step/", StepPage.as_view(), name="hotline-step"),
    path(f"{BASE}/caller/", CallerPage.as_view(), name="hotline-caller"),
    path(f"{BASE}/somebody-else/", AskAgainPage.as_view(), name="hotline-somebody-else"),
    path(f"{BASE}/ticket/", RecordPage.as_view(), name="hotline-ticket"),
    path(f"{BASE}/join/", JoinPage.as_view(), name="hotline-join"),
    path(f"{BASE}/on-call/", OnCallPage.as_view(), name="hotline-on-call"),
    path(f"{BASE}/close/", ClosePage.as_view(), name="hotline-close"),
    path(f"{BASE}/assets/", AssetsPage.as_view(), name="hotline-assets"),
    path(f"{BASE}/priority/", PriorityPage.as_view(), name="hotline-priority"),
]
