"""Verbs of the service desk: what is left over, warning of deadlines, closing what stayed unanswered."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from opscharter.customers.service_levels import service_levels
from opscharter.kernel import moment
from opscharter.kernel.access.actor import Actor, system_actor
from opscharter.kernel.calendars.models import calendar_of
from opscharter.kernel.clocks import ledger
from opscharter.kernel.jobs.queue import job
from opscharter.service.tickets.effects import levels_of, tell_clock
from opscharter.service.tickets.lifecycle import State
from opscharter.service.tickets.models import Incident, ServiceRequest

CLOSE_AFTER_WORKING_DAYS = 3
TICKETS: tuple[Any, ...] = (Incident, ServiceRequest)


@transaction.atomic
def leave_over(incident: Incident, title: str, actor: Actor) -> Incident:
    """Open a linked incident for what the repair left over (§3.3.3)."""
    leftover = Incident(
        title=title,
        description=_("Left over from %(number)s.") % {"number": incident.number},
        customer=incident.customer,
        contact=incident.contact,
        service=incident.service,
        team=incident.team,
        channel=incident.channel,
        impact=3,
        urgency=3,
        follow_up_of=incident,
    )
    return leftover.save_as(actor)


def close_unanswered(now: dt.datetime | None = None) -> int:
    """Close tickets whose customer has not answered for three working days; returns how many."""
    moment_now = now or moment.now()
    closed = 0
    earliest = moment_now - dt.timedelta(days=CLOSE_AFTER_WORKING_DAYS)
    for model in TICKETS:
        rows: Any = model._default_manager.filter(state=State.RESOLVED, resolved_at__lte=earliest)
        for ticket in rows.order_by("resolved_at")[:500]:
            calendar = calendar_of(levels_of(ticket).calendar)
            if calendar.add_days(ticket.resolved_at, CLOSE_AFTER_WORKING_DAYS) <= moment_now:
                ticket.move("close", system_actor())
                closed += 1
    return closed


def warn_of_deadlines() -> int:
    """Reckon changed calendars anew, then tell people of every clock that crossed a level; returns how many."""
    ledger.recalculate_stale()
    crossed = ledger.take_warnings()
    models = {model._meta.label_lower: model for model in TICKETS}
    for clock, level in crossed:
        model: Any = models.get(clock.record_type)
        if model is None:
            continue
        ticket = (
            model._default_manager.filter(pk=clock.record_id).select_related("assignee__user", "team__head").first()
        )
        if ticket is not None:
            tell_clock(ticket, clock, level)
    return len(crossed)


@job()
def close_unanswered_job() -> int:
    """Run `close_unanswered` every hour."""
    return close_unanswered()


@job()
def warn_of_deadlines_job() -> int:
    """Run `warn_of_deadlines` every minute."""
    return warn_of_deadlines()


def company_calendar() -> Any:
    """Return the arithmetic of the company's own service hours."""
    return calendar_of(service_levels(None, None, moment.today()).calendar)
