"""What the steps of a ticket bring about: derived fields, clocks and notices. No rule of refusal lives here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from opscharter.customers.service_levels import ServiceLevels, service_levels
from opscharter.kernel import moment
from opscharter.kernel.access.actor import Actor, system_actor
from opscharter.kernel.clocks import ledger
from opscharter.kernel.clocks.course import BREACH
from opscharter.kernel.clocks.histories import start_many
from opscharter.kernel.clocks.reasons import declare_reason
from opscharter.kernel.notices.sending import send
from opscharter.kernel.resources.links import record_url
from opscharter.kernel.timeline import entries
from opscharter.kernel.timeline.events import declare_event
from opscharter.kernel.timeline.models import TimelineEntry
from opscharter.service.tickets import hooks, notices
from opscharter.service.tickets.matrix import priority_of

Inputs = Mapping[str, Any]

ASSIGN = ledger.declare_kind("assign", _("Assignment"))
RESPOND = ledger.declare_kind("respond", _("Response"))
ASSESS = ledger.declare_kind("assess", _("Assessment"))
RESOLVE = ledger.declare_kind("resolve", _("Resolution"))
UPDATE = ledger.declare_kind("update", _("Next word to the customer"))
ALL_KINDS = (ASSIGN, RESPOND, ASSESS, RESOLVE, UPDATE)

CONTRACT_CHANGED = declare_reason("contract changed", _("what the contract promises was changed"))
ESCALATED = declare_event("escalated", _("Escalated: %(clock)s at %(share)s %%, told: %(who)s"))
PAUSING = ("customer", "vendor")
"""For whom one waits while the clock stands; other waiting is the company's own time."""


def levels_of(ticket: Any) -> ServiceLevels:
    """Return the service levels that hold for a ticket."""
    return service_levels(ticket.customer_id, ticket.service_id, moment.in_office(ticket.opened_at).date())


def derive_priority(ticket: Any, levels: ServiceLevels | None = None) -> None:
    """Set the priority from impact and urgency, unless somebody chose it and said why."""
    if ticket.priority_reason or ticket.impact is None or ticket.urgency is None:
        return
    contract = (levels or levels_of(ticket)).contract
    ticket.priority = priority_of(ticket.impact, ticket.urgency, contract.matrix if contract else None)


def start_clocks(ticket: Any, levels: ServiceLevels | None = None) -> None:
    """Start every clock that the service levels promise at this priority; `levels`, if known, are not looked up."""
    levels = levels or levels_of(ticket)
    promises = {kind: levels.promised(kind, ticket.priority) for kind in ALL_KINDS}
    start_many(ticket, {kind: promised for kind, promised in promises.items() if promised}, ticket.opened_at)


def retarget_clocks(ticket: Any, reason: str) -> None:
    """Put the running clocks under the promise of the new priority (contract: counting back or not)."""
    levels = levels_of(ticket)
    retroactive = bool(levels.contract and levels.contract.retroactive)
    for kind in ALL_KINDS:
        promised = levels.promised(kind, ticket.priority)
        if promised is None:
            ledger.cancel(ticket, [kind])
        else:
            ledger.retarget(ticket, kind, promised, retroactive=retroactive, reason=reason)
    begin_updates(ticket, levels, reason)


def begin_updates(ticket: Any, levels: ServiceLevels, reason: str) -> None:
    """Start the clock of the next word to the customer where one is promised; while one waits it stands still too."""
    update = levels.promised(UPDATE, ticket.priority)
    if update is None or ticket.resolved_at is not None:
        return
    ledger.start(ticket, UPDATE, update, reason)
    if ticket.state == "WAITING" and ticket.waiting_for in PAUSING:
        ledger.pause(ticket, ledger.why_paused(ticket) or f"waiting: {ticket.waiting_for}", [UPDATE])


def _seconds(clocks: list[Any]) -> int | None:
    return clocks[0].elapsed_seconds if clocks else None


def mark_assigned(ticket: Any, actor: Actor, inputs: Inputs) -> None:
    """Note the time of the first assignment, and count the later ones."""
    if ticket.assigned_at is None:
        ticket.assigned_at = moment.now()
        ticket.assign_seconds = _seconds(ledger.stop(ticket, [ASSIGN], "assigned"))
    else:
        ticket.reassignment_count += 1


