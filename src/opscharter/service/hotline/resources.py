"""How telephone calls appear: as a list, on tickets, contacts and customers."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from opscharter.kernel.access.actor import Actor
from opscharter.kernel.resources.declaration import Column, Panel, Resource, Section, Stage, Text, View
from opscharter.service.hotline.lifecycle import OPEN, State
from opscharter.service.hotline.models import PhoneCall
from opscharter.service.tickets.models import Incident

LAST = 6


def badges_of(call: PhoneCall) -> list[tuple[Text, str]]:
    """Return the pills beside a call's number."""
    badges: list[tuple[Text, str]] = [(call.get_outcome_display(), "b")] if call.outcome else []
    if call.handed_at:
        badges.append((_("handed to on-call"), "a"))
    if call.kept_unknown:
        badges.append((_("caller unknown"), "n"))
    return badges


def last_calls(actor: Actor, **where: Any) -> list[PhoneCall]:
    """Return the last calls of a customer, a contact or a ticket that the actor may see."""
    rows = PhoneCall.objects.visible_to(actor).current().filter(**where).select_related("contact", "customer", "agent")
    return list(rows.order_by("-started_at", "-pk")[:LAST])


def _calls_on(name: str) -> Any:
    def context(record: Any, actor: Actor) -> dict[str, Any] | None:
        if not actor.may("service.phonecall", "view"):
            return None
        found = last_calls(actor, **{name: record})
        return {"calls": found} if found else None

    return context


def _calls_on_ticket(ticket: Any, actor: Actor) -> dict[str, Any] | None:
    name = "incident" if isinstance(ticket, Incident) else "request"
    found: dict[str, Any] | None = _calls_on(name)(ticket, actor)
    return found


def _at_the_desk(call: PhoneCall, actor: Actor) -> dict[str, Any] | None:
    return {"open": True} if call.state in OPEN and actor.may("service.phonecall", "create") else None


ON_TICKET = Panel(_("Calls"), "service/hotline/calls.html", _calls_on_ticket, later=True)
ON_CUSTOMER = Panel(_("Last calls"), "service/hotline/calls.html", _calls_on("customer"))
ON_CONTACT = Panel(_("Last calls"), "service/hotline/calls.html", _calls_on("contact"))

phone_calls = Resource(
    PhoneCall, "phone-calls", icon="phone", order="-started_at",
    columns=[
        "number", Column("caller", _("caller"), lambda call: call.caller, ("contact", "caller_name", "caller_number")),
        "direction", "customer", "state", "outcome", "started_at", "agent",
    ],
    filters=["state", "outcome", "direction", "customer", "contact", "agent", "started_at"],
    views=[
        View("mine", _("Mine"), lambda actor: Q(agent_id=actor.person_id or 0)),
        View("open", _("Not closed yet"), lambda actor: Q(state__in=OPEN)),
        View("unknown", _("Unknown callers"), lambda actor: Q(contact__isnull=True)),
    ],
    form=[
        Section(_("Caller"), ["caller_number", "direction", "contact", "caller_name", "kept_unknown", "customer"]),
        Section(_("What became of it"), ["outcome", "note", "incident", "request", "agent"]),
    ],
    facts=[
        "caller_number", "direction", "contact", "caller_name", "customer", "contract", "incident", "request", "agent",
        "outcome", "started_at", "ended_at", "parked_seconds", "recorded_at", "record_seconds", "handed_at",
    ],
    create=["caller_number", "direction", "contact", "caller_name", "customer"],
    lead="note", badges=badges_of,
    stages=[
        Stage(_("On the line"), (State.TALKING, State.PARKED)), Stage(_("Hung up"), (State.ENDED,)),
        Stage(_("Closed"), (State.CLOSED,)),
    ],
    panels=[Panel(_("At the desk"), "service/hotline/at_the_desk.html", _at_the_desk)],
    choices={"agent": lambda actor: Q(left_on__isnull=True)},
)  # fmt: skip
