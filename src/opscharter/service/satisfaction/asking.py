"""Asking a customer about a closed ticket: whether, whom, and by a signed link that needs no account."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.core import signing
from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import override

from opscharter.kernel import moment
from opscharter.kernel.access.actor import Actor, system_actor
from opscharter.kernel.jobs.queue import job
from opscharter.service.satisfaction.lifecycle import State
from opscharter.service.satisfaction.models import Survey, SurveyRule
from opscharter.service.satisfaction.rules import contract_of, drawn
from opscharter.service.tickets.lifecycle import State as TicketState
from opscharter.service.tickets.models import Incident

SALT = "opscharter.survey"
MOST = 500


def ask_after_step(ticket: Any, actor: Actor, before: str) -> None:
    """Ask about a ticket that has just been closed."""
    if ticket.state == TicketState.CLOSED:
        ask(ticket)


def ask(ticket: Any) -> Survey | None:
    """Ask about a ticket, where the rule draws it and its contact has not been asked lately."""
    contact = ticket.contact
    if ticket.imported_from or contact is None or not contact.email or contact.archived_at is not None:
        return None
    rule = SurveyRule.of(contract_of(ticket))
    if rule is None or not drawn(ticket.number, rule.share) or _asked(ticket, contact, rule):
        return None
    kind = "incident" if isinstance(ticket, Incident) else "request"
    survey = Survey(contact=contact, **{kind: ticket}).save_as(system_actor(), note="drawn")
    send_survey.enqueue(survey.pk)
    return survey


def _asked(ticket: Any, contact: Any, rule: SurveyRule) -> bool:
    """Say whether this ticket, or lately this person, was asked about."""
    since = moment.now() - dt.timedelta(days=rule.rest_days)
    lately = Survey.objects.filter(contact=contact, sent_at__gt=since).exists()
    return lately or bool(ticket.surveys.exists())


def link_of(survey: Survey) -> str:
    """Return the address of a survey's page: signed, and good for this survey only."""
    return f"{settings.PUBLIC_URL}{path_of(survey)}"


def path_of(survey: Survey) -> str:
    """Return the address without the name of the installation: for its own pages."""
    return f"/satisfaction/{signing.dumps(survey.pk, salt=SALT)}/"


def survey_of(token: str) -> Survey | None:
    """Return the survey of a link; None when the text was altered."""
    try:
        pk = signing.loads(token, salt=SALT)
    except signing.BadSignature:
        return None
    rows = Survey.objects.current().filter(pk=pk).select_related("customer", "contact")
    return rows.first()


def answer(survey: Survey, score: int, text: str, address: str = "") -> bool:
    """Take the answer, once; says whether it was the first. Raises ValidationError for a score that is none."""
    with transaction.atomic():
        current = Survey.objects.select_for_update().get(pk=survey.pk)
        if current.state != State.SENT or current.expires_at < moment.now():
            return False
        who = Actor(system=True, external=True, via="link", label=survey.contact.name, address=address)
        current.move("answer", who, score=score, text=text.strip()[:2000])
    return True


@job(in_transaction=False)
def send_survey(pk: int) -> bool:
    """Send the e-mail in the contact's language; says whether there was one to send."""
    survey = Survey.objects.filter(pk=pk, state=State.SENT).select_related("contact", "customer").first()
    if survey is None or not survey.contact.email:
        return False
    with override(survey.language):
        about = {"number": survey.ticket_number}
        subject = _("How satisfied are you with %(number)s?") % about
        page = {"survey": survey, "link": link_of(survey), "company": settings.COMPANY_NAME}
        body = render_to_string("service/satisfaction/mail.txt", page)
    headers = {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"}
    EmailMessage(subject, body, to=[survey.contact.email], headers=headers).send()
    return True


def expire() -> int:
    """End the surveys that nobody answered in time; returns how many."""
    late = Survey.objects.filter(state=State.SENT, expires_at__lt=moment.now()).order_by("expires_at")[:MOST]
    return len([survey.move("expire", system_actor()) for survey in late])


@job()
def expire_job() -> int:
    """Run `expire` every hour."""
    return expire()
