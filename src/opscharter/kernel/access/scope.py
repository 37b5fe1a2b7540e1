"""Row scope: which rows of a record type an actor may see or change. The one choke point for all reads."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q

from opscharter.kernel.access.actor import Actor, Reach


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

    def rows(self, actor: Actor, record_type: str, action: str) -> Q | None:
        """Return the condition on rows within the actor's grants; None when every row is; `Q(pk__in=[])` for none."""
        reaches = actor.reaches(record_type, action)
        if Reach.ALL in reaches or (self.public and reaches):
            return None
        allowed = Q(pk__in=[])
        if Reach.OWN in reaches:
            if actor.person_id is not None:
                allowed |= self._any(self.owner, [actor.person_id])
            if actor.contact_id is not None:
                allowed |= self._any(self.contact, [actor.contact_id])
            if actor.user_id is not None:
                allowed |= Q(created_by_id=actor.user_id)
        for reach in (Reach.TEAM, Reach.DEPARTMENT, Reach.DEPARTMENT_TREE):
            if reach in reaches:
                allowed |= self._any(self.department, actor.units.get(reach, frozenset()))
        if Reach.CUSTOMER in reaches:
            allowed |= self._any(self.customer, actor.customers)
        return allowed

    @staticmethod
    def _any(fields: str | tuple[str, ...], ids: Iterable[int]) -> Q:
        condition = Q(pk__in=[])
        ids = sorted(ids)
        if ids:
            for path in _paths(fields):
                condition |= Q(**{f"{path}__in": ids})
        return condition
