"""What may be done with a finding, and what follows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from opscharter.assets.models.asset import Asset
from opscharter.kernel.access.actor import Actor
from opscharter.kernel.controls.registry import guard
from opscharter.kernel.controls.wording import Wording

UNKNOWN, DIFFERENT, CONFLICT, OPEN = "unknown", "different", "conflict", "OPEN"


def is_undecided(found: Any) -> bool:
    """Say whether the register does not have the host, or says several things of it."""
    return found.finding in (UNKNOWN, CONFLICT)


def differs(found: Any) -> bool:
    """Say whether the register has the host otherwise."""
    return bool(found.finding == DIFFERENT)


def register_asset(found: Any, actor: Actor, inputs: Mapping[str, Any]) -> None:
    """Enter the host as an asset of the scan's customer, in use."""
    asset = Asset(
        name=found.new_name, kind=found.new_kind, address=found.address, mac=found.mac, customer=found.scan.customer,
        team=found.scan.customer.team,
    ).save_as(actor, note=found.scan.number)  # fmt: skip
    found.asset = asset.move("take-into-use", actor)


def correct_asset(found: Any, actor: Actor, inputs: Mapping[str, Any]) -> None:
    """Bring the register to what was found; a host that turned out to be a known asset brings its addresses."""
    asset = found.asset
    for difference in found.differences or [{"field": "address", "found": found.address}]:
        setattr(asset, difference["field"], difference["found"])
    asset.mac = found.mac or asset.mac
    asset.save_as(actor, note=found.scan.number)


@guard("asset.scan-settled", clause="3.4.1", owner="service-manager", label=_("Every finding of the scan is settled"))
def all_settled(scan: Any, actor: Actor) -> Any:
    """Require a decision on every difference between network and register."""
    left = scan.found.filter(state=OPEN).count()
    return Wording(_("%(n)s findings are not settled yet."), {"n": left}) if left else None
