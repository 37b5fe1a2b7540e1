"""Does a rule fit a ticket? Each condition says why not; nothing here writes."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from opscharter.customers.models import Customer, Service
from opscharter.kernel import moment
from opscharter.kernel.calendars.engine import UnpublishedYear
from opscharter.kernel.calendars.models import calendar_of
from opscharter.organization.models import Department
from opscharter.service.dispatch.models import AssignmentRule
from opscharter.service.tickets.models import Incident, ServiceRequest
from opscharter.service.tickets.models.ticket import Channel

KINDS: dict[str, Any] = {model._meta.label_lower: model for model in (Incident, ServiceRequest)}


@dataclass(frozen=True)
class Case:
    """What a rule asks about: a ticket, or one that might come in."""

    kind: str
    customer: Customer | None
    service: Service | None
    priority: int | None
    channel: str
    team: Department | None
    at: dt.datetime
    record_id: int | None = None


def case_of(ticket: Any, at: dt.datetime | None = None) -> Case:
    """Return what the rules ask about a ticket, as at a time (default: now)."""
    return Case(
        ticket._meta.label_lower, ticket.customer, ticket.service, ticket.priority, ticket.channel, ticket.team,
        at or moment.now(), ticket.pk,
    )  # fmt: skip


def serving_team(customer: Customer | None, service: Service | None) -> Department | None:
    """Return who serves: the service's team, else the customer's."""
    return (service.team if service else None) or (customer.team if customer else None)


def rules_in_order() -> list[AssignmentRule]:
    """Return the rules in use, as they are asked; three queries."""
    rows = AssignmentRule.objects.current().filter(active=True).order_by("rank", "pk")
    related = rows.select_related("team__head", "calendar", "skill")
    return list(related.prefetch_related("customers", "services"))


def why_not(rule: AssignmentRule, case: Case) -> list[str]:
    """Return every condition of a rule that a case does not meet; empty when the rule fits."""
    missed = []
    if (customers := list(rule.customers.all())) and case.customer not in customers:
        missed.append(_("customer is not: %(names)s") % {"names": ", ".join(map(str, customers))})
    if (services := list(rule.services.all())) and case.service not in services:
        missed.append(_("service is not: %(names)s") % {"names": ", ".join(map(str, services))})
    if rule.kind and rule.kind != case.kind:
        missed.append(_("type is not: %(names)s") % {"names": rule.get_kind_display()})
    if rule.channel and rule.channel != case.channel:
        missed.append(_("channel is not: %(names)s") % {"names": dict(Channel.choices)[rule.channel]})
    first, last = rule.from_priority or 1, rule.to_priority or 4
    if (rule.from_priority or rule.to_priority) and not (case.priority and first <= case.priority <= last):
        missed.append(_("priority is not P%(first)s–P%(last)s") % {"first": first, "last": last})
    if rule.when and (text := _wrong_time(rule, case.at)):
        missed.append(text)
    return missed


def _wrong_time(rule: AssignmentRule, at: dt.datetime) -> str:
    calendar = calendar_of(rule.calendar)
    try:
        inside = calendar.first_moment(at) == at
    except UnpublishedYear as error:
        return str(error)
    if inside == (rule.when == AssignmentRule.When.INSIDE):
        return ""
    words = (
        _("it is outside the working time of %(calendar)s") if not inside else _("it is working time of %(calendar)s")
    )
    return words % {"calendar": rule.calendar}
