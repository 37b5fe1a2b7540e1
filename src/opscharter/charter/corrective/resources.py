"""How corrective items appear."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from opscharter.charter.corrective.models import CorrectiveItem
from opscharter.charter.models import CheckResult
from opscharter.kernel import moment
from opscharter.kernel.access.actor import Actor
from opscharter.kernel.resources.declaration import Column, Panel, Resource, View


def measured(item: CorrectiveItem, actor: Actor) -> Mapping[str, Any]:
    """Return the newest results of the item's check."""
    return {"results": CheckResult.objects.filter(control=item.control).order_by("-pk")[:6]}


corrective_items = Resource(
    CorrectiveItem, "corrective-items", icon="first-aid-kit",
    columns=[
        "number", Column("title", _("What the clause asks"), lambda item: item.title, ("control",)), "clause",
        "control", "owner", "value", "due_on", "state",
    ],
    filters=["owner", "due_on"], form=["owner", "due_on", "cause", "measures"],
    facts=["clause", "control", "owner", "due_on", "value", "exceptions", "cause", "measures",
           "closed_at"],
    views=[
        View("open", _("Open"), lambda actor: Q(state=CorrectiveItem.State.OPEN)),
        View("late", _("Late"), lambda actor: Q(state=CorrectiveItem.State.OPEN, due_on__lt=moment.today())),
        View("mine", _("Mine"), lambda actor: Q(owner_id=actor.user_id or 0)),
    ],
    panels=[Panel(_("Measured"), "charter/measured.html", measured, place="main")],
)  # fmt: skip
