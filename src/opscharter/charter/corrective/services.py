"""Raising, closing and reminding of corrective items; called for every new result of a check."""

from __future__ import annotations

import datetime as dt

from opscharter.charter.assurance.owners import holder_of
from opscharter.charter.corrective.guards import check_passes
from opscharter.charter.corrective.models import CorrectiveItem
from opscharter.charter.corrective.notices import LATE, RAISED
from opscharter.charter.models import CheckResult
from opscharter.kernel import moment
from opscharter.kernel.access.actor import Actor, system_actor
from opscharter.kernel.controls.decisions import settings_at
from opscharter.kernel.controls.registry import CHECKS
from opscharter.kernel.jobs.queue import job
from opscharter.kernel.notices.sending import send
from opscharter.kernel.resources.links import record_url

REMIND_BEFORE = dt.timedelta(days=3)
REMIND_EVERY = dt.timedelta(days=7)


def follow(result: CheckResult, actor: Actor) -> None:
    """Raise the one item of a check that fails; close it when the check passes again.

    An error and an empty population prove nothing: they neither raise nor close.
    """
    opened = CorrectiveItem.objects.filter(control=result.control, state=CorrectiveItem.State.OPEN).first()
    if result.state == CheckResult.State.FAIL and opened is None:
        raise_item(result)
    elif result.state == CheckResult.State.PASS and opened is not None:
        opened.move("close", system_actor(actor.via), closed_by=result.pk)


def raise_item(result: CheckResult) -> CorrectiveItem:
    """Open the item of a failing check and tell its owner."""
    days = settings_at([check_passes])[check_passes.id].parameters["days"]
    role = CHECKS[result.control].owner
    item = CorrectiveItem(
        control=result.control,
        clause=result.clause,
        owner=holder_of(role),
        owner_role=role,
        due_on=moment.today() + dt.timedelta(days=int(days)),
        raised_by=result.pk,
        value=result.value,
        exceptions=result.exceptions,
    ).save_as(system_actor())
    _tell(RAISED, item, "raised")
    return item


def _tell(kind: object, item: CorrectiveItem, key: str) -> None:
    if item.owner is None:
        return
    data = {"number": item.number, "control": item.control, "clause": item.clause, "due": item.due_on}
    send(kind, [item.owner], key=f"{item.number}:{key}", record=item, url=record_url(item), data=data)  # type: ignore[arg-type]


def remind(actor: Actor) -> int:
    """Remind owners of items that are due within three days or late, once a week at most; returns how many."""
    today = moment.today()
    rows = CorrectiveItem.objects.filter(state=CorrectiveItem.State.OPEN, due_on__lte=today + REMIND_BEFORE)
    reminded = 0
    for item in rows.select_related("owner"):
        if item.owner is None or (item.reminded_on is not None and item.reminded_on + REMIND_EVERY > today):
            continue
        item.reminded_on = today
        item.save_as(actor)
        _tell(LATE, item, str(today))
        reminded += 1
    return reminded


@job()
def remind_of_corrective_items() -> int:
    """Run `remind` every morning."""
    return remind(system_actor())