def mark_declined(ticket: Any, actor: Actor, inputs: Inputs) -> None:
    """Nobody has it any more; the next one is asked when this is written."""
    ticket.assignee = None


def pass_on(ticket: Any, actor: Actor, inputs: Inputs) -> None:
    """Give it to the next; where there is nobody, the head of the team is told (§3.1.2)."""
    reason = inputs["reason"].strip()
    found = [give(ticket, actor, reason) for give in hooks.after_decline]
    if any(found):
        return
    head = ticket.team.head if ticket.team else None
    users = [head.user] if head is not None and head.user is not None else []
    data = _data(ticket, who=actor.label or str(actor.user or ""), reason=reason)
    send(
        notices.DECLINED,
        users,
        key=f"{ticket.number}:{ticket.version}",
        record=ticket,
        url=record_url(ticket),
        data=data,
    )


def mark_accepted(ticket: Any, actor: Actor, inputs: Inputs) -> None:
    """Note who took it and when; taking an unassigned ticket assigns it."""
    if ticket.assignee_id is None and actor.person_id is not None:
        ticket.assignee_id = actor.person_id
    if ticket.assigned_at is None:
        mark_assigned(ticket, actor, inputs)
    if ticket.responded_at is None:
        ticket.responded_at = moment.now()
        ledger.stop(ticket, [RESPOND], "accepted")


def mark_assessed(ticket: Any, actor: Actor, inputs: Inputs) -> None:
    """Note the assessment and derive the priority from it."""
    mark_accepted(ticket, actor, inputs)
    if ticket.assessed_at is None:
        ticket.assess_seconds = _seconds(ledger.stop(ticket, [ASSESS], "assessed"))
    ticket.assessed_at = moment.now()
    before = ticket.priority
    derive_priority(ticket)
    _note_priority(ticket, before)


def mark_prioritised(ticket: Any, actor: Actor, inputs: Inputs) -> None:
    """Keep why the priority differs from the matrix."""
    ticket.priority_reason = inputs["reason"][:200]
    _note_priority(ticket, None)


def _note_priority(ticket: Any, before: int | None) -> None:
    if ticket.priority != before and ticket.priority == 1:
        ticket.critical_since = ticket.critical_since or moment.now()


def mark_declared(ticket: Any, actor: Actor, inputs: Inputs) -> None:
    """Make the incident critical and note how quickly the emergency plan was begun (§3.3.1)."""
    mark_accepted(ticket, actor, inputs)
    if ticket.priority != 1:
        ticket.priority, ticket.priority_reason = 1, inputs["reason"][:200]
    ticket.critical_since = ticket.critical_since or moment.now()
    if ticket.emergency_at is None:
        ticket.emergency_at = moment.now()
        ticket.emergency_seconds = int((ticket.emergency_at - ticket.critical_since).total_seconds())


def mark_resolved(ticket: Any, actor: Actor, inputs: Inputs) -> None:
    """Note when it was resolved and that it was tested; the clocks stop."""
    ticket.resolved_at = moment.now()
    ticket.tested_at = moment.now() if hasattr(ticket, "test_steps") else None
    clocks = ledger.stop(ticket, [RESOLVE], "resolved")
    ticket.resolution_met = clocks[0].met if clocks else None
    _count_late_updates(ticket, ledger.stop(ticket, [UPDATE], "resolved"))


def mark_closed(ticket: Any, actor: Actor, inputs: Inputs) -> None:
    """Note the closing; the result of the resolution clock is frozen with it."""
    ticket.closed_at = moment.now()


def mark_confirmed(ticket: Any, actor: Actor, inputs: Inputs) -> None:
    """Note that the customer agreed, by their own hand or told to the desk."""
    ticket.confirmed_at = moment.now()


def mark_reopened(ticket: Any, actor: Actor, inputs: Inputs) -> None:
    """Count the reopening and let the resolution clock run on."""
    ticket.reopen_count += 1
    ticket.resolved_at = ticket.closed_at = ticket.resolution_met = ticket.confirmed_at = ticket.tested_at = None


