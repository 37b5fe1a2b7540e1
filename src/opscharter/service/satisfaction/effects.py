"""What a customer's answer brings about."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from opscharter.kernel import moment
from opscharter.kernel.access.actor import Actor, system_actor
from opscharter.kernel.calendars.models import BusinessCalendar, calendar_of
from opscharter.kernel.notices.sending import send
from opscharter.kernel.resources.links import record_url
from opscharter.service.satisfaction import notices

Inputs = Mapping[str, Any]
LOW = 2
"""A score up to this one is followed up (§1.3.2)."""
FOLLOW_UP_DAYS = 3


def mark_answered(survey: Any, actor: Actor, inputs: Inputs) -> None:
    """Note when it was answered."""
    survey.answered_at = moment.now()


def follow_low_score(survey: Any, actor: Actor, inputs: Inputs) -> None:
    """Let a low score be followed up."""
    if survey.score <= LOW:
        survey.move("follow", system_actor())


def name_owner(survey: Any, actor: Actor, inputs: Inputs) -> None:
    """Name who follows it up: the account manager, else the head of the team; within three working days."""
    manager, head = survey.customer.account_manager, survey.team.head if survey.team else None
    survey.owner = next((each for each in (manager, head) if each is not None and each.left_on is None), None)
    office = calendar_of(BusinessCalendar.objects.current().order_by("pk").first())
    survey.due_on = moment.in_office(office.add_days(moment.now(), FOLLOW_UP_DAYS)).date()


def mark_settled(survey: Any, actor: Actor, inputs: Inputs) -> None:
    """Note when it was followed up."""
    survey.settled_at = moment.now()


def tell_owner(survey: Any, actor: Actor, inputs: Inputs) -> None:
    """Tell whoever is to follow it up."""
    user = survey.owner.user if survey.owner else None
    if user is not None and user.pk != actor.user_id:
        data = {"number": survey.ticket_number, "customer": str(survey.customer), "score": survey.score,
                "text": survey.text or "—", "due": f"{survey.due_on:%Y-%m-%d}"}  # fmt: skip
        key = f"{survey.number}:{survey.version}"
        send(notices.LOW_SCORE, [user], key=key, record=survey, url=record_url(survey), data=data)
