"""Letting what has run out expire."""

from __future__ import annotations

from opscharter.charter.waivers.lifecycle import State
from opscharter.charter.waivers.models import Waiver
from opscharter.charter.waivers.notices import OVER
from opscharter.kernel import moment
from opscharter.kernel.access.actor import Actor, system_actor
from opscharter.kernel.jobs.queue import job
from opscharter.kernel.notices.sending import send
from opscharter.kernel.resources.links import record_url


def expire_due(actor: Actor) -> int:
    """Close exceptions whose time has run out, and tell who asked that the clause binds again; returns how many."""
    due = Waiver.objects.filter(state=State.IN_FORCE, expires_at__lte=moment.now()).select_related("created_by")
    expired = list(due)
    for waiver in expired:
        waiver.move("expire", actor)
        concerned = [user for user in (waiver.created_by, waiver.approved_by) if user is not None]
        data = {"clause": waiver.clause, "number": waiver.number}
        send(OVER, concerned, key=waiver.number, record=waiver, url=record_url(waiver), data=data)
    return len(expired)


@job()
def expire_exceptions() -> int:
    """Run `expire_due` every ten minutes."""
    return expire_due(system_actor())
