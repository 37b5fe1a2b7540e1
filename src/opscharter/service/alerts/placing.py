"""Telling whose an alert is: by the rules of its source in their order, by the asset it names, else by default."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from opscharter.assets.models import Asset
from opscharter.service.alerts.models import Alert, AlertRule, AlertSource

PORT = re.compile(r":\d{1,5}$")


@dataclass(frozen=True)
class Place:
    """Whose an alert is: customer, service, asset, and whether it opens incidents."""

    customer_id: int | None = None
    service_id: int | None = None
    asset: Asset | None = None
    ignored: bool = False


def hosts_in(labels: dict[str, Any], names: Iterable[str]) -> list[str]:
    """Return what the labels say of the host: values as they are, without a port, and short names."""
    found: list[str] = []
    for name in names:
        value = str(labels.get(name) or "").strip()
        if not value:
            continue
        bare = PORT.sub("", value).strip("[]")
        for each in (value, bare, bare.partition(".")[0] if not _address(bare) else ""):
            if each and each not in found:
                found.append(each)
    return found


def _address(text: str) -> str:
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        return ""


class Placer:
    """The rules of a source, read once, and the assets that a number of alerts name, read in one query."""

    def __init__(self, source: AlertSource, labels: Iterable[dict[str, Any]]) -> None:
        self.source = source
        self.rules = list(AlertRule.objects.current().filter(source=source).order_by("position", "pk"))
        words = {word for each in labels for word in hosts_in(each, source.hosts)}
        addresses = {address for word in words if (address := _address(word))}
        self._assets: dict[str, list[Asset]] = {}
        if words:
            rows = Asset.objects.current().exclude(state=Asset.State.RETIRED)
            rows = rows.filter(Q(name__in=words) | Q(address__in=addresses)).select_related("service", "customer")
            for asset in rows.order_by("pk"):
                for word in {asset.name, asset.address or ""} - {""}:
                    self._assets.setdefault(word, []).append(asset)

    def place(self, labels: dict[str, Any]) -> Place:
        """Say whose an alert with these labels is."""
        customer_id = service_id = None
        ignored = False
        for rule in self.rules:
            if rule.fits(labels):
                customer_id = customer_id or rule.customer_id
                service_id = service_id or rule.service_id
                ignored = ignored or rule.ignore
        asset = self._asset(labels, customer_id)
        if asset is not None:
            customer_id = customer_id or asset.customer_id
            service_id = service_id or asset.service_id
        return Place(customer_id or self.source.customer_id, service_id or self.source.service_id, asset, ignored)

    def _asset(self, labels: dict[str, Any], customer_id: int | None) -> Asset | None:
        """Return the one asset that is named; one that several customers have under this name is none of them."""
        for word in hosts_in(labels, self.source.hosts):
            found = self._assets.get(word) or self._assets.get(_address(word), [])
            if customer_id is not None:
                found = [asset for asset in found if asset.customer_id == customer_id]
            if len(found) == 1:
                return found[0]
        return None


def settle(alert: Alert, place: Place, source: AlertSource) -> None:
    """Write a place on an alert, unless a person has said otherwise; the team follows from it."""
    if not alert.by_hand:
        alert.customer_id, alert.service_id = place.customer_id, place.service_id
        alert.asset, alert.ignored = place.asset, place.ignored
    name_team(alert, source)


def name_team(alert: Alert, source: AlertSource) -> None:
    """Name who handles the alert: the service's team, else the customer's, else the source's."""
    teams = [owner.team_id for owner in (alert.service, alert.customer, source) if owner is not None]
    alert.team_id = next((team for team in teams if team is not None), None)


def group_key(alert: Alert, source: AlertSource) -> str:
    """Return under which key alerts of one customer share an incident."""
    if alert.service_id is not None:
        return f"service:{alert.service_id}"
    shared = str(alert.labels.get(source.group_label, "")) if source.group_label else ""
    return f"label:{source.group_label}={shared}"[:120] if shared else "customer"
