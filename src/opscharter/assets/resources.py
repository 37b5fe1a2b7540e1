"""How assets appear."""

from django.utils.translation import gettext_lazy as _

from opscharter.assets.graph import affected_services
from opscharter.assets.models import Asset, AssetRelation
from opscharter.kernel.resources.declaration import Panel, Resource, Section, Stage

State = Asset.State


def _relations_of(asset, actor):  # type: ignore[no-untyped-def]
    visible = AssetRelation.objects.visible_to(actor).current()
    needs = visible.filter(source=asset).select_related("target")
    needed_by = visible.filter(target=asset).select_related("source")
    return {"needs": needs, "needed_by": needed_by, "services": affected_services([asset.pk])}


assets = Resource(
    Asset, "assets", icon="server",
    columns=["number", "name", "kind", "customer", "service", "state", "criticality", "location"],
    filters=["kind", "customer", "service", "team", "criticality", "warranty_until"],
    form=[
        Section(_("Asset"), ["name", "kind", "criticality", "serial", "address", "location", "warranty_until"]),
        Section(_("Belongs to"), ["customer", "service", "team"]),
    ],
    stages=[
        Stage(_("In stock"), (State.IN_STOCK,)), Stage(_("In use"), (State.IN_USE, State.MAINTENANCE)),
        Stage(_("Retired"), (State.RETIRED,)),
    ],
    panels=[Panel(_("Relations"), "assets/relations.html", _relations_of, place="main")],
    customer_facts=["name", "kind", "service", "location"],
)  # fmt: skip
relations = Resource(
    AssetRelation, "relations", icon="topology-star", columns=["source", "kind", "target"],
    filters=["source", "kind", "target"],
)  # fmt: skip
