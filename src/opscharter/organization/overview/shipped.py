"""Grants that this version ships for a role beyond what the role has: an upgrade gives none of them by itself."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _t

from opscharter.kernel.access.actor import ANY, Actor, Reach
from opscharter.kernel.resources.declaration import Text
from opscharter.kernel.resources.site import site
from opscharter.organization.models.access import Role, RoleGrant
from opscharter.organization.overview.matrix import BASE, actions_of
from opscharter.organization.roles import default_grants

Line = tuple[str, str, str]


@dataclass
class Shipped:
    """One grant that a role of the company could be given: which record type, what may be done, how far it reaches."""

    line: Line
    kind: Text
    action: Text
    reach: Text

    @property
    def name(self) -> str:
        """Return the grant as a form names it."""
        return "|".join(self.line)


def lacking(role: Role) -> list[Shipped]:
    """Return the shipped grants that a role neither has, by itself or within a wider one, nor has had taken away."""
    shipped = default_grants().get(role.code, [])
    if not shipped:
        return []
    rows = list(RoleGrant.objects.filter(role=role).values_list("record_type", "action", "reach", "archived_at"))
    known = {(record_type, action, reach) for record_type, action, reach, _gone in rows}
    held = {(record_type, action, reach) for record_type, action, reach, gone in rows if gone is None}
    return [_told(line) for line in shipped if line not in known and not _within(line, held)]


def _within(line: Line, held: set[Line]) -> bool:
    record_type, action, reach = line
    types = (record_type, f"{record_type.partition('.')[0]}.*", ANY)
    reaches = (reach, str(Reach.ALL))
    return any((t, a, r) in held for t in types for a in (action, ANY) for r in reaches)


def _told(line: Line) -> Shipped:
    record_type, action, reach = line
    resource = site.find(record_type)
    words = {**BASE, **(actions_of(resource) if resource else {}), ANY: _t("any action")}
    return Shipped(line, resource.label if resource else record_type, words.get(action, action), Reach(reach).label)


@transaction.atomic
def give(role: Role, names: list[str], actor: Actor) -> int:
    """Give a role those of its lacking shipped grants that are named; returns how many. Each is audited.

    Raises NotPermitted, or Refused where the actor holds the role; then nothing is stored.
    """
    chosen = [each.line for each in lacking(role) if each.name in set(names)]
    for record_type, action, reach in chosen:
        grant = RoleGrant(role=role, record_type=record_type, action=action, reach=reach)
        grant.save_as(actor, note=_t("as this version ships it"))
    return len(chosen)