def run_on(ticket: Any, actor: Actor, inputs: Inputs) -> None:
    """Let the clocks of a reopened ticket run on."""
    ledger.reopen(ticket, [RESOLVE])
    if update := levels_of(ticket).promised(UPDATE, ticket.priority):
        ledger.start(ticket, UPDATE, update, "reopened")


def pause_clocks(ticket: Any, actor: Actor, inputs: Inputs) -> None:
    """Stop counting while one waits for the customer or a vendor; the ledger keeps why, for the customer too."""
    if ticket.waiting_for in PAUSING:
        ledger.pause(ticket, f"waiting: {ticket.waiting_for} · {inputs['reason'].strip()}")


def resume_clocks(ticket: Any, actor: Actor, inputs: Inputs) -> None:
    """Count on."""
    ledger.resume(ticket, "work goes on")


def cancel_clocks(ticket: Any, actor: Actor, inputs: Inputs) -> None:
    """Call every clock off."""
    ledger.cancel(ticket)


def mark_customer_told(ticket: Any, actor: Actor, inputs: Inputs) -> None:
    """The customer was told something: the next update is due after another interval (§3.3.2)."""
    ended = ledger.restart(ticket, UPDATE, "customer told")
    ticket.customer_updates += 1
    _count_late_updates(ticket, ended)


def _count_late_updates(ticket: Any, ended: list[Any]) -> None:
    ticket.late_updates += sum(clock.breached_at is not None for clock in ended)


def _data(ticket: Any, **more: Any) -> dict[str, Any]:
    return {
        "number": ticket.number, "title": ticket.title, "priority": ticket.priority or "?",
        "customer": str(ticket.customer or "—"), **more,
    }  # fmt: skip


def tell_assignee(ticket: Any, actor: Actor, inputs: Inputs) -> None:
    """Tell the engineer whose ticket it now is."""
    person = ticket.assignee
    if person is not None and person.user is not None and person.pk != actor.person_id:
        key = f"{ticket.number}:{ticket.version}"
        send(notices.ASSIGNED, [person.user], key=key, record=ticket, url=record_url(ticket), data=_data(ticket))


def tell_emergency(ticket: Any, actor: Actor, inputs: Inputs) -> None:
    """Tell the team's head and the account manager; the customer reads it in the timeline."""
    people = [ticket.team.head if ticket.team else None, ticket.customer.account_manager if ticket.customer else None]
    users = [person.user for person in people if person is not None and person.user is not None]
    data = _data(ticket, who=actor.label or str(actor.user or ""))
    send(notices.EMERGENCY, users, key=ticket.number, record=ticket, url=record_url(ticket), data=data)


def tell_team(ticket: Any, actor: Actor) -> None:
    """Tell the handler, or the head of the team, that the customer has written."""
    person = ticket.assignee or (ticket.team.head if ticket.team else None)
    if person is not None and person.user is not None:
        key = f"{ticket.number}:{moment.now().isoformat()}"
        send(notices.CUSTOMER_WROTE, [person.user], key=key, record=ticket, url=record_url(ticket), data=_data(ticket))


def tell_clock(ticket: Any, clock: Any, level: int) -> None:
    """Tell those whom the company wants told at this level how a clock stands, each once."""
    people = {person.pk: person for choose in hooks.people_to_tell for person in choose(ticket, clock.kind, level)}
    users = [person.user for person in people.values() if person.user is not None]
    kind = notices.CLOCK_WARNING if level < BREACH else notices.CLOCK_BREACHED
    if level > BREACH:
        kind = notices.CLOCK_ESCALATED
        said = {"clock": str(ledger.KINDS[clock.kind]), "share": level, "who": "、".join(map(str, people.values()))}
        entries.append(ticket, system_actor(), TimelineEntry.Kind.EVENT, verb=ESCALATED, data=said, clause="3.3.2")
    data = _data(ticket, share=level, kind=str(ledger.KINDS[clock.kind]))
    key = f"{ticket.number}:{clock.kind}:{clock.round}:{level}"
    send(kind, users, key=key, record=ticket, url=record_url(ticket), data=data)
