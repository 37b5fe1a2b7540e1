"""How exceptions to clauses appear."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from opscharter.charter.waivers.lifecycle import State
from opscharter.charter.waivers.models import Waiver
from opscharter.kernel.access.actor import Actor
from opscharter.kernel.resources.declaration import Panel, Resource, Section, View
from opscharter.kernel.resources.links import record_url
from opscharter.kernel.resources.site import site


def passes(waiver: Waiver, actor: Actor) -> Mapping[str, Any] | None:
    """Return the record that may pass; what the reader may not see is not told."""
    resource = site.find(waiver.record_type) if waiver.record_type else None
    if resource is None:
        return None
    record = resource.model._default_manager.visible_to(actor).filter(pk=waiver.record_id).first()
    return {"type": resource.label, "source": record, "url": record_url(record)} if record else None


waivers = Resource(
    Waiver, "exceptions", icon="shield-off",
    columns=["number", "subject", "clause", "control", "record_number", "created_by", "expires_at", "state"],
    filters=["expires_at"], lead="reason",
    form=[
        "subject", "reason", "compensation", "expires_at", "clause", "control",
        Section(_("For one record"), ["record_type", "record_id"]),
    ],
    facts=["clause", "control", "compensation", "created_by", "approved_by", "decided_at", "expires_at", "ended_at"],
    views=[
        View("open", _("To decide"), lambda actor: Q(state=State.REQUESTED)),
        View("now", _("In force"), lambda actor: Q(state=State.IN_FORCE)),
        View("expired", _("Expired"), lambda actor: Q(state=State.EXPIRED)),
    ],
    panels=[Panel(_("May pass"), "charter/source.html", passes)],
)  # fmt: skip
