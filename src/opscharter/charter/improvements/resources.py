"""How improvements appear."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from opscharter.charter.improvements.lifecycle import WORKED_ON, State
from opscharter.charter.improvements.models import Improvement
from opscharter.kernel import moment
from opscharter.kernel.access.actor import Actor
from opscharter.kernel.resources.declaration import Panel, Resource, Section, Stage, View
from opscharter.kernel.resources.links import url_of
from opscharter.kernel.resources.site import site


def source_of(improvement: Improvement, actor: Actor) -> Mapping[str, Any] | None:
    """Return the link to where an improvement comes from; what the reader may not see is not told."""
    resource = site.find(improvement.source_type)
    if resource is None or improvement.source_id is None:
        return None
    record = resource.model._default_manager.visible_to(actor).filter(pk=improvement.source_id).first()
    if record is None:
        return None
    return {"type": resource.label, "source": record, "url": url_of(improvement.source_type, improvement.source_id)}


improvements = Resource(
    Improvement, "improvements", icon="trending-up",
    columns=["number", "title", "source", "owner", "due_on", "effect_due_on", "state"],
    filters=["source", "owner", "due_on"], lead="description",
    create=["title", "description", "source", "clauses", "owner", "due_on", "expected_effect"],
    form=[
        "title", "description", "source", "clauses",
        Section(_("Plan"), ["owner", "due_on", "expected_effect"]),
        Section(_("Outcome"), ["done", "effect_due_on", "measured_effect"]),
    ],
    facts=["source", "clauses", "owner", "due_on", "expected_effect", "done", "implemented_on", "effect_due_on",
           "measured_effect", "effect_checked_on", "effect_checked_by"],
    stages=[
        Stage(_("proposed"), (State.PROPOSED,)), Stage(_("planned"), (State.PLANNED,)),
        Stage(_("in progress"), (State.IN_PROGRESS,)), Stage(_("implemented"), (State.IMPLEMENTED,)),
        Stage(_("closed"), (State.CLOSED, State.DECLINED)),
    ],
    views=[
        View("mine", _("Mine"), lambda actor: Q(owner_id=actor.user_id or 0)),
        View("late", _("Late"), lambda actor: Q(state__in=WORKED_ON, due_on__lt=moment.today())
             | Q(state=State.IMPLEMENTED, effect_due_on__lt=moment.today())),
        View("proposed", _("To decide"), lambda actor: Q(state=State.PROPOSED)),
    ],
    panels=[Panel(_("Comes from"), "charter/source.html", source_of)],
)  # fmt: skip
