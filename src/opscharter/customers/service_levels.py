"""Which service level holds for a ticket: the contract's own, or the company's where the contract is silent."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from opscharter.customers.coverage import chosen
from opscharter.customers.models import Contract, SlaTarget
from opscharter.kernel.calendars.models import BusinessCalendar
from opscharter.kernel.clocks.ledger import Promised

HOUR = 60

COMPANY: dict[str, dict[int, tuple[int, bool]]] = {
    "assign": {1: (15, True), 2: (HOUR, False), 3: (HOUR, False), 4: (HOUR, False)},
    "respond": {1: (15, True), 2: (30, False), 3: (HOUR, False), 4: (4 * HOUR, False)},
    "assess": {1: (30, True), 2: (HOUR, False), 3: (4 * HOUR, False), 4: (8 * HOUR, False)},
    "resolve": {1: (4 * HOUR, True), 2: (8 * HOUR, False), 3: (24 * HOUR, False), 4: (72 * HOUR, False)},
    "update": {1: (30, True), 2: (2 * HOUR, False)},
}
"""The company's own levels: kind → priority → (minutes, round the clock). §3.1.2, §3.2.1, §3.3.2."""


@dataclass(frozen=True)
class ServiceLevels:
    """The levels that hold for one ticket, read once: kind and priority → what is promised."""

    contract: Contract | None
    targets: dict[tuple[str, int], SlaTarget]
    calendar: BusinessCalendar | None

    def promised(self, kind: str, priority: int) -> Promised | None:
        """Return what is promised, or None where nothing is (no customer updates for P3 and P4)."""
        target = self.targets.get((kind, priority))
        if target is not None:
            calendar = None if target.round_the_clock else self.calendar
            label = f"{self.contract} v{target.version}"
            return Promised(target.minutes * 60, calendar, label)
        company = COMPANY[kind].get(priority)
        if company is None:
            return None
        minutes, round_the_clock = company
        return Promised(minutes * 60, None if round_the_clock else self.calendar, "company")


def contract_for(customer_id: int | None, service_id: int | None, on: dt.date) -> Contract | None:
    """Return the contract in force for a customer's service on a day; one naming the service comes first."""
    if customer_id is None:
        return None
    rows = Contract.objects.current().filter(customer_id=customer_id, state=Contract.State.ACTIVE)
    rows = rows.filter(starts_on__lte=on, ends_on__gte=on).select_related("calendar")
    found = list(rows.order_by("-starts_on", "-pk").prefetch_related("services", "targets"))
    return chosen(found, service_id)


def service_levels(customer_id: int | None, service_id: int | None, on: dt.date) -> ServiceLevels:
    """Return the levels that hold for a customer's service on a day."""
    contract = contract_for(customer_id, service_id, on)
    if contract is None:
        return ServiceLevels(None, {}, BusinessCalendar.objects.current().order_by("pk").first())
    return ServiceLevels(contract, targets_on(contract.targets.all(), on), contract.calendar)


def targets_on(targets: Iterable[SlaTarget], day: dt.date) -> dict[tuple[str, int], SlaTarget]:
    """Return what was promised to something opened on a day: of each step and priority the latest that holds."""
    holding = sorted((t for t in targets if t.holds_on(day)), key=lambda t: t.since or dt.date.min)
    return {(t.kind, t.priority): t for t in holding}
