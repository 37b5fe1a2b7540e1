"""Verbs of the hotline: taking a call, saying who calls, recording what is asked."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from opscharter.customers.models import Contact, Customer
from opscharter.kernel.access.actor import Actor
from opscharter.service.hotline.lifecycle import OPEN
from opscharter.service.hotline.models import PhoneCall
from opscharter.service.hotline.outcomes import Direction, Outcome
from opscharter.service.tickets.models import Incident, ServiceRequest
from opscharter.service.tickets.together import find_ticket


def start(number: str, actor: Actor, direction: str = Direction.IN) -> PhoneCall:
    """Take a call; the caller is found by the number, the agent's other call on the line is parked."""
    return PhoneCall(caller_number=number.strip()[:60], direction=direction).save_as(actor)


def name_caller(call: PhoneCall, actor: Actor, contact: Contact) -> PhoneCall:
    """Say that a contact calls."""
    call.contact, call.caller_name, call.kept_unknown = contact, "", False
    return call.save_as(actor)


@transaction.atomic
def new_contact(call: PhoneCall, actor: Actor, customer: Customer | None, **given: str) -> PhoneCall:
    """Make the caller a contact of a customer, with the number they call from."""
    if customer is None:
        raise ValidationError(_("Name the customer of the new contact."))
    person = Contact(customer=customer, **given)
    if call.caller_number and not person.phone:
        person.phone = call.caller_number[:40]
    return name_caller(call, actor, person.save_as(actor))


def keep_unknown(call: PhoneCall, actor: Actor, name: str, customer: Customer | None) -> PhoneCall:
    """Leave it at the name the caller gives, or at none."""
    call.contact, call.customer, call.caller_name = None, customer, name.strip()[:80]
    call.kept_unknown = not call.caller_name
    return call.save_as(actor)


@transaction.atomic
def record(call: PhoneCall, actor: Actor, ticket: Any, links: dict[str, Any], note: str) -> PhoneCall:
    """Make the ticket that the caller asks for, and tie the call to it."""
    return _tie(call, actor, ticket.save_as(actor, links=links), Outcome.TICKET, note)


def join(call: PhoneCall, actor: Actor, number: str, note: str) -> PhoneCall:
    """Add the call to a ticket that is there; its story tells of the call."""
    return _tie(call, actor, find_ticket(number, actor), Outcome.JOINED, note)


def _tie(call: PhoneCall, actor: Actor, ticket: Any, outcome: str, note: str) -> PhoneCall:
    call.incident = ticket if isinstance(ticket, Incident) else None
    call.request = ticket if isinstance(ticket, ServiceRequest) else None
    call.outcome, call.note = outcome, note or call.note
    return call.save_as(actor)


def calls_of(actor: Actor) -> list[PhoneCall]:
    """Return the calls that an agent has not closed yet, in the order they came."""
    if actor.person_id is None:
        return []
    rows = PhoneCall.objects.current().filter(agent_id=actor.person_id, state__in=OPEN)
    return list(rows.select_related("contact", "customer").order_by("started_at", "pk"))
