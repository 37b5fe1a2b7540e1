"""Finding alterations of assets, by hand, import or network scan, that no change of that asset accounts for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.db.models import Q

from opscharter.assets.models import Asset, FoundHost, NetworkScan
from opscharter.kernel import moment
from opscharter.kernel.access.actor import system_actor
from opscharter.kernel.audit.models import AuditEntry
from opscharter.kernel.controls.decisions import settings_at
from opscharter.kernel.controls.registry import CHECKS
from opscharter.kernel.jobs.queue import job
from opscharter.service.changes.models import AssetAlteration, Change

WATCHED = ("state", "kind", "type", "serial", "address", "location", "service", "attributes")
"""The facts of an asset that a change alters; who looks after it and how it is called may change without one."""
ELSEWHERE = ("create", "move:take-into-use", "move:retire")
"""Steps with a rule of their own: what is not in use yet is not changed, and retiring has its own approval."""
LOOK_BACK = dt.timedelta(days=3)
"""How far back the trail is read each time; what was found once is not found again."""


def find_alterations() -> list[AssetAlteration]:
    """Keep every alteration of the last days that nothing accounts for, once; returns the new ones."""
    check = CHECKS["change.unauthorised"]
    grace = dt.timedelta(minutes=int(settings_at([check])[check.id].parameters["grace"]))
    written = [_keep(entry, asset) for entry, asset in _alterations() if not _accounted_for(asset, entry.at, grace)]
    return [*written, *_seen_by_scans(grace)]


def _alterations() -> Iterator[tuple[AuditEntry, Asset]]:
    """Return the entries of the trail that altered a watched fact of an asset in use, not kept yet."""
    since = moment.now() - LOOK_BACK
    entries = AuditEntry.objects.filter(record_type=Asset._meta.label_lower, at__gte=since)
    entries = entries.filter(Q(user__isnull=False) | Q(via="import"))
    entries = entries.exclude(note__in=NetworkScan.objects.filter(created_at__gte=since).values("number"))
    entries = entries.exclude(action__in=ELSEWHERE).exclude(action__startswith="refused:")
    entries = entries.exclude(pk__in=AssetAlteration.objects.filter(entry__isnull=False).values("entry"))
    found = [entry for entry in entries.order_by("pk") if _told(entry)]
    assets = Asset.objects.select_related("customer", "team").in_bulk([entry.record_id for entry in found])
    for entry in found:
        asset = assets.get(entry.record_id)
        if asset is not None and asset.state != Asset.State.IN_STOCK:
            yield entry, asset


def _accounted_for(asset: Asset, at: dt.datetime, grace: dt.timedelta) -> bool:
    """Say whether a change of this asset was under way then, or had ended so shortly before that it still writes up."""
    under_way = Change.objects.current().filter(assets=asset, started_at__lte=at, unauthorised_at__isnull=True)
    return under_way.filter(Q(finished_at__isnull=True) | Q(finished_at__gte=at - grace)).exists()


def _seen_by_scans(grace: dt.timedelta) -> list[AssetAlteration]:
    """Keep what scans found otherwise than registered, unless a change since the register was written explains it."""
    rows = FoundHost.objects.current().filter(finding=FoundHost.Finding.DIFFERENT, alteration__isnull=True)
    rows = rows.filter(created_at__gte=moment.now() - LOOK_BACK, asset__isnull=False)
    kept = []
    for seen in rows.select_related("asset__customer__team", "asset__team").order_by("pk"):
        asset: Any = seen.asset
        told = [[each["field"], each["register"], each["found"]] for each in seen.differences]
        told = [each for each in told if each[0] in WATCHED]
        since = Change.objects.current().filter(assets=asset, started_at__gte=asset.updated_at)
        if told and not since.exists() and not _accounted_for(asset, seen.created_at, grace):
            kept.append(_new(asset, told, altered_at=seen.created_at, via="scan", sighting=seen))
    return kept


def _told(entry: AuditEntry) -> list[list[Any]]:
    """Return which of the watched facts were altered, as [field, before, after]."""
    found = []
    for name in WATCHED:
        pair = entry.changes.get(getattr(Asset._meta.get_field(name), "attname", name))
        if pair is not None and pair[0] != pair[1]:
            found.append([name, *pair])
    return found


def _keep(entry: AuditEntry, asset: Asset) -> AssetAlteration:
    return _new(
        asset, _told(entry), altered_at=entry.at, who=entry.actor_label, altered_by_id=entry.user_id, via=entry.via,
        entry=entry.pk,
    )  # fmt: skip


def _new(asset: Asset, differences: list[list[Any]], **facts: Any) -> AssetAlteration:
    team = asset.team or (asset.customer.team if asset.customer else None)
    kept = AssetAlteration(asset=asset, differences=differences, customer=asset.customer, team=team, **facts)
    kept.what = kept.told
    return kept.save_as(system_actor())


@job()
def watch_alterations() -> int:
    """Look for them; returns how many were found."""
    return len(find_alterations())
