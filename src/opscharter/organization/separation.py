"""Guards that keep rights from being given to oneself."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from opscharter.kernel import moment
from opscharter.kernel.access.actor import Actor, Reach
from opscharter.kernel.controls.decisions import judge
from opscharter.kernel.controls.registry import Guard, Text, guard
from opscharter.kernel.errors import Refused


@guard(
    "organization.rights-by-another", clause="2.1.1", owner="administrator",
    label=_("Nobody gives rights to themselves"), overridable=False,
)  # fmt: skip
def rights_by_another(record: Any, actor: Actor) -> Text | None:
    """Refuse a post, a role or a grant that its giver would hold."""
    if actor.system or actor.user is None:
        return None
    if actor.person_id is not None and getattr(record, "employee_id", None) == actor.person_id:
        return _("Somebody else must give you this.")
    holders = getattr(record, "assignments", None)
    if actor.person_id is not None and hasattr(record, "roles") and holders is not None and _holds(holders, actor):
        return _("You hold this post yourself: somebody else must widen it.")
    role = getattr(record, "role", None)
    if not hasattr(record, "employee_id") and role is not None and role.code in actor.roles:
        return _("You hold this role yourself: somebody else must widen it.")
    return None


@guard(
    "organization.deputy-by-the-absent", clause="2.1.1", owner="hr",
    label=_("A deputy is named by the absent person or their superiors"), overridable=False,
)  # fmt: skip
def deputy_by_the_absent(delegation: Any, actor: Actor) -> Text | None:
    """Refuse naming oneself as somebody's deputy, or settling the absence of others without the reach for it."""
    if actor.system or actor.user is None:
        return None
    if actor.person_id is not None and delegation.deputy_id == actor.person_id:
        return _("Nobody names themselves as the deputy of another.")
    reaches = actor.reaches("organization.delegation", "create")
    if Reach.ALL in reaches or delegation.person_id == actor.person_id:
        return None
    if delegation.person.department_id in _units(actor, reaches):
        return None
    return _("Only the absent person, or who leads them, names a deputy.")


def _holds(assignments: Any, actor: Actor) -> bool:
    running = Q(valid_to__isnull=True) | Q(valid_to__gte=moment.today())
    return bool(assignments.filter(running, archived_at__isnull=True, employee_id=actor.person_id).exists())


def refuse_to_oneself(record: Any, actor: Actor, control: Guard = rights_by_another) -> None:
    """Judge a change of something that gives rights as its making is judged; raises Refused."""
    if refusals := judge((control,), record, actor).refusals:
        raise Refused(refusals)


def _units(actor: Actor, reaches: frozenset[str]) -> set[int]:
    return {pk for reach in reaches for pk in actor.units.get(reach, ())}
