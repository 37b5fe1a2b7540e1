"""What a relation field may point to: one rule for forms, the API and imports."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from opscharter.kernel.access.actor import Actor
from opscharter.kernel.access.people import colleagues, named
from opscharter.kernel.records.record import Record
from opscharter.kernel.resources.declaration import Resource, find_field
from opscharter.kernel.search.find import matching_ids
from opscharter.kernel.users.models import User


def allowed_targets(resource: Resource, name: str, actor: Actor) -> Any:
    """Return the rows a relation may point to: visible to the actor, in use, and narrowed by the resource."""
    target: Any = find_field(resource.model, name).related_model
    narrowed = resource.choices[name](actor) if name in resource.choices else Q()
    if target is User:
        return colleagues().filter(narrowed)
    if not issubclass(target, Record):
        return target._default_manager.none()
    return target.objects.visible_to(actor).current().filter(narrowed)


def matching(rows: Any, text: str) -> Any:
    """Return those of some targets that a typed text means; records that cannot be searched are all offered."""
    if not text:
        return rows
    if rows.model is User:
        return rows.filter(named(text))
    return rows.filter(matching_ids(rows.model, text)) if rows.model.search_fields else rows
