"""Calling whoever is on duty for a ticket, step by step until somebody answers; each person once per ticket."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from opscharter.kernel import moment
from opscharter.kernel.access.actor import system_actor
from opscharter.kernel.approvals.directory import directory
from opscharter.kernel.errors import Reason, Refused
from opscharter.kernel.jobs.queue import job
from opscharter.kernel.notices.sending import send
from opscharter.kernel.resources.links import record_url
from opscharter.kernel.resources.site import site
from opscharter.kernel.timeline import entries
from opscharter.kernel.timeline.events import declare_event
from opscharter.kernel.timeline.models import TimelineEntry
from opscharter.kernel.web.cells import Cell
from opscharter.organization.models import Employee
from opscharter.service.oncall import notices
from opscharter.service.oncall.models import Call, Callout, EscalationStep, Roster
from opscharter.service.oncall.rosters import people_on_duty, roster_for
from opscharter.service.tickets.lifecycle import OPEN

CALLED = declare_event("called-on-duty", _("Called: %(who)s (%(roster)s)"))
Whom = EscalationStep.Whom
State = Callout.State


@dataclass(frozen=True)
class Rung:
    """A step of the calling: after how many minutes whom."""

    minutes: int
    whom: str
    role: str = ""
    person: Employee | None = None

    @property
    def label(self) -> str:
        """Return whom the step calls, in words."""
        return str(dict(Whom.choices).get(self.whom, self.whom))


DEFAULT = (Rung(0, Whom.LEVEL_1), Rung(5, Whom.LEVEL_2), Rung(10, Whom.HEAD))
"""How a roster without steps of its own calls."""


def rungs_of(roster: Roster) -> list[Rung]:
    """Return the steps of a roster, in the order of time."""
    rows = EscalationStep.objects.current().filter(roster=roster).select_related("person__user")
    own = [Rung(row.minutes, row.whom, row.role, row.person) for row in rows.order_by("minutes", "pk")]
    return own or list(DEFAULT)


@transaction.atomic
def page_on_call(ticket: Any, reason: str) -> list[int]:
    """Call the people on duty for a ticket; returns the accounts called now, none when there is no roster for it.

    A ticket that is being called for, or was answered, calls nobody a second time.
    """
    roster = roster_for(ticket)
    if roster is None:
        return []
    label = ticket._meta.label_lower
    known = Callout.objects.filter(record_type=label, record_id=ticket.pk).first()
    if known is not None:
        return list(known.calls.exclude(employee__user=None).values_list("employee__user_id", flat=True))
    callout = Callout(
        record_type=label, record_id=ticket.pk, ticket_number=ticket.number, title=ticket.title,
        priority=ticket.priority, roster=roster, team=roster.team, reason=str(reason)[:200], called_at=moment.now(),
    ).save_as(system_actor(), note="called")  # fmt: skip
    return _climb(callout, ticket)


def _people(rung: Rung, callout: Callout) -> list[Employee]:
    """Return whom a step calls at this moment."""
    roster = callout.roster
    if rung.whom in (Whom.LEVEL_1, Whom.LEVEL_2, Whom.LEVEL_3):
        return people_on_duty(roster, int(rung.whom))
    if rung.whom == Whom.HEAD:
        return [roster.team.head] if roster.team.head else []
    if rung.whom == Whom.ROLE:
        ids = directory().in_role(rung.role, callout)
        return list(Employee.objects.filter(pk__in=list(ids)).select_related("user"))
    return [rung.person] if rung.person else []


def _climb(callout: Callout, ticket: Any) -> list[int]:
    """Take every step whose time has come; one that calls nobody new gives way to the next at once."""
    rungs, now, users = rungs_of(callout.roster), moment.now(), []
    nobody = True
    while callout.steps_done < len(rungs):
        rung = rungs[callout.steps_done]
        due = callout.called_at + dt.timedelta(minutes=rung.minutes)
        if due > now and not nobody:
            break
        called = _call(callout, ticket, rung, rungs)
        callout.steps_done += 1
        nobody = not called
        users += [person.user_id for person in called if person.user_id is not None]
    rest = rungs[callout.steps_done :]
    last = callout.called_at + dt.timedelta(minutes=max(each.minutes for each in rungs) + 5)
    callout.next_call_at = callout.called_at + dt.timedelta(minutes=rest[0].minutes) if rest else max(last, now)
    callout.save_as(system_actor(), note="call-next")
    return users


def _call(callout: Callout, ticket: Any, rung: Rung, rungs: list[Rung]) -> list[Employee]:
    called_before = set(callout.calls.values_list("employee_id", flat=True))
    people = [person for person in _people(rung, callout) if person.pk not in called_before]
    if not people:
        return []
    for person in people:
        Call(callout=callout, employee=person, step=rung.whom, called_at=moment.now()).save(force_insert=True)
    later = [each.minutes - rung.minutes for each in rungs if each.minutes > rung.minutes]
    data = {
        "number": callout.ticket_number, "title": callout.title, "priority": callout.priority or "?",
        "reason": callout.reason, "minutes": min(later, default=5),
    }  # fmt: skip
    users = [person.user for person in people if person.user is not None]
    send(notices.PAGE, users, key=callout.number, record=callout, url=record_url(callout), data=data)
    said = {"who": "、".join(str(person) for person in people), "roster": str(callout.roster)}
    kind = TimelineEntry.Kind.EVENT
    entries.append(ticket, system_actor(), kind, verb=CALLED, data=said, clause="2.2.4")
    return people


def ticket_of(callout: Callout) -> Any:
    """Return the ticket that a callout is for."""
    resource = site.find(callout.record_type)
    return resource.model._default_manager.filter(pk=callout.record_id).first() if resource else None


@transaction.atomic
def climb_on() -> int:
    """Call the next ones where nobody has answered in time; returns in how many callouts something happened."""
    now = moment.now()
    due = Callout.objects.filter(state=State.CALLING, next_call_at__lte=now)
    moved = 0
    for callout in due.select_for_update(skip_locked=True, of=("self",)).order_by("next_call_at")[:200]:
        moved += 1
        ticket = ticket_of(callout)
        if ticket is None or ticket.state not in OPEN:
            callout.move("end", system_actor(), reason="the ticket is settled")
        elif callout.steps_done < len(rungs_of(callout.roster)):
            _climb(callout, ticket)
        else:
            callout.move("give-up", system_actor())
            _tell_unanswered(callout)
    return moved


def _tell_unanswered(callout: Callout) -> None:
    ids = directory().in_role("service-manager", callout)
    managers = Employee.objects.filter(pk__in=list(ids), user__isnull=False).select_related("user")
    data = {"number": callout.ticket_number, "title": callout.title, "roster": str(callout.roster)}
    users = [person.user for person in managers if person.user is not None]
    send(notices.UNANSWERED, users, key=callout.number, record=callout, url=record_url(callout), data=data)


def answer_page(notice: Any, actor: Any, text: str) -> str:
    """Answer the call that a notice brought; for the link in the message. Raises Refused."""
    callout = Callout.objects.filter(pk=notice.record_id).first()
    if callout is None:
        raise Refused([Reason(_t("The call is over."))])
    callout.move("answer", actor)
    return str(callout)


def why_closed(notice: Any, actor: Any) -> str:
    """Say why a call needs no answer any more, or nothing; for the link in the message."""
    callout = Callout.objects.filter(pk=notice.record_id).select_related("answered_by").first()
    if callout is None or callout.state == State.ENDED:
        return _t("The call is over.")
    if callout.state == State.ANSWERED and callout.answered_at is not None:
        said = {"who": callout.answered_by, "when": f"{moment.in_office(callout.answered_at):%Y-%m-%d %H:%M}"}
        return _t("%(who)s is on it since %(when)s.") % said
    return ""


def facts_of_page(notice: Any, actor: Any) -> list[tuple[Any, Cell]]:
    """Return what the call is about: customer and service, and since when somebody is called."""
    callout = Callout.objects.filter(pk=notice.record_id).select_related("roster").first()
    ticket = ticket_of(callout) if callout else None
    if callout is None or ticket is None:
        return []
    found = [
        (_t("customer"), ticket.customer), (_t("service"), ticket.service), (_t("roster"), callout.roster),
        (_t("called"), f"{moment.in_office(callout.called_at):%Y-%m-%d %H:%M}"),
    ]  # fmt: skip
    return [(label, Cell("text", str(value))) for label, value in found if value]


@job()
def climb_on_job() -> int:
    """Run `climb_on` every minute."""
    return climb_on()
