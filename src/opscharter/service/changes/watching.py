"""What is watched every minute: points of no return, and emergency changes still without approval."""

from __future__ import annotations

import datetime as dt

from opscharter.kernel import moment
from opscharter.kernel.access.actor import system_actor
from opscharter.kernel.approvals.directory import directory
from opscharter.kernel.controls.decisions import settings_at
from opscharter.kernel.controls.registry import CHECKS
from opscharter.kernel.jobs.queue import job
from opscharter.kernel.notices.sending import send
from opscharter.kernel.resources.links import record_url
from opscharter.kernel.timeline import entries
from opscharter.kernel.timeline.events import declare_event
from opscharter.kernel.timeline.models import TimelineEntry
from opscharter.service.changes import effects, notices
from opscharter.service.changes.models import Change
from opscharter.service.changes.words import Kind, State

AHEAD = dt.timedelta(minutes=15)
"""How long before the point of no return somebody is warned."""
ANNOUNCED = declare_event("point-of-no-return", notices.POINT_TOLD)


def announce_points() -> int:
    """Announce points of no return, fifteen minutes before and when they are reached; returns how many."""
    now = moment.now()
    near = Change.objects.filter(state=State.IMPLEMENTING, point_of_no_return__lte=now + AHEAD)
    announced = 0
    for change in near.select_related("requester__user", "engineer__user"):
        point = change.point_of_no_return
        assert point is not None
        kind = notices.POINT_REACHED if point <= now else notices.POINT_NEAR
        key = f"{change.number}:{point.isoformat()}"
        data = {
            "number": change.number, "title": change.title, "at": f"{moment.in_office(point):%H:%M}",
            "minutes": effects.minutes_of(change, "rollback"),
        }  # fmt: skip
        users = [*effects.people_of(change), *_managers()]
        if send(kind, users, key=key, record=change, url=record_url(change), data=data):
            entries.append(change, system_actor(), TimelineEntry.Kind.EVENT, verb=ANNOUNCED, data=data, clause="3.4.2")
            announced += 1
    return announced


def warn_of_missing_ratification() -> int:
    """Tell change managers of emergency changes whose time for approval has passed; returns how many there are."""
    check = CHECKS["change.emergency-approved-after"]
    hours = settings_at([check])[check.id].parameters["hours"]
    late = Change.objects.current().filter(
        kind=Kind.EMERGENCY, ratified_at__isnull=True, unauthorised_at__isnull=True,
        started_at__lt=moment.now() - dt.timedelta(hours=hours),
    )  # fmt: skip
    for change in late:
        at = f"{moment.in_office(change.started_at):%Y-%m-%d %H:%M}" if change.started_at else ""
        data = {"number": change.number, "title": change.title, "at": at}
        users = [*effects.people_of(change), *_managers()]
        send(notices.RATIFY_LATE, users, key=change.number, record=change, url=record_url(change), data=data)
    return len(late)


def _managers() -> list[object]:
    people = [directory().user_of(person) for person in directory().in_role("change-manager", None)]
    return [user for user in people if user is not None]


@job()
def watch_changes() -> int:
    """Run both every minute."""
    return announce_points() + warn_of_missing_ratification()
