"""What a person may see and do, from where each leave comes, and why a step on a record is open or shut to them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from opscharter.kernel.access.actor import Actor
from opscharter.kernel.records.writing import obstacles, permitted
from opscharter.kernel.resources.declaration import Resource, Text
from opscharter.kernel.resources.site import site
from opscharter.kernel.search.find import find
from opscharter.organization.access import Source, actor_of_employee, sources_of
from opscharter.organization.models.access import RoleGrant
from opscharter.organization.models.employee import Employee
from opscharter.organization.overview.matrix import BASE, SPECIAL, actions_of, said


@dataclass
class Leave:
    """What is granted on one record type: by action the reach and the roles it comes from."""

    label: Text
    record_type: str
    rows: int
    total: int
    actions: list[tuple[str, str, str]] = field(default_factory=list)
    """(action, how far, from which roles)."""


@dataclass
class Answer:
    """Whether a person may do something to one record, and why."""

    label: str
    may: bool
    reasons: list[str]
    because: list[str]


def said_source(source: Source) -> str:
    """Say where a role comes from."""
    if source.post is not None:
        words = _("post %(post)s in %(department)s since %(day)s") % {
            "post": source.post.post, "department": source.post.department, "day": source.post.valid_from,
        }  # fmt: skip
    elif source.given is not None and source.given.valid_to is not None:
        days = {"from": source.given.valid_from, "to": source.given.valid_to}
        words = _("given by hand from %(from)s to %(to)s") % days
    else:
        words = _("given by hand since %(from)s") % {"from": source.given.valid_from if source.given else ""}
    if source.through is not None:
        return _("standing in for %(person)s: %(source)s") % {"person": source.through, "source": words}
    return words


def leaves_of(actor: Actor) -> list[Leave]:
    """Return what an actor may do, record type by record type, with how many rows they see of how many."""
    found = []
    for resource in site.resources:
        labels = {**BASE, **actions_of(resource)}
        actions = []
        for action, label in labels.items():
            grants = [grant for grant in actor.grants if grant.covers(resource.key, action)]
            if grants:
                reaches = said(",".join(sorted({grant.reach for grant in grants})))
                actions.append((str(label), reaches, ", ".join(sorted({grant.role for grant in grants}))))
        if actions:
            rows = resource.model._default_manager.current()
            leave = Leave(resource.label_plural, resource.key, rows.visible_to(actor).count(), rows.count(), actions)
            found.append(leave)
    return found


def find_record(text: str, viewer: Actor) -> tuple[Resource, Any] | None:
    """Return the record a viewer means by its number, only among those the viewer may see."""
    for hit in find(viewer, text.strip()):
        resource = site.find(hit.record_type)
        if resource is None:
            continue
        record = resource.model._default_manager.visible_to(viewer).filter(pk=hit.record_id).first()
        if record is not None and text.strip().lower() in (getattr(record, "number", "") or str(record)).lower():
            return resource, record
    return None


def answers_for(employee: Employee, resource: Resource, record: Any) -> list[Answer]:
    """Return for every action on a record whether the person may take it, and why or why not."""
    actor = actor_of_employee(employee, employee.user)
    sources = sources_of(employee)
    plain = [("view", BASE["view"]), ("edit", BASE["edit"]), ("comment", BASE["comment"]), ("archive", BASE["archive"])]
    found = [_answer(actor, sources, resource, record, action, str(label)) for action, label in plain]
    if type(record).protected_fields:
        label = str(SPECIAL["view-protected"])
        found.append(_answer(actor, sources, resource, record, "view-protected", label))
    lifecycle = type(record).lifecycle
    for move in lifecycle.offered_to(record) if lifecycle else ():
        answer = _answer(actor, sources, resource, record, move.name, str(move.label))
        if answer.may:
            stopping = obstacles(record, move, actor).refusals
            answer.reasons = [f"{reason.message}{f' §{reason.clause}' if reason.clause else ''}" for reason in stopping]
            answer.may = not stopping
        found.append(answer)
    return found


def _answer(
    actor: Actor, sources: Iterable[Source], resource: Resource, record: Any, action: str, label: str
) -> Answer:
    grants = [grant for grant in actor.grants if grant.covers(resource.key, action)]
    if not grants:
        return Answer(label, False, [_no_grant(resource.key, action)], [])
    if not permitted(record, actor, action):
        reaches = said(",".join(sorted({grant.reach for grant in grants})))
        return Answer(label, False, [_("The record lies outside the reach: %(reach)s.") % {"reach": reaches}], [])
    roles = {grant.role for grant in grants}
    because = [f"{source.role}: {said_source(source)}" for source in sources if source.role.code in roles]
    return Answer(label, True, [], because)


def _no_grant(record_type: str, action: str) -> str:
    """Say that no role of the person grants the action, and which roles would."""
    rows = RoleGrant.objects.current().filter(action=action, record_type=record_type).select_related("role")
    names = sorted({row.role.name for row in rows})
    if names:
        return _("No role held grants this; these would: %(roles)s.") % {"roles": ", ".join(names[:6])}
    return _("No role held grants this.")
