"""How surveys and their rules appear."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from opscharter.kernel import moment
from opscharter.kernel.access.actor import Actor
from opscharter.kernel.resources.declaration import Panel, Resource, Section, Stage, Text, View
from opscharter.kernel.resources.links import record_url
from opscharter.service.satisfaction.effects import LOW
from opscharter.service.satisfaction.lifecycle import State
from opscharter.service.satisfaction.models import Survey, SurveyRule


def _badges(survey: Any) -> list[tuple[Text, str]]:
    if survey.score is None:
        return []
    tone = "r" if survey.score <= LOW else "a" if survey.score == 3 else "g"
    found: list[tuple[Text, str]] = [(_("%(n)s of 5") % {"n": survey.score}, tone)]
    if survey.state == State.FOLLOW_UP and survey.due_on < moment.today():
        found.append((_("overdue"), "r"))
    return found


surveys = Resource(
    Survey, "surveys", icon="mood-smile",
    columns=["number", "ticket_number", "customer", "score", "state", "employee", "owner", "due_on", "answered_at"],
    filters=["state", "customer", "team", "employee", "owner", "sent_at", "answered_at"],
    create=["incident", "request", "contact"],
    form=[Section(_("Survey"), ["incident", "request", "contact"]),
          Section(_("Follow-up"), ["owner", "due_on", "resolution"])],
    facts=["customer", "contact", "incident", "request", "employee", "team", "sent_at", "expires_at", "answered_at",
           "score", "owner", "due_on", "resolution", "settled_at"],
    lead="text",
    stages=[Stage(_("Sent"), (State.SENT,)), Stage(_("Answered"), (State.ANSWERED, State.EXPIRED)),
            Stage(_("Followed up"), (State.FOLLOW_UP, State.SETTLED))],
    views=[
        View("low", _("To be followed up"), lambda actor: Q(state=State.FOLLOW_UP)),
        View("mine", _("Mine"), lambda actor: Q(owner_id=actor.person_id or 0)),
        View("answered", _("Answered"), lambda actor: Q(score__isnull=False)),
    ],
    choices={"owner": lambda actor: Q(left_on__isnull=True)}, badges=_badges,
)  # fmt: skip
rules = Resource(
    SurveyRule, "survey-rules", icon="adjustments", columns=["contract", "share", "rest_days", "open_days"],
    filters=["contract"],
)  # fmt: skip


def _survey_of(ticket: Any, actor: Actor) -> dict[str, Any] | None:
    found = Survey.objects.visible_to(actor).filter(pk__in=ticket.surveys.values("pk")).first()
    return {"survey": found, "url": record_url(found)} if found is not None else None


ON_TICKET = Panel(_("Satisfaction"), "service/satisfaction/on_ticket.html", _survey_of, later=True)
