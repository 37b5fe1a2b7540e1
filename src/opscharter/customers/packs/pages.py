"""Handing out a pack, and the cards that show and order packs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.views import APIView

from opscharter.customers.models.customer import Customer
from opscharter.customers.packs.models import CompliancePack, State
from opscharter.kernel.access.actor import Actor
from opscharter.kernel.api.shapes import ErrorsShape
from opscharter.kernel.audit.trail import write_entry
from opscharter.kernel.resources.declaration import Panel, Resource
from opscharter.kernel.resources.links import list_url, record_url
from opscharter.kernel.resources.site import site
from opscharter.kernel.web.base import ResourcePage

FILE = "<int:pk>/file/"
LABEL = "customers.compliancepack"
LATEST = 3


def hand_out(pk: int, actor: Actor) -> FileResponse:
    """Send a pack to whoever may export it; 404 otherwise. Audited as an export, with its hashes."""
    rows = CompliancePack.objects.visible_to(actor).filter(pk=pk, state=State.READY)
    pack = rows.filter(pk__in=CompliancePack.objects.visible_to(actor, "export").values("pk")).first()
    if pack is None or not actor.may(LABEL, "export"):
        raise Http404
    changes = {"type": [None, LABEL], "pack": [None, pack.number], **pack.recorded}
    write_entry(actor, "export", record=pack, changes=changes)
    return FileResponse(
        default_storage.open(pack.path), as_attachment=True, filename=pack.file_name, content_type="application/zip"
    )


class PackFilePage(ResourcePage):
    """The file of a pack."""

    def get(self, request: HttpRequest, pk: int) -> FileResponse:
        """Send it."""
        return hand_out(pk, self.actor)


class PackFileView(APIView):
    """The file of a pack through the API."""

    resource: Resource = None  # type: ignore[assignment]  # given by as_view

    @extend_schema(responses={(200, "application/zip"): OpenApiTypes.BINARY, 404: ErrorsShape})
    def get(self, request: Request, pk: int) -> FileResponse:
        """Send the file; the sending is an export in the audit trail."""
        return hand_out(pk, request._request.actor)  # type: ignore[attr-defined]


def _file(pack: CompliancePack, actor: Actor) -> Mapping[str, Any]:
    may = CompliancePack.objects.visible_to(actor, "export").filter(pk=pack.pk).exists()
    return {
        "waiting": pack.state == State.ORDERED,
        "url": record_url(pack, "file") if pack.state == State.READY and may else "",
    }


def _of_customer(customer: Customer, actor: Actor) -> Mapping[str, Any] | None:
    if not actor.may(LABEL, "view"):
        return None
    packs = CompliancePack.objects.visible_to(actor).current().filter(customer=customer).order_by("-pk")
    may = CompliancePack.scope.rows(actor, LABEL, "export") is None or customer.pk in actor.customers
    order = f"{list_url(site.resource(LABEL))}new/?customer={customer.pk}"
    return {"packs": packs[:LATEST], "order": order if may and actor.may(LABEL, "create") else ""}


FILE_PANEL = Panel(_("The file"), "customers/pack.html", _file, place="main")
CUSTOMER_PANEL = Panel(_("Compliance packs"), "customers/packs.html", _of_customer)
