"""How worked time appears: as a list, on tickets, contracts and customers."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Count, Q, Sum
from django.utils.translation import gettext_lazy as _

from opscharter.customers.models import Contract
from opscharter.customers.service_levels import contract_for
from opscharter.kernel import moment
from opscharter.kernel.access.actor import Actor
from opscharter.kernel.resources.declaration import Panel, Resource, View
from opscharter.service.tickets.models import Incident
from opscharter.service.worktime.balance import balance_of
from opscharter.service.worktime.models import TimeEntry

MONTHS = 3


def _time_on(ticket: Any, actor: Actor) -> dict[str, Any] | None:
    """Return what was worked on a ticket, and what the contract still holds."""
    if actor.external or not actor.may("service.timeentry", "view"):
        return None
    is_incident = isinstance(ticket, Incident)
    mine = {"incident" if is_incident else "request": ticket}
    rows = TimeEntry.objects.current().filter(**mine)
    sums = rows.aggregate(all=Sum("minutes"), billed=Sum("minutes", filter=Q(billable=True)))
    contract = contract_for(ticket.customer_id, ticket.service_id, moment.today())
    return {
        "kind": "incidents" if is_incident else "requests", **sums, "balance": balance_of(contract),
        "entries": list(rows.select_related("person").order_by("-worked_on", "-pk")[:5]),
        "may": actor.may("service.timeentry", "create") and actor.person_id is not None,
    }  # fmt: skip


def _time_of_contract(contract: Any, actor: Actor) -> dict[str, Any] | None:
    standing = balance_of(contract)
    return {"balance": standing} if standing is not None else None


def _time_of_customer(customer: Any, actor: Actor) -> dict[str, Any] | None:
    """Return a customer's time by contract, and by month for the last three."""
    if not actor.may("service.timeentry", "view"):
        return None
    contracts = Contract.objects.visible_to(actor).current().filter(customer=customer, prepaid_minutes__isnull=False)
    first = (moment.today().replace(day=1) - dt.timedelta(days=31 * (MONTHS - 1))).replace(day=1)
    rows = TimeEntry.objects.current().filter(customer=customer, worked_on__gte=first)
    months = rows.values("worked_on__year", "worked_on__month").annotate(
        all=Sum("minutes"), billed=Sum("minutes", filter=Q(billable=True)), people=Count("person", distinct=True)
    )
    found = {
        "balances": [balance_of(contract) for contract in contracts],
        "months": list(months.order_by("-worked_on__year", "-worked_on__month")),
    }
    return found if found["balances"] or found["months"] else None


ON_TICKET = Panel(_("Time"), "service/worktime/on_ticket.html", _time_on, later=True)
ON_CONTRACT = Panel(_("Prepaid time"), "service/worktime/balance.html", _time_of_contract, for_customers=True)
ON_CUSTOMER = Panel(_("Worked time"), "service/worktime/on_customer.html", _time_of_customer)

time_entries = Resource(
    TimeEntry, "time-entries", icon="clock", order="-worked_on",
    columns=["worked_on", "person", "minutes", "billable", "incident", "request", "customer", "contract", "note"],
    filters=["person", "customer", "contract", "billable", "worked_on"],
    views=[View("mine", _("Mine"), lambda actor: Q(person_id=actor.person_id or 0))],
    form=["incident", "request", "person", "worked_on", "minutes", "billable", "note"],
    facts=["incident", "request", "person", "worked_on", "minutes", "billable", "note", "customer", "contract"],
    choices={"person": lambda actor: Q(left_on__isnull=True)},
)  # fmt: skip
