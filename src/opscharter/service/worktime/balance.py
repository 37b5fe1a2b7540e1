"""How much of a contract's prepaid time is used: exact minutes, counted in the database."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db.models import Sum

from opscharter.customers.models import Contract
from opscharter.kernel.approvals.directory import directory
from opscharter.kernel.notices.sending import send
from opscharter.kernel.resources.links import record_url
from opscharter.service.worktime import notices

LEVELS = (75, 90, 100)
"""Shares of the prepaid time (percent) at which those who keep the contract are told, each once."""


@dataclass(frozen=True)
class Balance:
    """A contract's prepaid minutes and how many of them are used."""

    contract: Contract
    prepaid: int
    used: int

    @property
    def left(self) -> int:
        """Return the minutes left; below zero when more was worked than paid."""
        return self.prepaid - self.used

    @property
    def share(self) -> int:
        """Return the used share in percent, rounded down so that 100 means all of it."""
        return self.used * 100 // self.prepaid if self.prepaid else 100

    @property
    def tone(self) -> str:
        """Return the colour: amber from the first level on, red when nothing is left."""
        return "r" if self.share >= 100 else "a" if self.share >= LEVELS[0] else "g"


def entries() -> Any:
    """Return the time entries in use."""
    model: Any = apps.get_model("service", "TimeEntry")
    return model.objects.current()


def balance_of(contract: Contract | None) -> Balance | None:
    """Return how a contract stands; None when it holds no prepaid time."""
    if contract is None or contract.prepaid_minutes is None:
        return None
    used = entries().filter(contract=contract, billable=True).aggregate(used=Sum("minutes"))["used"]
    return Balance(contract, contract.prepaid_minutes, used or 0)


def warn(contract: Contract | None) -> None:
    """Tell the account manager and the service managers of the highest level reached, each level once."""
    standing = balance_of(contract)
    if standing is None or contract is None:
        return
    reached = [level for level in LEVELS if standing.share >= level]
    if not reached:
        return
    manager = contract.customer.account_manager
    users = [directory().user_of(pk) for pk in directory().in_role("service-manager", contract)]
    users.append(manager.user if manager else None)
    data = {"contract": str(contract), "share": standing.share, "left": standing.left}
    key = f"{contract.number}:{contract.prepaid_minutes}:{reached[-1]}"
    people = [user for user in users if user is not None]
    send(notices.HOURS_NEAR_END, people, key=key, record=contract, url=record_url(contract), data=data)
