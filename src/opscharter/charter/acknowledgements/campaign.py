"""The campaign: everyone in service is asked, newcomers when they join, and reminded a few times on working days."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _

from opscharter.charter.acknowledgements import notices
from opscharter.charter.acknowledgements.lifecycle import State
from opscharter.charter.acknowledgements.models import Acknowledgement
from opscharter.charter.models import Edition
from opscharter.charter.standing import in_force
from opscharter.kernel import moment
from opscharter.kernel.access.actor import Actor, Grant, Reach, system_actor
from opscharter.kernel.approvals.directory import directory
from opscharter.kernel.calendars.models import BusinessCalendar, calendar_of
from opscharter.kernel.controls.decisions import settings_at
from opscharter.kernel.controls.registry import CHECKS
from opscharter.kernel.jobs.queue import job
from opscharter.kernel.notices.sending import send
from opscharter.kernel.records.bulk import create_many, update_many
from opscharter.kernel.records.manager import RecordQuerySet

CHECK = "charter.acknowledged"
PAGE = "/regulation/confirm/"


def parameters() -> Mapping[str, Any]:
    """Return how many days people have, and how often they are reminded at most."""
    return settings_at([CHECKS[CHECK]])[CHECK].parameters


def ask_everyone(edition: Edition, actor: Actor) -> int:
    """Ask everyone in service who was not asked yet to confirm an edition; returns how many were asked."""
    asked = set(Acknowledgement.objects.filter(edition=edition).values_list("person", flat=True))
    staff = [person for person in directory().staff(moment.today()).order_by("pk") if person.pk not in asked]
    now, today = moment.now(), moment.today()
    rows = [
        Acknowledgement(
            edition=edition, person=person.pk, name=person.name, department=person.department_id,
            manager=person.manager_id, asked_at=now, asked_on=today,
        )
        for person in staff
    ]  # fmt: skip
    create_many(rows, system_actor(), note=_("version %(label)s") % {"label": edition.label})
    days = int(parameters()["days"])
    users = [person.user for person in staff if person.user is not None]
    send(
        notices.READ, users, key=f"edition:{edition.pk}", record=edition, url=PAGE,
        data={"label": edition.label, "title": edition.title, "due": str(today + dt.timedelta(days=days))},
    )  # fmt: skip
    return len(rows)


def follow_the_staff(edition: Edition, actor: Actor) -> None:
    """Ask who has joined, let go who has left, and keep departments and managers of open questions up to date."""
    staff = {person.pk: person for person in directory().staff(moment.today())}
    for answer in Acknowledgement.objects.filter(edition=edition, state=State.ASKED).exclude(person__in=staff):
        answer.move("leave", actor)
    for answer in Acknowledgement.objects.filter(edition=edition, state=State.LEFT, person__in=staff):
        answer.move("return", actor)
    waiting = list(Acknowledgement.objects.filter(edition=edition, state=State.ASKED))
    for answer in waiting:
        person = staff[answer.person]
        answer.name, answer.department, answer.manager = person.name, person.department_id, person.manager_id
    update_many(waiting, actor, ["name", "department", "manager"])
    ask_everyone(edition, actor)


def is_workday(day: dt.date) -> bool:
    """Say whether the office works on a day."""
    record = BusinessCalendar.objects.current().order_by("pk").first()
    return calendar_of(record).is_workday(day) if record else day.weekday() < 5


def remind(edition: Edition, actor: Actor) -> int:
    """Remind whoever has not confirmed, a day at most once, on working days only; returns how many were reminded.

    The times allowed are spread evenly over the days that people have; the last falls on the last day.
    """
    today, given = moment.today(), parameters()
    days, most = int(given["days"]), int(given["reminders"])
    if not is_workday(today):
        return 0
    due = []
    for answer in waiting_for(edition):
        if answer.reminders >= most or answer.reminded_on == today:
            continue
        if today >= answer.asked_on + dt.timedelta(days=(answer.reminders + 1) * days // most):
            due.append(answer)
    for answer in due:
        answer.reminders, answer.reminded_on = answer.reminders + 1, today
    update_many(due, actor, ["reminders", "reminded_on"])
    for answer in due:
        _send_reminder(answer, days)
    return len(due)


def _send_reminder(answer: Acknowledgement, days: int) -> None:
    user = directory().user_of(answer.person)
    if user is not None:
        until = answer.asked_on + dt.timedelta(days=days)
        send(
            notices.REMINDER, [user], key=f"answer:{answer.pk}:{answer.reminders}", record=answer.edition, url=PAGE,
            data={"label": answer.edition.label, "title": answer.edition.title, "due": str(until)},
        )  # fmt: skip


def in_service(rows: RecordQuerySet[Acknowledgement]) -> RecordQuerySet[Acknowledgement]:
    """Return the questions to people who are in service today: leavers drop out on the day, not on the next run."""
    return rows.filter(person__in=directory().staff(moment.today()).values("pk"))


def waiting_for(edition: Edition) -> RecordQuerySet[Acknowledgement]:
    """Return the open questions to people in service."""
    return in_service(edition.acknowledgements.filter(state=State.ASKED)).select_related("edition")


def open_question(actor: Actor) -> Acknowledgement | None:
    """Return what the actor is asked to confirm now, if anything."""
    if actor.person_id is None:
        return None
    rows = Acknowledgement.objects.filter(person=actor.person_id, state=State.ASKED)
    return rows.filter(edition__state=Edition.State.IN_FORCE).select_related("edition").order_by("-pk").first()


def confirm(answer: Acknowledgement, actor: Actor) -> Acknowledgement:
    """Confirm as the actor; the clause binds every employee, so that it takes no role to obey it."""
    own = Grant(Acknowledgement._meta.label_lower, "confirm", Reach.OWN)
    return answer.move("confirm", replace(actor, grants=(*actor.grants, own)))


@job()
def keep_campaign() -> int:
    """Follow joiners and leavers, then remind; every morning."""
    edition = in_force()
    if edition is None:
        return 0
    actor = system_actor()
    follow_the_staff(edition, actor)
    return remind(edition, actor)
