"""Row scope: which rows of a record type an actor may see or change. The one choke point for all reads."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import reduce
from operator import or_

from django.db.models import Q

from opscharter.kernel.access.actor import Actor, Reach

CREATOR = "created_by_id"
MOST_APART = 6
"""So many departments or customers are asked for one by one, more of them together."""


def _paths(value: str | tuple[str, ...]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else value


@dataclass(frozen=True)
class Scope:
    """Where a record keeps what bounds it: field paths to owners, department, customer and contact.

    A path left empty means that this reach never matches a row. `public` records (reference data such as a
    calendar) have no bounds: whoever is granted any reach sees every row.
    """

    owner: str | tuple[str, ...] = ()
    department: str | tuple[str, ...] = ()
    customer: str | tuple[str, ...] = ()
    contact: str | tuple[str, ...] = ()
    """Whose matter it is at the customer: what a contact who sees the own matters only may see."""
    public: bool = False
    outside: Q | None = None
    """What customers' contacts may see of the rows within their reach; None: all of them."""

    def rows(self, actor: Actor, record_type: str, action: str) -> Q | None:
        """Return the condition on rows within the actor's grants; None when every row is; `Q(pk__in=[])` for none."""
        shown = self.outside if actor.external else None
        bounds = self.bounds(actor, record_type, action)
        if bounds is None:
            return shown
        within = reduce(or_, (Q(**{f"{path}__in": ids}) for path, ids in bounds), Q(pk__in=[]))
        return within if shown is None else within & shown

    def parts(self, actor: Actor, record_type: str, action: str) -> list[Q] | None:
        """Return conditions that together let through what `rows` does; None when every row is within reach.

        Each asks for one value where there are few, so that an index on it and the order of a list gives the first
        rows at once; under `rows`, an "or", the database must look at all that are within reach.
        """
        shown = self.outside if actor.external else None
        bounds = self.bounds(actor, record_type, action)
        if bounds is None:
            return None if shown is None else [shown]
        found = []
        for path, ids in bounds:
            one_by_one = len(ids) <= MOST_APART
            found += [Q(**{path: pk}) for pk in ids] if one_by_one else [Q(**{f"{path}__in": ids})]
        return found if shown is None else [part & shown for part in found]

    @property
    def paths(self) -> list[str]:
        """Return every field path that may bound who sees a row."""
        named = (self.owner, self.contact, self.department, self.customer)
        return [*(path for value in named for path in _paths(value)), CREATOR]

    def bounds(self, actor: Actor, record_type: str, action: str) -> list[tuple[str, list[int]]] | None:
        """Return each field path with the ids it may hold; None when every row is within reach."""
        reaches = actor.reaches(record_type, action)
        if Reach.ALL in reaches or (self.public and bool(reaches)):
            return None
        return list(self._bounds(actor, reaches))

    def _bounds(self, actor: Actor, reaches: frozenset[str]) -> Iterator[tuple[str, list[int]]]:
        if Reach.OWN in reaches:
            if actor.person_id is not None:
                yield from ((path, [actor.person_id]) for path in _paths(self.owner))
            if actor.contact_id is not None:
                yield from ((path, [actor.contact_id]) for path in _paths(self.contact))
            if actor.user_id is not None:
                yield CREATOR, [actor.user_id]
        units: set[int] = set()
        for reach in (Reach.TEAM, Reach.DEPARTMENT, Reach.DEPARTMENT_TREE):
            if reach in reaches:
                units |= actor.units.get(reach, frozenset())
        if units:
            yield from ((path, sorted(units)) for path in _paths(self.department))
        if Reach.CUSTOMER in reaches and actor.customers:
            yield from ((path, sorted(actor.customers)) for path in _paths(self.customer))
