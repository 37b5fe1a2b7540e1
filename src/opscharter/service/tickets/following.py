"""Running tickets follow a contract that was edited: each by the levels of the day it was opened (§3.1.2, §3.3.2)."""

from __future__ import annotations

from typing import Any

from opscharter.customers import hooks
from opscharter.kernel.clocks import ledger
from opscharter.service.tickets import effects
from opscharter.service.tickets.lifecycle import OPEN
from opscharter.service.tickets.models import Incident, ServiceRequest

TICKETS: tuple[Any, ...] = (Incident, ServiceRequest)


def follow_contract(contract: Any) -> None:
    """Correct the running clocks of the customer's open tickets; what is settled keeps its result."""
    for model in TICKETS:
        rows = model.objects.current().filter(customer_id=contract.customer_id, state__in=OPEN)
        for ticket in rows.order_by("pk"):
            follow(ticket)


def follow(ticket: Any) -> None:
    """Put right what a ticket's running clocks promise."""
    levels = effects.levels_of(ticket)
    for kind in effects.ALL_KINDS:
        promised = levels.promised(kind, ticket.priority)
        if promised is None:
            ledger.cancel(ticket, [kind])
        else:
            ledger.correct(ticket, kind, promised, effects.CONTRACT_CHANGED)
    effects.begin_updates(ticket, levels, effects.CONTRACT_CHANGED)


hooks.after_levels.append(follow_contract)
