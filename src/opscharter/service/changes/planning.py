"""Writing a plan: adding, altering, reordering and removing its steps, and taking a free window. One plan at a time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from opscharter.kernel.access.actor import Actor
from opscharter.service.changes.guards import steps_of
from opscharter.service.changes.models import Change, ChangeTask

FIELDS = ("action", "expected", "minutes", "owner", "go_no_go")
"""What a step says; its part and place are given by where it stands."""


def _locked(change_id: int) -> Change:
    """Return the change, locked: of two people who write its plan at once the second waits."""
    return Change.objects.select_for_update().get(pk=change_id)


@transaction.atomic
def add_step(change: Change, actor: Actor, phase: str, given: Mapping[str, Any]) -> ChangeTask:
    """Add a step at the end of the plan or of the way back; who is not named is the implementing engineer."""
    held = _locked(change.pk)
    step = ChangeTask(change=held, phase=phase, **{name: given[name] for name in FIELDS if name in given})
    step.position = max((each.position for each in steps_of(held, phase)), default=0) + 1
    step.owner = step.owner or held.engineer
    return step.save_as(actor)


@transaction.atomic
def alter_step(step: ChangeTask, actor: Actor, given: Mapping[str, Any]) -> ChangeTask:
    """Alter what a step says; `step` may be an earlier version, others' changes are merged or shown."""
    _locked(step.change_id)
    for name in FIELDS:
        if name in given:
            setattr(step, name, given[name])
    return step.save_as(actor)


@transaction.atomic
def shift_step(step: ChangeTask, actor: Actor, by: int) -> None:
    """Move a step up (-1) or down (1) among its neighbours."""
    steps = steps_of(_locked(step.change_id), step.phase)
    place = next((index for index, each in enumerate(steps) if each.pk == step.pk), None)
    if place is None or not 0 <= place + by < len(steps):
        raise ValidationError(_("It cannot be moved further."))
    steps.insert(place + by, steps.pop(place))
    _number(steps, actor)


@transaction.atomic
def remove_step(step: ChangeTask, actor: Actor) -> None:
    """Take a step out of the plan; the rest closes up."""
    held = _locked(step.change_id)
    step.archive_as(actor, reason=_("taken out of the plan"))
    _number(steps_of(held, step.phase), actor)


def _number(steps: list[ChangeTask], actor: Actor) -> None:
    for position, step in enumerate(steps, start=1):
        if step.position != position:
            step.position = position
            step.save_as(actor)


@transaction.atomic
def take_window(change: Change, actor: Actor, start: dt.datetime) -> Change:
    """Put the change into another window of the same length; whatever was approved for the old one is void."""
    held = _locked(change.pk)
    if held.window_start is None or held.window_end is None:
        raise ValidationError(_("Set the window first: from and to."))
    length = held.window_end - held.window_start
    held.window_start, held.window_end = start, start + length
    return held.save_as(actor)
