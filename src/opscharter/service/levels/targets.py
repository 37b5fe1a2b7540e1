"""A team's own clocks: they run while the ticket is with the team, beside what the customer was promised."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from opscharter.kernel import moment
from opscharter.kernel.access.actor import Actor, system_actor
from opscharter.kernel.clocks import ledger
from opscharter.kernel.clocks.ledger import Promised
from opscharter.kernel.clocks.models import Clock
from opscharter.kernel.clocks.reasons import declare_reason
from opscharter.service.levels.models import TeamLevel, TeamStay

TAKE_ON = ledger.declare_kind("team-respond", _("Team: take it on"), internal=True)
HAND_ON = ledger.declare_kind("team-resolve", _("Team: solve or hand over"), internal=True)
CLOCKS = {TAKE_ON: TeamLevel.Kind.RESPOND, HAND_ON: TeamLevel.Kind.RESOLVE}
CAME_IN = declare_reason("came to the team", _("came to the team"))
End = TeamStay.End
ENDS = {"RESOLVED": End.RESOLVED, "CANCELLED": End.CANCELLED}


def promised_by(team_id: int | None, priority: int | None) -> dict[str, Promised]:
    """Return what a team promises at a priority now: its own levels, else those of every team; one query."""
    day = moment.today()
    if team_id is None or priority is None:
        return {}
    rows = TeamLevel.objects.current().filter(Q(team_id=team_id) | Q(team=None), priority=priority)
    holding = [row for row in rows.select_related("calendar", "team") if row.holds_on(day)]
    holding.sort(key=lambda row: (row.team_id is not None, row.since is not None, row.since or day, row.pk))
    found = {str(row.kind): row for row in holding}
    return {
        clock: Promised(row.minutes * 60, row.calendar, f"{row.team or '–'} v{row.version}")
        for clock, kind in CLOCKS.items()
        if (row := found.get(kind)) is not None
    }


def follow_ticket(ticket: Any, actor: Actor, changes: Mapping[str, list[Any]]) -> None:
    """Let the team's clocks follow what happened to a ticket; without changes it is new."""
    if not changes:
        _come_in(ticket)
        return
    state = changes.get("state", [None, None])
    before = state[0] if "state" in changes else ticket.state
    if "team_id" in changes and before not in ENDS and before != "CLOSED":
        _go_out(ticket, End.HANDED_OVER, changes["team_id"][0], changes.get("assignee_id", [ticket.assignee_id])[0])
        if ticket.state not in ENDS:
            _come_in(ticket)
    elif "priority" in changes and ticket.state not in ENDS:
        for clock, promised in promised_by(ticket.team_id, ticket.priority).items():
            ledger.retarget(ticket, clock, promised, retroactive=False, reason="priority or contract changed")
    if "state" not in changes:
        return
    if ticket.state == "IN_PROGRESS" and state[0] in ("RESOLVED", "CLOSED", "CANCELLED"):
        _come_in(ticket, [HAND_ON])
    if ticket.state == "IN_PROGRESS":
        ledger.stop(ticket, [TAKE_ON], "accepted")
    elif ticket.state in ENDS:
        _go_out(ticket, ENDS[ticket.state], ticket.team_id, ticket.assignee_id)


def _come_in(ticket: Any, clocks: Collection[str] = CLOCKS) -> None:
    for clock, promised in promised_by(ticket.team_id, ticket.priority).items():
        if clock in clocks:
            ledger.start(ticket, clock, promised, CAME_IN)


def _go_out(ticket: Any, how: str, team_id: int | None, handler_id: int | None) -> None:
    """End the clocks of the team that the ticket leaves, and keep how its stay went."""
    key = {"record_type": ticket._meta.label_lower, "record_id": ticket.pk}
    live = Clock.objects.filter(**key, kind__in=CLOCKS, state__in=ledger.LIVE)
    if team_id is None or not live.exists():
        return
    taken = Clock.objects.filter(**key, kind=TAKE_ON).order_by("-round").first()
    ended = {clock.kind: clock for clock in ledger.stop(ticket, CLOCKS, how)}
    whole = ended.get(HAND_ON)
    first = ended.get(TAKE_ON) or taken
    clock = whole or first
    assert clock is not None
    if first is not None and first.started_at < clock.started_at:
        first = None
    kept = whole.met if whole else None
    TeamStay(
        **key, ticket_number=ticket.number, title=ticket.title, priority=ticket.priority, team_id=team_id,
        handler_id=handler_id, customer_id=ticket.customer_id, began_at=clock.started_at, ended_at=moment.now(),
        ended_by=how, taken_in_time=first.met if first else None, kept=None if how == End.CANCELLED else kept,
        seconds=clock.elapsed_seconds,
    ).save_as(system_actor(), note=how)  # fmt: skip
