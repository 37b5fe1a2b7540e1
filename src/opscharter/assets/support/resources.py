"""How support contracts appear, and the card that an asset's page gets from them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from opscharter.assets.models import Asset, SupportContract
from opscharter.kernel import moment
from opscharter.kernel.access.actor import Actor
from opscharter.kernel.resources.declaration import Panel, Resource, Section, View

SOON = dt.timedelta(days=90)


def _support_of(asset: Asset, actor: Actor) -> dict[str, Any]:
    contracts = SupportContract.objects.visible_to(actor).current().filter(assets=asset).order_by("-ends_on")
    today = moment.today()
    warranty = asset.warranty_until
    tone = "" if warranty is None else "r" if warranty < today else "a" if warranty < today + SOON else "g"
    return {"contracts": contracts[:10], "warranty": warranty, "warranty_tone": tone}


contracts = Resource(
    SupportContract, "support", icon="certificate",
    columns=["number", "supplier", "kind", "reference", "starts_on", "ends_on", "owner"], order="ends_on",
    filters=["kind", "owner", "ends_on"],
    form=[
        Section(_("Contract"), ["supplier", "reference", "kind", "starts_on", "ends_on", "notice_days", "owner"]),
        Section(_("What it gives"), ["response", "hotline", "assets"]),
    ],
    views=[
        View("ending", _("ending within 90 days"),
             lambda actor: Q(ends_on__gte=moment.today(), ends_on__lte=moment.today() + SOON)),
        View("ended", _("ended"), lambda actor: Q(ends_on__lt=moment.today())),
    ],
)  # fmt: skip
ON_ASSET = Panel(_("Support"), "assets/support.html", _support_of)
