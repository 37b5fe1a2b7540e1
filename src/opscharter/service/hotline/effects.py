"""What happens beside the steps of a call: the time it ran, and calling whoever is on duty."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from opscharter.kernel import moment
from opscharter.kernel.access.actor import Actor
from opscharter.kernel.errors import Reason, Refused
from opscharter.kernel.timeline import entries
from opscharter.kernel.timeline.events import declare_event
from opscharter.kernel.timeline.models import TimelineEntry
from opscharter.service.hotline.outcomes import WITH_TICKET
from opscharter.service.tickets import hooks

Inputs = Mapping[str, Any]
CALLED = declare_event("telephone-call", gettext_lazy("Telephone call %(number)s of %(who)s"))


def mark_parked(call: Any, actor: Actor, inputs: Inputs) -> None:
    """Note since when the caller waits."""
    call.parked_since = moment.now()


def mark_back(call: Any, actor: Actor, inputs: Inputs) -> None:
    """Add up how long the caller has waited; who takes a parked call up is its agent from now on."""
    if call.parked_since is not None:
        call.parked_seconds += int((moment.now() - call.parked_since).total_seconds())
    call.parked_since = None
    if actor.person_id is not None:
        call.agent_id = actor.person_id


def park_the_others(call: Any, actor: Actor, inputs: Inputs) -> None:
    """One talks with one caller at a time: the agent's other calls on the line are parked."""
    if call.agent_id is None:
        return
    for other in type(call).objects.filter(state="TALKING", agent_id=call.agent_id).exclude(pk=call.pk):
        other.move("park", actor)


def mark_ended(call: Any, actor: Actor, inputs: Inputs) -> None:
    """Note when it ended."""
    if call.parked_since is not None:
        call.parked_seconds += int((moment.now() - call.parked_since).total_seconds())
        call.parked_since = None
    if call.ended_at is None:
        call.ended_at = moment.now()


def mark_closed(call: Any, actor: Actor, inputs: Inputs) -> None:
    """Note the end, and how long after it the matter was on record (§3.1.2)."""
    mark_ended(call, actor, inputs)
    call.closed_at = moment.now()
    if call.outcome in WITH_TICKET and call.recorded_at is not None:
        call.record_seconds = max(0, int((call.recorded_at - call.ended_at).total_seconds()))


def mark_open_again(call: Any, actor: Actor, inputs: Inputs) -> None:
    """Forget the closing."""
    call.closed_at = call.record_seconds = None


def mark_handed(call: Any, actor: Actor, inputs: Inputs) -> None:
    """Note that the matter was handed to on-call."""
    call.handed_at = moment.now()


def page_on_call(call: Any, actor: Actor, inputs: Inputs) -> None:
    """Call whoever is on duty for the ticket; refused when there is nobody, so that the agent looks elsewhere."""
    if not hooks.page(call.ticket, inputs["reason"]):
        raise Refused([Reason(_("Nobody is on duty for this ticket's team; assign it or call its head."))])


def tell_ticket(call: Any, actor: Actor) -> None:
    """Let the ticket's story say that there was a call about it, with what the agent noted."""
    said = {"number": call.number, "who": call.caller}
    kind = TimelineEntry.Kind.EVENT
    entries.append(call.ticket, actor, kind, verb=CALLED, data=said, text=call.note, clause="3.1.1")
