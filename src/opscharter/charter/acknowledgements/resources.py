"""How confirmations appear."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from opscharter.charter.acknowledgements.models import Acknowledgement
from opscharter.kernel.access.actor import Actor
from opscharter.kernel.resources.declaration import Panel, Resource, View


def _sealed(answer: Acknowledgement, actor: Actor) -> dict[str, Any] | None:
    return {"intact": answer.intact} if answer.confirmed_at else None


acknowledgements = Resource(
    Acknowledgement, "acknowledgements", icon="signature",
    columns=["name", "edition", "asked_at", "reminders", "confirmed_at", "state"], filters=["edition"],
    facts=["edition", "name", "asked_on", "reminders", "reminded_on", "confirmed_at", "text_hash", "seal"],
    views=[
        View("missing", _("Missing"), lambda actor: Q(state="ASKED", edition__state="IN_FORCE")),
        View("mine", _("Mine"), lambda actor: Q(person=actor.person_id or 0)),
    ],
    panels=[Panel(_("Frozen"), "charter/frozen.html", _sealed)],
)  # fmt: skip
