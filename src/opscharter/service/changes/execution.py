"""Carrying a change out, step by step: beginning a step, ending it with its result, giving the go."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from opscharter.kernel import moment
from opscharter.kernel.access.actor import Actor
from opscharter.kernel.errors import NotPermitted, Reason, Refused
from opscharter.kernel.records.writing import permitted
from opscharter.service.changes.guards import follow_the_plan, steps_of
from opscharter.service.changes.models import Change, ChangeTask

PHASES = {"IMPLEMENTING": "plan", "ROLLING_BACK": "rollback"}
"""Which steps are carried out in which state of the change."""
ENDED = (ChangeTask.Result.DONE, ChangeTask.Result.FAILED, ChangeTask.Result.SKIPPED)


def _refuse(text: str) -> Refused:
    return Refused([Reason(text, follow_the_plan.id, follow_the_plan.clause)])


def _current(step: ChangeTask, actor: Actor) -> ChangeTask:
    """Return the step as it is stored, its change locked; refuse where it is not its turn to be carried out."""
    change = Change.objects.select_for_update().get(pk=step.change_id)
    if not permitted(change, actor, "carry-out"):
        raise NotPermitted("carry-out", Change._meta.label_lower)
    stored = ChangeTask.objects.get(pk=step.pk)
    if PHASES.get(change.state) != stored.phase:
        raise _refuse(_("This step is not to be carried out now."))
    return stored


@transaction.atomic
def begin_step(step: ChangeTask, actor: Actor) -> ChangeTask:
    """Begin a step at this moment: in the order of the plan, one at a time, after the go where one is needed."""
    stored = _current(step, actor)
    for other in steps_of(stored.change, stored.phase):
        if other.pk == stored.pk:
            break
        if other.result not in ENDED:
            raise _refuse(_("Step %(n)s comes first.") % {"n": other.position})
        if other.go_no_go and other.result == ChangeTask.Result.DONE and other.go_at is None:
            raise _refuse(_("After step %(n)s somebody must give the go.") % {"n": other.position})
    if stored.result != ChangeTask.Result.PENDING:
        raise _refuse(_("This step has begun already."))
    stored.result, stored.began_at = ChangeTask.Result.RUNNING, moment.now()
    return stored.save_as(actor)


@transaction.atomic
def end_step(step: ChangeTask, actor: Actor, result: str, deviation: str = "") -> ChangeTask:
    """End a step with its result at this moment; what failed or was left out is explained."""
    stored = _current(step, actor)
    if stored.result in ENDED:
        raise _refuse(_("This step has its result already."))
    if result not in ENDED:
        raise _refuse(_("A step ends as done, failed or left out."))
    if result != ChangeTask.Result.DONE and not deviation.strip():
        raise _refuse(_("Explain why the step failed or was left out."))
    stored.result, stored.deviation, stored.ended_at = ChangeTask.Result(result), deviation.strip()[:500], moment.now()
    if stored.began_at is None and result != ChangeTask.Result.SKIPPED:
        raise _refuse(_("Begin the step first."))
    return stored.save_as(actor)


@transaction.atomic
def explain_step(step: ChangeTask, actor: Actor, deviation: str) -> ChangeTask:
    """Explain afterwards why a step took longer or went otherwise than planned."""
    stored = _current(step, actor)
    stored.deviation = deviation.strip()[:500]
    return stored.save_as(actor)


@transaction.atomic
def give_go(step: ChangeTask, actor: Actor) -> ChangeTask:
    """Say go after a step where the plan asks for it."""
    stored = _current(step, actor)
    if not stored.go_no_go or stored.result != ChangeTask.Result.DONE:
        raise _refuse(_("There is no go to be given here."))
    stored.go_at, stored.go_by_id = moment.now(), actor.person_id
    return stored.save_as(actor)
