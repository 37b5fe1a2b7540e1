"""How scans and their findings appear."""

from __future__ import annotations

from typing import Any

from django.db.models import Count
from django.utils.translation import gettext_lazy as _

from opscharter.assets.models import Asset, FoundHost, NetworkScan
from opscharter.assets.reconciliation.pages import ScanForm, UploadPage
from opscharter.kernel.access.actor import Actor
from opscharter.kernel.resources.declaration import Column, Panel, Resource, Text, View
from opscharter.kernel.resources.links import list_url

MOST_SHOWN = 50
LABELS: dict[str, Text] = dict(FoundHost.By.choices)


def _findings_of(scan: NetworkScan, actor: Actor) -> dict[str, Any]:
    rows = FoundHost.objects.visible_to(actor).filter(scan=scan)
    counted = dict(rows.order_by().values_list("finding").annotate(n=Count("pk")))
    counts = [
        (label, counted[finding], list_url(findings, scan=scan.pk, finding=finding), FoundHost.TONES[finding])
        for finding, label in FoundHost.Finding.choices if finding in counted
    ]  # fmt: skip
    waiting = rows.filter(state=FoundHost.State.OPEN).select_related("asset").order_by("finding", "pk")
    return {"counts": counts, "findings": waiting[:MOST_SHOWN]}


def _told(found: FoundHost, actor: Actor) -> dict[str, Any] | None:
    if not (found.ports or found.differences or found.candidates or found.matched_by):
        return None
    return {
        "differences": [{**each, "label": LABELS[each["field"]]} for each in found.differences],
        "recognised": words(found.matched_by), "candidates": _candidates(found, actor),
    }  # fmt: skip


def words(by: list[str]) -> str:
    """Return by what a host is recognised, in words."""
    return " · ".join(str(LABELS[each]) for each in by)


def _candidates(found: FoundHost, actor: Actor) -> list[dict[str, Any]]:
    """Return the assets of a contradiction that the reader may see, each with what points to it."""
    assets = Asset.objects.visible_to(actor).in_bulk([each["asset"] for each in found.candidates])
    pairs = [(assets.get(each["asset"]), words(each["by"])) for each in found.candidates]
    return [{"asset": asset, "by": by} for asset, by in pairs if asset is not None]


scans = Resource(
    NetworkScan, "scans", icon="radar-2",
    columns=["number", "customer", "file_name", "begun_at", "hosts", "ports", "state"],
    filters=["customer", "begun_at"], form=["customer", "networks"], form_class=ScanForm,
    facts=["customer", "networks", "begun_at", "command", "file_name", "sha256", "hosts", "ports"],
    panels=[Panel(_("What is to be settled"), "assets/findings.html", _findings_of, place="main")],
    pages={"new/": UploadPage},
)  # fmt: skip
findings = Resource(
    FoundHost, "findings", icon="list-search",
    columns=[
        "finding", "address", "hostname", "asset",
        Column("recognised", _("recognised by"), lambda row: words(row.matched_by), ("matched_by",)),
        "scan", "system", "state",
    ],
    filters=["scan", "finding", "asset"], form=["new_name", "new_kind"], related=["asset"], in_menu=False,
    facts=["scan", "finding", "address", "hostname", "mac", "vendor", "system", "asset"],
    views=[View("open", _("to be settled"), lambda actor: FoundHost.open_rows())],
    panels=[Panel(_("What the network says"), "assets/finding.html", _told, place="main")],
)  # fmt: skip
