"""Labels to stick on assets: number, name, and a QR code that opens the asset's page on a phone."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import segno
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path
from django.utils.translation import gettext as _t

from opscharter.assets.models import Asset
from opscharter.assets.resources import assets
from opscharter.kernel.audit.trail import write_entry
from opscharter.kernel.documents.typesetting import typeset
from opscharter.kernel.resources.filters import BadFilter
from opscharter.kernel.resources.links import list_url, record_url
from opscharter.kernel.resources.lists import ListQuery
from opscharter.kernel.web.base import ResourcePage

MOST = 500
TEMPLATE = Path(__file__).parent / "labels.typ"


def qr_of(address: str) -> str:
    """Return an address as a QR code in SVG; medium error correction bears a scratch."""
    out = io.BytesIO()
    segno.make(address, error="m", micro=False).save(out, kind="svg", border=0, xmldecl=False)
    return out.getvalue().decode()


def sheet_of(rows: list[Asset], base: str) -> bytes:
    """Return labels of 70 × 36 mm, 24 on an A4 sheet, as a PDF; `base` is where the product is reached."""
    labels = [
        {"number": row.number, "name": row.name, "serial": row.serial,
         "customer": row.customer.short_name if row.customer else "", "qr": qr_of(base + record_url(row))}
        for row in rows
    ]  # fmt: skip
    return typeset(TEMPLATE, {"labels": labels})


class LabelsPage(ResourcePage):
    """The labels of a list as it is filtered."""

    resource = assets

    def get(self, request: HttpRequest) -> HttpResponse:
        """Send the sheet."""
        self.need("view")
        wanted = ListQuery(self.resource, self.actor, request.GET)
        try:
            rows: list[Any] = list(wanted.rows.select_related("customer").order_by(*wanted.order.keys())[: MOST + 1])
        except BadFilter as error:
            messages.error(request, f"{error.name}: {error.message}")
            return HttpResponseRedirect(list_url(self.resource))
        if not rows or len(rows) > MOST:
            messages.error(
                request, _t("Labels are printed for 1 to %(most)s assets; filter the list.") % {"most": MOST}
            )
            return HttpResponseRedirect(list_url(self.resource))
        write_entry(self.actor, "export", changes={"type": [None, self.resource.key], "labels": [None, len(rows)]})
        answer = HttpResponse(sheet_of(rows, request.build_absolute_uri("/").rstrip("/")), "application/pdf")
        answer["Content-Disposition"] = 'inline; filename="labels.pdf"'
        return answer


URLS = [path("assets/assets/labels/", LabelsPage.as_view(), name="asset-labels")]
