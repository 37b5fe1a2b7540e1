"""How assets appear."""

from django.utils.translation import gettext_lazy as _

from opscharter.assets.drawing import draw
from opscharter.assets.graph import affected_services
from opscharter.assets.models import Asset, AssetAttribute, AssetRelation, AssetType
from opscharter.kernel.attributes.models import definitions_of
from opscharter.kernel.resources.declaration import Panel, Resource, Section, Stage
from opscharter.kernel.resources.links import list_url
from opscharter.kernel.web.attributes import AttributedForm, DefinitionForm

State = Asset.State


def _relations_of(asset, actor):  # type: ignore[no-untyped-def]
    visible = AssetRelation.objects.visible_to(actor).current()
    needs = visible.filter(source=asset).select_related("target")
    needed_by = visible.filter(target=asset).select_related("source")
    drawing = None if actor.external else draw([asset.pk], actor)
    return {"needs": needs, "needed_by": needed_by, "services": affected_services([asset.pk]), "drawing": drawing}


def _details_of(asset_type, actor):  # type: ignore[no-untyped-def]
    add = list_url(details) + f"new/?type={asset_type.pk}" if actor.may(details.key, "create") else ""
    return {"details": definitions_of(asset_type), "add_url": add}


assets = Resource(
    Asset, "assets", icon="server",
    columns=["number", "name", "kind", "customer", "service", "state", "criticality", "location"],
    filters=["kind", "type", "customer", "service", "team", "criticality", "warranty_until"],
    form=[
        Section(_("Asset"), ["name", "kind", "type", "criticality", "serial", "address", "mac", "location",
                          "warranty_until"]),
        Section(_("Details of this type"), ["attributes"], follows="type"),
        Section(_("Belongs to"), ["customer", "service", "team"]),
    ],
    stages=[
        Stage(_("In stock"), (State.IN_STOCK,)), Stage(_("In use"), (State.IN_USE, State.MAINTENANCE)),
        Stage(_("Retired"), (State.RETIRED,)),
    ],
    panels=[Panel(_("Relations"), "assets/relations.html", _relations_of, place="main")],
    customer_facts=["name", "kind", "type", "service", "location"],
    form_class=AttributedForm,
    sheets={"labels/": _("Labels with QR codes (PDF)")},
)  # fmt: skip
relations = Resource(
    AssetRelation, "relations", icon="topology-star", columns=["source", "kind", "target"],
    filters=["source", "kind", "target"],
)  # fmt: skip
types = Resource(
    AssetType, "types", icon="category", columns=["label", "kind", "description"], filters=["kind"], order="label",
    form=["label", "label_zh_hant", "label_zh_hans", "kind", "description"],
    panels=[Panel(_("Details"), "assets/details.html", _details_of, place="main")],
)  # fmt: skip
details = Resource(
    AssetAttribute, "details", icon="list-details", columns=["type", "label", "code", "kind", "required", "position"],
    filters=["type", "kind", "required"], in_menu=False,
    form=[
        Section(_("Detail"), ["type", "code", "label", "label_zh_hant", "label_zh_hans", "kind", "required", "help",
                               "help_zh_hant", "help_zh_hans"]),
        Section(_("What it may hold"), ["options", "least", "most", "unit"]),
        Section(_("When and where it is asked"), ["asked_when", "position"]),
    ],
    form_class=DefinitionForm,
)  # fmt: skip
