"""What a relation field may point to: one rule for forms, the API and imports."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from opscharter.kernel.access.actor import Actor
from opscharter.kernel.records.record import Record
from opscharter.kernel.resources.declaration import Resource, find_field


def allowed_targets(resource: Resource, name: str, actor: Actor) -> Any:
    """Return the rows a relation may point to: visible to the actor, in use, and narrowed by the resource."""
    target: Any = find_field(resource.model, name).related_model
    if not issubclass(target, Record):
        return target._default_manager.none()
    narrowed = resource.choices[name](actor) if name in resource.choices else Q()
    return target.objects.visible_to(actor).current().filter(narrowed)
