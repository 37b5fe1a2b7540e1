"""Finding alterations of assets, by hand, import or network scan, that no change of that asset accounts for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.db.models import Q

from opscharter.assets.models import Asset, AssetRelation, FoundHost, NetworkScan
from opscharter.kernel import moment
from opscharter.kernel.access.actor import system_actor
from opscharter.kernel.audit.models import AuditEntry
from opscharter.kernel.controls.decisions import settings_at
from opscharter.kernel.controls.registry import CHECKS
from opscharter.kernel.jobs.queue import job
from opscharter.service.changes.models import AssetAlteration, Change

WATCHED = ("state", "kind", "type", "serial", "address", "mac", "location", "service", "attributes")
"""The facts of an asset that a change alters; who looks after it and how it is called may change without one."""
LEARNT = ("mac",)
"""Facts whose first entry is learnt by somebody, not altered in the asset."""
EDGE = ("kind", "target_id")
ELSEWHERE = ("create", "move:take-into-use", "move:retire")
"""Steps with a rule of their own: what is not in use yet is not changed, and retiring has its own approval."""
LOOK_BACK = dt.timedelta(days=3)
"""How far back the trail is read each time; what was found once is not found again."""


def find_alterations() -> list[AssetAlteration]:
    """Keep every alteration of the last days that nothing accounts for, once; returns the new ones."""
    check = CHECKS["change.unauthorised"]
    grace = dt.timedelta(minutes=int(settings_at([check])[check.id].parameters["grace"]))
    written = [_keep(entry, asset) for entry, asset in _alterations() if not _accounted_for([asset], entry.at, grace)]
    return [*written, *_altered_relations(grace), *_seen_by_scans(grace)]


def _alterations() -> Iterator[tuple[AuditEntry, Asset]]:
    """Return the entries of the trail that altered a watched fact of an asset in use, not kept yet."""
    found = [entry for entry in _entries(Asset).exclude(action__in=ELSEWHERE) if _told(entry)]
    assets = Asset.objects.select_related("customer", "team").in_bulk([entry.record_id for entry in found])
    taken = _taken_into_use(assets)
    for entry in found:
        asset = assets.get(entry.record_id)
        if asset is not None and _in_use(asset, entry.at, taken):
            yield entry, asset


def _entries(model: Any) -> Any:
    """Return the entries of the last days by which people or imports altered records of a kind, not kept yet."""
    since = moment.now() - LOOK_BACK
    entries = AuditEntry.objects.filter(record_type=model._meta.label_lower, at__gte=since)
    entries = entries.filter(Q(user__isnull=False) | Q(via="import")).exclude(action__startswith="refused:")
    entries = entries.exclude(note__in=NetworkScan.objects.filter(created_at__gte=since).values("number"))
    return entries.exclude(pk__in=AssetAlteration.objects.filter(entry__isnull=False).values("entry")).order_by("pk")


def _taken_into_use(assets: Iterable[int]) -> dict[int, dt.datetime]:
    """Return when those of some assets that were taken into use in the last days were."""
    steps = AuditEntry.objects.filter(record_type=Asset._meta.label_lower, record_id__in=list(assets))
    steps = steps.filter(action="move:take-into-use", at__gte=moment.now() - LOOK_BACK)
    return {pk: at for pk, at in steps.order_by("pk").values_list("record_id", "at") if pk is not None}


def _in_use(asset: Asset, at: dt.datetime, taken: Mapping[int, dt.datetime]) -> bool:
    """Say whether an asset was in use at a moment: what is entered before that is no alteration."""
    return asset.state != Asset.State.IN_STOCK and not (asset.pk in taken and taken[asset.pk] >= at)


def _altered_relations(grace: dt.timedelta) -> list[AssetAlteration]:
    """Keep each relation between assets in use that was drawn, altered or taken away, with the asset that needs."""
    entries = list(_entries(AssetRelation))
    rows = AssetRelation.objects.select_related("source__customer__team", "source__team", "target")
    relations = rows.in_bulk([entry.record_id for entry in entries])
    pairs = {pk: (row.source, row.target) for pk, row in relations.items()}
    taken = _taken_into_use({asset.pk for pair in pairs.values() for asset in pair})
    kept = []
    for entry, before, after in reversed(list(_edges(entries, relations))):
        ends = pairs[entry.record_id]
        altered = before != after and all(_in_use(asset, entry.at, taken) for asset in ends)
        if altered and not _accounted_for(ends, entry.at, grace):
            kept.append(_keep(entry, ends[0], [["relations", before, after]]))
    return kept


def _edges(
    entries: Sequence[AuditEntry], relations: Mapping[int, AssetRelation]
) -> Iterator[tuple[AuditEntry, Any, Any]]:
    """Return each entry, the newest first, with its relation as [kind, target] before and after (None: none)."""
    stood = {pk: {name: getattr(row, name) for name in EDGE} for pk, row in relations.items()}
    for entry in reversed(entries):
        edge = stood.get(entry.record_id or 0)
        if edge is None:
            continue
        after = [edge["kind"], edge["target_id"]]
        edge |= {name: entry.changes[name][0] for name in EDGE if name in entry.changes}
        before = [edge["kind"], edge["target_id"]]
        gone = entry.action == "archive"
        yield entry, None if entry.action == "create" else before, None if gone else after


def _accounted_for(assets: Sequence[Asset], at: dt.datetime, grace: dt.timedelta) -> bool:
    """Say whether a change of one was under way then, or had ended so shortly before that it still writes up."""
    under_way = Change.objects.current().filter(assets__in=assets, started_at__lte=at, unauthorised_at__isnull=True)
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
        if told and not since.exists() and not _accounted_for([asset], seen.created_at, grace):
            kept.append(_new(asset, told, altered_at=seen.created_at, via="scan", sighting=seen))
    return kept


def _told(entry: AuditEntry) -> list[list[Any]]:
    """Return which of the watched facts were altered, as [field, before, after]."""
    found = []
    for name in WATCHED:
        pair = entry.changes.get(getattr(Asset._meta.get_field(name), "attname", name))
        if pair is not None and pair[0] != pair[1] and (pair[0] or name not in LEARNT):
            found.append([name, *pair])
    return found


def _keep(entry: AuditEntry, asset: Asset, told: list[list[Any]] | None = None) -> AssetAlteration:
    return _new(
        asset, told or _told(entry), altered_at=entry.at, who=entry.actor_label, altered_by_id=entry.user_id,
        via=entry.via, entry=entry.pk,
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
