"""Which of some records a reader may see."""

from __future__ import annotations

from collections.abc import Iterable

from opscharter.kernel.access.actor import Actor
from opscharter.kernel.resources.site import site


def seen_of(label: str, ids: Iterable[int], actor: Actor) -> set[int]:
    """Return which of some records of one type the actor may see; none of a type that has no pages."""
    resource = site.find(label)
    if resource is None:
        return set()
    rows = resource.model._default_manager.visible_to(actor).filter(pk__in=list(ids))
    return set(rows.values_list("pk", flat=True))


def seen_among(pairs: Iterable[tuple[str, int | None]], actor: Actor) -> set[tuple[str, int]]:
    """Return which of some (record type, id) the actor may see; one query for each type."""
    by_type: dict[str, set[int]] = {}
    for label, pk in pairs:
        if pk is not None:
            by_type.setdefault(label, set()).add(pk)
    return {(label, pk) for label, ids in by_type.items() for pk in seen_of(label, ids, actor)}
