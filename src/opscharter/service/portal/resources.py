"""How the forms of catalogue items appear: as a list, on the item, and answered on the request."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from opscharter.assets.models import Asset
from opscharter.kernel.access.actor import Actor
from opscharter.kernel.attributes.models import definitions_of
from opscharter.kernel.attributes.values import shown
from opscharter.kernel.resources.declaration import Panel, Resource, Section
from opscharter.kernel.resources.links import list_url, record_url
from opscharter.kernel.resources.site import site
from opscharter.kernel.web.attributes import DefinitionForm
from opscharter.service.portal.models import CatalogueField
from opscharter.service.tickets.answers import ASSET
from opscharter.service.tickets.lifecycle import OPEN


@dataclass
class Told:
    """One answer as people read it; `url` leads to the asset."""

    label: str
    value: str
    kind: str
    url: str = ""


def answers_of(request: Any, actor: Actor) -> list[Told]:
    """Return the answers of a request in the reader's language as they were asked, to questions since taken out too."""
    values = request.attributes or {}
    asked = CatalogueField.objects.filter(service_id=request.answered_for_id or 0, code__in=values)
    found = []
    for each in asked.order_by("position", "pk"):
        told = Told(each.name, shown(each, values[each.code]), each.kind)
        if each.kind == ASSET:
            asset = Asset.objects.visible_to(actor).filter(pk=values[each.code]).first()
            told.url = record_url(asset) if asset else ""
        found.append(told)
    return found


def _form_of(service: Any, actor: Actor) -> dict[str, Any] | None:
    """Return the form of a catalogue item as it is asked."""
    if not actor.may("service.cataloguefield", "view"):
        return None
    may = actor.may("service.cataloguefield", "create")
    fields = definitions_of(service)
    if not fields and not may:
        return None
    place = fields[-1].position + 10 if fields else 10
    new = f"{list_url(site.resource(CatalogueField))}new/?service={service.pk}&position={place}"
    return {"fields": fields, "new_url": new if may else "", "ask_url": f"/portal/catalogue/{service.pk}/"}


def _answers_on(request: Any, actor: Actor) -> dict[str, Any] | None:
    """Return what was answered; who may change the request may put the answers right while it is open."""
    told = answers_of(request, actor) if request.attributes else []
    may = request.state in OPEN and actor.may("service.servicerequest", "edit") and not actor.external
    if not told and not (may and definitions_of(request.answered_for or request.service)):
        return None
    return {"told": told, "edit_url": f"/service/requests/{request.pk}/answers/" if may else ""}


ON_SERVICE = Panel(_("Form in the portal"), "service/portal/form.html", _form_of, place="main")
ON_REQUEST = Panel(_("Answers"), "service/portal/answers.html", _answers_on, place="main", for_customers=True)

FIELDS = ["service", "code", "label", "label_zh_hant", "label_zh_hans", "kind", "required", "help", "help_zh_hant",
          "help_zh_hans", "options", "least", "most", "unit", "asset_kind", "asked_when", "position"]  # fmt: skip
catalogue_fields = Resource(
    CatalogueField, "catalogue-fields", icon="forms", order="position", form_class=DefinitionForm, in_menu=False,
    columns=["service", "label", "code", "kind", "required", "asked_when", "position"],
    filters=["service", "kind", "required"], customer_facts=FIELDS,
    form=[
        Section(_("Question"), ["service", "code", "label", "label_zh_hant", "label_zh_hans", "kind", "required"]),
        Section(_("Help"), ["help", "help_zh_hant", "help_zh_hans"]),
        Section(_("What it may hold"), ["options", "least", "most", "unit", "asset_kind"]),
        Section(_("When and where it is asked"), ["asked_when", "position"]),
    ],
)  # fmt: skip
