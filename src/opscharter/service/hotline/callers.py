"""Who calls: contacts and customers by their number, and what one should know of them while they talk."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q

from opscharter.assets.models import Asset
from opscharter.customers import phones
from opscharter.customers.models import Contact, Contract, Customer
from opscharter.customers.service_levels import ServiceLevels, service_levels
from opscharter.kernel import moment
from opscharter.kernel.access.actor import Actor
from opscharter.kernel.resources.links import list_url
from opscharter.kernel.resources.site import site
from opscharter.service.tickets.lifecycle import OPEN, State
from opscharter.service.tickets.models import Incident, ServiceRequest

MOST = 8
KINDS = ("respond", "resolve", "update")


@dataclass
class Found:
    """Whose number it is: contacts, the fitting ones first, and customers with that switchboard."""

    contacts: list[Contact] = field(default_factory=list)
    customers: list[Customer] = field(default_factory=list)

    @property
    def contact(self) -> Contact | None:
        """Return the contact when the number is one person's alone."""
        return self.contacts[0] if len(self.contacts) == 1 else None

    @property
    def customer(self) -> Customer | None:
        """Return the customer when everyone with this number belongs to the same one."""
        known = {contact.customer_id: contact.customer for contact in self.contacts}
        known |= {customer.pk: customer for customer in self.customers}
        return next(iter(known.values())) if len(known) == 1 else None


def find(number: str, actor: Actor | None = None) -> Found:
    """Return whose number it is, of what the actor may see; three indexed look-ups at most.

    A shared line is told apart by the extension, when the caller's shows.
    """
    phone = phones.read(number)
    if not phone.key:
        return Found()
    contacts: Any = Contact.objects if actor is None else Contact.objects.visible_to(actor)
    customers: Any = Customer.objects if actor is None else Customer.objects.visible_to(actor)
    rows = contacts.filter(Q(phone_key=phone.key) | Q(mobile_key=phone.key), archived_at__isnull=True)
    people = list(rows.select_related("customer").order_by("name", "pk")[:MOST])
    if phone.extension:
        people = [each for each in people if phone.extension == phones.read(each.phone).extension] or people
    return Found(people, list(customers.filter(phone_key=phone.key, archived_at__isnull=True)[:MOST]))


@dataclass
class Standing:
    """What an agent sees of the caller's customer while talking."""

    customer: Customer
    contract: Contract | None
    levels: list[tuple[int, dict[str, Any]]]
    tickets: list[Any]
    more_tickets: int
    assets: list[Asset]
    more_assets: int

    @property
    def assets_url(self) -> str:
        """Return the list of all of the customer's assets."""
        return list_url(site.resource(Asset), customer=self.customer.pk)


def standing_of(customer: Customer, actor: Actor) -> Standing:
    """Return the customer's contract and its promises, open tickets and assets."""
    levels = service_levels(customer.pk, None, moment.today())
    tickets, more = _open_tickets(customer, actor)
    assets = Asset.objects.visible_to(actor).current().filter(customer=customer).exclude(state=Asset.State.RETIRED)
    found = list(assets.select_related("service").order_by("criticality", "name")[: MOST + 1])
    count = assets.count() if len(found) > MOST else len(found)
    return Standing(
        customer, levels.contract, promises(levels), tickets, more, found[:MOST], max(0, count - MOST)
    )  # fmt: skip


def _open_tickets(customer: Customer, actor: Actor) -> tuple[list[Any], int]:
    """Return the open tickets of a customer, urgent ones first, and how many more there are."""
    found: list[Any] = []
    count = 0
    for model in (Incident, ServiceRequest):
        rows = model.objects.visible_to(actor).current().filter(customer=customer, state__in=[*OPEN, State.RESOLVED])
        some = list(rows.select_related("assignee").order_by("priority", "-opened_at")[: MOST + 1])
        count += rows.count() if len(some) > MOST else len(some)
        found += some
    found.sort(key=lambda ticket: (ticket.priority or 9, -ticket.opened_at.timestamp()))
    return found[:MOST], max(0, count - MOST)


def promises(levels: ServiceLevels) -> list[tuple[int, dict[str, Any]]]:
    """Return what is promised at each priority: response, resolution, word to the customer."""
    return [(priority, {kind: levels.promised(kind, priority) for kind in KINDS}) for priority in (1, 2, 3, 4)]
