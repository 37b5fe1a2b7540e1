"""The graph of assets: what fails with what. Walked in the database, safe against circles."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection

from opscharter.assets.models import Asset
from opscharter.customers.models import Service

DEEPEST = 20

_DEPENDANTS = """
    WITH RECURSIVE affected(id, depth) AS (
        SELECT id, 0 FROM assets_asset WHERE id IN ({marks})
        UNION
        SELECT r.source_id, a.depth + 1 FROM assets_assetrelation r JOIN affected a ON r.target_id = a.id
        WHERE r.archived_at IS NULL AND a.depth < {deepest}
    )
    SELECT DISTINCT id FROM affected
"""


_SUPPORTS = """
    WITH RECURSIVE needed(id, depth) AS (
        SELECT id, 0 FROM assets_asset WHERE id IN ({marks})
        UNION
        SELECT r.target_id, n.depth + 1 FROM assets_assetrelation r JOIN needed n ON r.source_id = n.id
        WHERE r.archived_at IS NULL AND n.depth < {deepest}
    )
    SELECT DISTINCT id FROM needed
"""


def dependants(asset_ids: Iterable[int]) -> set[int]:
    """Return the ids of all assets affected when these fail, themselves included."""
    return _walk(_DEPENDANTS, asset_ids)


def supports(asset_ids: Iterable[int]) -> set[int]:
    """Return the ids of all assets that these need to work, themselves included."""
    return _walk(_SUPPORTS, asset_ids)


def lineage(asset_ids: Iterable[int]) -> set[int]:
    """Return the ids of what these need and of what needs them, themselves included; not of their siblings."""
    ids = set(asset_ids)
    return dependants(ids) | supports(ids)


def _walk(query: str, asset_ids: Iterable[int]) -> set[int]:
    ids = sorted(set(asset_ids))
    if not ids:
        return set()
    marks = ", ".join(["%s"] * len(ids))
    with connection.cursor() as cursor:
        cursor.execute(query.format(marks=marks, deepest=DEEPEST), ids)
        return {row[0] for row in cursor.fetchall()}


def affected_services(asset_ids: Iterable[int]) -> list[Service]:
    """Return the services that the assets, or anything depending on them, carry."""
    found = Asset.objects.filter(pk__in=dependants(asset_ids), service__isnull=False)
    return list(Service.objects.filter(pk__in=found.values("service_id")).order_by("name"))
