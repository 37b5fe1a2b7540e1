"""What the steps of plans, emergencies and tasks bring about."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from opscharter.kernel import moment
from opscharter.kernel.access.actor import Actor
from opscharter.kernel.notices.sending import send
from opscharter.kernel.resources.links import record_url
from opscharter.kernel.timeline import entries
from opscharter.kernel.timeline.events import declare_event
from opscharter.kernel.timeline.models import TimelineEntry
from opscharter.service.emergencies import notices

Inputs = Mapping[str, Any]
COPIED = (
    "code", "title", "service", "customer", "category", "purpose", "contacts", "text_started", "text_update",
    "text_resolved", "review_on",
)  # fmt: skip
TASK_SETTLED = declare_event("emergency-task", _("%(title)s — %(owner)s: %(state)s"))


def mark_in_force(plan: Any, actor: Actor, inputs: Inputs) -> None:
    """Note since when the edition holds."""
    plan.in_force_since = moment.now()


def retire_former(plan: Any, actor: Actor, inputs: Inputs) -> None:
    """Let the edition that this one replaces go."""
    former = plan.replaces
    if former is not None and former.state == "IN_FORCE":
        former.move("retire", actor, reason=str(_("Replaced by edition %(n)s.") % {"n": plan.edition}))


def draft_next(plan: Any, actor: Actor, inputs: Inputs) -> None:
    """Make the draft of the next edition, steps included; an unfinished draft is gone on with."""
    model = type(plan)
    if model.objects.filter(code=plan.code, state="DRAFT", archived_at__isnull=True).exists():
        return
    newest = model.objects.filter(code=plan.code).order_by("-edition").first()
    edition = (newest.edition if newest else plan.edition) + 1
    draft = model(**{name: getattr(plan, name) for name in COPIED}, edition=edition, replaces=plan)
    draft.save_as(actor)
    for step in plan.steps.filter(archived_at__isnull=True).order_by("position", "pk"):
        kept = {name: getattr(step, name) for name in ("position", "title", "role", "minutes")}
        type(step)(plan=draft, **kept).save_as(actor)


def mark_resolved(emergency: Any, actor: Actor, inputs: Inputs) -> None:
    """Note when the emergency was over."""
    emergency.resolved_at = moment.now()


def mark_resumed(emergency: Any, actor: Actor, inputs: Inputs) -> None:
    """It was not over after all."""
    emergency.resolved_at = None


def mark_reviewed(emergency: Any, actor: Actor, inputs: Inputs) -> None:
    """Note when the lessons were drawn."""
    emergency.reviewed_at = moment.now()


def mark_done(task: Any, actor: Actor, inputs: Inputs) -> None:
    """Note when the task was settled."""
    task.done_at = moment.now()


def tell_war_room(task: Any, actor: Actor, inputs: Inputs) -> None:
    """Put the settled task into the war room's story."""
    data = {"title": task.title, "owner": str(task.owner), "state": task.get_state_display()}
    entries.append(
        task.emergency, actor, TimelineEntry.Kind.EVENT, verb=TASK_SETTLED, data=data, clause="3.3.1",
        text=task.note or inputs.get("reason", ""),
    )  # fmt: skip


def tell_owner(task: Any, actor: Actor, inputs: Inputs) -> None:
    """Tell the person whose task it is, unless they gave it to themselves."""
    if task.owner.user is None or task.owner_id == actor.person_id:
        return
    data = {"title": task.title, "number": task.emergency.number, "what": task.emergency.title}
    key = f"{task.pk}:{task.owner_id}"
    send(notices.TASK, [task.owner.user], key=key, record=task, url=record_url(task.emergency), data=data)


def tell_roles(emergency: Any, actor: Actor, inputs: Inputs) -> None:
    """Tell those who lead and who speak that they do."""
    people = [(emergency.commander, _("incident commander")), (emergency.communications, _("communications"))]
    for person, role in people:
        if person is not None and person.user is not None and person.pk != actor.person_id:
            data = {"number": emergency.number, "what": emergency.title, "role": str(role)}
            key = f"{emergency.number}:{person.pk}:{role}"
            send(notices.ROLE, [person.user], key=key, record=emergency, url=record_url(emergency), data=data)
