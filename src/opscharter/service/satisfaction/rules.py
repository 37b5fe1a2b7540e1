"""By which rule a ticket is drawn: reproducibly, so that nobody can choose whom to ask."""

from __future__ import annotations

import hashlib
from typing import Any

from opscharter.customers.service_levels import contract_for
from opscharter.kernel import moment


def drawn(number: str, share: int) -> bool:
    """Say whether a ticket is drawn: by its number alone, which nobody chooses."""
    digest = hashlib.sha256(f"survey:{number}".encode()).digest()
    return int.from_bytes(digest[:4], "big") % 100 < share


def contract_of(ticket: Any) -> Any:
    """Return the contract under which a ticket was served."""
    return contract_for(ticket.customer_id, ticket.service_id, moment.in_office(ticket.opened_at).date())
