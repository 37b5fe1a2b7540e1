"""Taking a scan in: every host is held against the register, and the register against the hosts."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _t

from opscharter.assets.models import Asset, FoundHost, NetworkScan
from opscharter.assets.reconciliation.nmap import Host, Scan, read_nmap
from opscharter.customers.models import Customer
from opscharter.kernel.access.actor import Actor
from opscharter.kernel.errors import NotPermitted
from opscharter.kernel.records.bulk import create_many

By, Finding, State = FoundHost.By, FoundHost.Finding, FoundHost.State


@transaction.atomic
def take_in(content: bytes, name: str, customer: Customer, networks: Sequence[str], actor: Actor) -> NetworkScan:
    """Keep a scan with its findings; the same file comes in once for a customer.

    Raises ValidationError (by field: file, networks) and NotPermitted.
    """
    if not actor.may(FoundHost._meta.label_lower, "import"):
        raise NotPermitted("import", FoundHost._meta.label_lower)
    digest = hashlib.sha256(content).hexdigest()
    earlier = NetworkScan.objects.filter(customer=customer, sha256=digest).first()
    if earlier is not None:
        raise ValidationError({"file": _t("This file was taken in as %(number)s.") % {"number": earlier.number}})
    try:
        read = read_nmap(io.BytesIO(content))
    except ValidationError as error:
        raise ValidationError({"file": error.messages}) from error
    scan = NetworkScan(
        customer=customer, networks=list(networks) or read.networks, begun_at=read.begun_at, command=read.command,
        file_name=name[:200], sha256=digest, hosts=len(read.hosts), ports=sum(len(host.ports) for host in read.hosts),
    ).save_as(actor)  # fmt: skip
    create_findings(scan, read, actor)
    return scan


def create_findings(scan: NetworkScan, read: Scan, actor: Actor) -> None:
    """Write down what the scan found, and what it did not find."""
    register = Asset.objects.filter(customer=scan.customer_id).current().exclude(state=Asset.State.RETIRED)
    known = _Register(register)
    found = [_held_against(known, scan, host) for host in read.hosts]
    met = {each.asset_id for each in found} | {each["asset"] for host in found for each in host.candidates}
    found += [_missing(scan, asset) for asset in known.expected(scan, read) if asset.pk not in met]
    create_many(found, actor, note=scan.number)


@dataclass(frozen=True)
class Match:
    """Which asset a host is, and by what it is recognised; or, in a contradiction, what points to which assets."""

    asset: Asset | None = None
    by: tuple[str, ...] = ()
    candidates: dict[int, list[str]] = field(default_factory=dict)


class _Register:
    """A customer's assets by what a scan can tell of them."""

    def __init__(self, assets: Iterable[Asset]) -> None:
        self.assets = list(assets)
        self.known: dict[str, dict[str, list[Asset]]] = {by: {} for by in FoundHost.By.values}
        for asset in self.assets:
            for by, value in ((By.ADDRESS, asset.address), (By.MAC, asset.mac), (By.NAME, short(asset.name))):
                if value:
                    self.known[by].setdefault(value, []).append(asset)

    def find(self, host: Host) -> Match:
        """Return the one asset to which all that is known of the host points; what disagrees is for a person."""
        told = {By.ADDRESS: host.address, By.MAC: host.mac, By.NAME: short(host.name)}
        found = {by: self.known[by][value] for by, value in told.items() if value in self.known[by]}
        if not found:
            return Match()
        agreed = set.intersection(*({asset.pk for asset in assets} for assets in found.values()))
        every = {asset.pk: asset for assets in found.values() for asset in assets}
        if len(agreed) == 1:
            return Match(every[agreed.pop()], tuple(str(by) for by in found))
        pointing = {pk: [str(by) for by, assets in found.items() if every[pk] in assets] for pk in sorted(every)}
        return Match(candidates=pointing)

    def expected(self, scan: NetworkScan, read: Scan) -> list[Asset]:
        """Return the assets in use that the scan should have found: in its networks, or asked and silent."""
        silent = set(read.silent)
        return [
            asset
            for asset in self.assets
            if asset.state == Asset.State.IN_USE and asset.address
            and (asset.address in silent or scan.covers(asset.address))
        ]  # fmt: skip


def short(name: str) -> str:
    """Return a host's name without its domain, in small letters."""
    return name.strip().lower().partition(".")[0]


def _held_against(register: _Register, scan: NetworkScan, host: Host) -> FoundHost:
    match = register.find(host)
    asset = match.asset
    differences = [] if asset is None else differences_of(asset, host)
    unmatched = Finding.CONFLICT if match.candidates else Finding.UNKNOWN
    finding = unmatched if asset is None else Finding.DIFFERENT if differences else Finding.KNOWN
    return FoundHost(
        scan=scan, finding=finding, address=host.address, hostname=host.name, mac=host.mac, vendor=host.vendor,
        system=host.system, ports=[port.as_dict() for port in host.ports], differences=differences, asset=asset,
        new_name=(host.name or host.address)[:120], new_kind=guess_kind(host) if asset is None else "",
        state=State.SETTLED if finding == Finding.KNOWN else State.OPEN, matched_by=list(match.by),
        candidates=[{"asset": pk, "by": by} for pk, by in match.candidates.items()],
    )  # fmt: skip


def differences_of(asset: Asset, host: Host) -> list[dict[str, Any]]:
    """Return what the register says otherwise, as {field, register, found}."""
    pairs = [("address", asset.address or "", host.address)]
    if host.mac and asset.mac:
        pairs.append(("mac", asset.mac, host.mac))
    if host.name and short(host.name) != short(asset.name):
        pairs.append(("name", asset.name, host.name[:120]))
    return [{"field": field, "register": told, "found": seen} for field, told, seen in pairs if told != seen]


def _missing(scan: NetworkScan, asset: Asset) -> FoundHost:
    return FoundHost(scan=scan, finding=Finding.MISSING, address=asset.address or "", hostname=asset.name, asset=asset)


NETWORK_MAKERS = ("cisco", "huawei", "h3c", "juniper", "mikrotik", "fortinet", "ruijie", "zyxel", "aruba")
DATABASES = {1433, 1521, 3306, 5432, 5236, 6379, 27017}


def guess_kind(host: Host) -> str:
    """Return what a host probably is; people decide when they register it."""
    told, ports = f"{host.vendor} {host.system}".lower(), {port.number for port in host.ports}
    if any(maker in told for maker in NETWORK_MAKERS):
        return "network"
    return "database" if ports & DATABASES else "server"
