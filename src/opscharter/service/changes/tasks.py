"""Changes as things to do: to assess, plan, carry out, verify, review, hold meetings, answer for a customer."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from opscharter.kernel import moment
from opscharter.kernel.access.actor import Actor
from opscharter.kernel.resources.links import record_url
from opscharter.kernel.resources.tasks import Task
from opscharter.service.changes.models import AssetAlteration, BoardMeeting, Change, UnauthorisedChange
from opscharter.service.changes.words import PLANNED, UNDER_WAY, State
from opscharter.service.tickets.services import company_calendar

KIND = _("change")
MANAGER = "change-manager"
AHEAD = dt.timedelta(days=14)
"""How far ahead a change to be carried out, or a meeting, is something to do."""
VERIFY_DAYS = 3
"""Working days in which a result is to be verified, as its check asks by default."""
MOST = 50


def change_tasks(actor: Actor) -> list[Task]:
    """Return what changes ask of a person; votes to cast are told by the approvals themselves."""
    if actor.person_id is None:
        return []
    found = [*_of_the_doer(actor.person_id), *_of_meetings(actor.person_id)]
    return [*found, *_of_the_manager(actor)] if MANAGER in actor.roles else found


def _task(change: Change, verb: Any, due: dt.datetime | None, clause: str = "3.4.3", url: str = "") -> Task:
    customer = str(change.customer) if change.customer else ""
    return Task(str(change), KIND, url or record_url(change), clause, due, verb, customer=customer)


def _of_the_doer(person: int) -> list[Task]:
    """What waits for the engineer, the requester, and the owner of the step that is next."""
    mine = Change.objects.current().filter(Q(engineer_id=person) | Q(requester_id=person) | Q(steps__owner_id=person))
    mine = mine.exclude(state__in=(State.CLOSED, State.CANCELLED, State.DRAFT, State.APPROVING)).distinct()
    found = []
    for change in mine.select_related("customer").order_by("pk")[:MOST]:
        if change.state in UNDER_WAY:
            found.append(_task(change, _("Carry out"), change.window_end, url=f"{record_url(change)}execution/"))
        elif change.engineer_id != person and change.requester_id != person:
            continue
        elif change.state == State.APPROVED and change.window_start and change.window_start < moment.now() + AHEAD:
            found.append(_task(change, _("Carry out"), change.window_start, url=f"{record_url(change)}execution/"))
        elif change.state == State.PLANNING and change.engineer_id in (person, None):
            found.append(_task(change, _("Plan"), change.window_start, "3.4.2"))
        elif change.state == State.REVIEW and change.review_due_at and change.reviewed_at is None:
            found.append(_task(change, _("Hold the review"), change.review_due_at))
        elif change.flagged_at and change.state in PLANNED:
            found.append(_task(change, _("Move the window"), change.window_start))
    return found


def _of_meetings(person: int) -> list[Task]:
    """Meetings of the board to attend, and those past that wait for their minutes."""
    seats = Q(chair_id=person) | Q(attendees=person)
    rows = BoardMeeting.objects.current().filter(seats, state="PLANNED", meets_at__lt=moment.now() + AHEAD).distinct()
    found = []
    for meeting in rows.order_by("meets_at")[:MOST]:
        past = meeting.meets_at < moment.now()
        if past and meeting.chair_id != person:
            continue
        verb = _("Write the minutes") if past else _("Prepare")
        found.append(Task(str(meeting), _("board meeting"), record_url(meeting), "3.4.3", meeting.meets_at, verb))
    return found


def _of_the_manager(actor: Actor) -> list[Task]:
    """What waits for the change manager: requests, changes in a freeze, results to verify, what nobody explained."""
    me = actor.person_id
    rows = Change.objects.visible_to(actor).current().select_related("customer")
    waiting = Q(state=State.ASSESSING) | Q(state=State.REVIEW) | Q(flagged_at__isnull=False, state__in=PLANNED)
    found, calendar = [], company_calendar()
    for change in rows.filter(waiting).order_by("window_start", "pk")[:MOST]:
        doers = (change.requester_id, change.engineer_id)
        if change.state == State.ASSESSING:
            found.append(_task(change, _("Assess"), None, "3.4.2"))
        elif change.flagged_at is not None and change.state in PLANNED:
            found.append(_task(change, _("Move the window"), change.window_start))
        elif change.verified_at is None and change.engineer_id != me:
            due = calendar.add_days(change.finished_at, VERIFY_DAYS) if change.finished_at else None
            found.append(_task(change, _("Verify"), due))
        elif change.review_due_at and change.reviewed_at is None and me not in doers:
            found.append(_task(change, _("Hold the review"), change.review_due_at))
    open_yet = AssetAlteration.objects.visible_to(actor).current().filter(state="FOUND").select_related("asset")
    for each in open_yet.order_by("altered_at")[:MOST]:
        found.append(Task(f"{each}: {each.told}"[:160], _("alteration"), record_url(each), "3.4.3", verb=_("Judge")))
    unsettled = UnauthorisedChange.objects.visible_to(actor).current().exclude(state="SETTLED")
    for row in unsettled.order_by("found_at")[:MOST]:
        verb = _("Explain") if row.state == "FOUND" else _("Settle")
        found.append(Task(str(row), _("unauthorised change"), record_url(row), "3.4.3", None, verb))
    return found


def windows_to_answer(actor: Actor) -> list[Task]:
    """Return the windows that a customer's contact is asked to agree to."""
    if not actor.may("service.change", "agree"):
        return []
    rows = Change.objects.visible_to(actor, "agree").current().filter(
        customer_must_agree=True, customer_answer="", state__in=PLANNED, window_start__gt=moment.now()
    )  # fmt: skip
    return [
        Task(change.title, KIND, record_url(change), "3.4.3", change.window_start, _("Agree or decline"))
        for change in rows.order_by("window_start")[:MOST]
    ]
