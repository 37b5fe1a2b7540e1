"""Taking a scan in: every host is held against the register, and the register against the hosts."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterable, Sequence
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

Finding, State = FoundHost.Finding, FoundHost.State


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
    met = {each.asset_id for each in found}
    found += [_missing(scan, asset) for asset in known.expected(scan, read) if asset.pk not in met]
    create_many(found, actor, note=scan.number)


class _Register:
    """A customer's assets by what a scan can tell of them."""

    def __init__(self, assets: Iterable[Asset]) -> None:
        self.assets = list(assets)
        self.by_address = {asset.address: asset for asset in self.assets if asset.address}
        self.by_name = {short(asset.name): asset for asset in self.assets}

    def find(self, host: Host) -> Asset | None:
        """Return the asset that a host is: by its address, otherwise by its name."""
        return self.by_address.get(host.address) or (self.by_name.get(short(host.name)) if host.name else None)

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
    asset = register.find(host)
    differences = [] if asset is None else differences_of(asset, host)
    finding = Finding.UNKNOWN if asset is None else Finding.DIFFERENT if differences else Finding.KNOWN
    return FoundHost(
        scan=scan, finding=finding, address=host.address, hostname=host.name, mac=host.mac, vendor=host.vendor,
        system=host.system, ports=[port.as_dict() for port in host.ports], differences=differences, asset=asset,
        new_name=(host.name or host.address)[:120], new_kind=guess_kind(host) if asset is None else "",
        state=State.SETTLED if finding == Finding.KNOWN else State.OPEN,
    )  # fmt: skip


def differences_of(asset: Asset, host: Host) -> list[dict[str, Any]]:
    """Return what the register says otherwise, as {field, register, found}."""
    pairs = [("address", asset.address or "", host.address)]
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
