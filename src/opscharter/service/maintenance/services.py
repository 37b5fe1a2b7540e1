"""Verbs of maintenance: making work orders ahead of time, exactly once; noticing what was missed; what a line finds."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from opscharter.customers.service_levels import service_levels
from opscharter.kernel import moment
from opscharter.kernel.access.actor import Actor, system_actor
from opscharter.kernel.calendars.engine import Calendar, UnpublishedYear
from opscharter.kernel.calendars.models import calendar_of
from opscharter.kernel.jobs.queue import job
from opscharter.kernel.records import bulk
from opscharter.service.maintenance import rhythm
from opscharter.service.maintenance.lifecycle import OrderState
from opscharter.service.maintenance.models import MaintenancePlan, OrderItem, PlanStep, WorkOrder
from opscharter.service.tickets.models import Incident
from opscharter.service.tickets.models.ticket import Channel

LATEST = dt.timedelta(days=31)
"""So far back a plan that begins in the past makes its work orders."""


def calendar_for(plan: MaintenancePlan, day: dt.date) -> Calendar:
    """Return the calendar by which a plan's days are moved: its contract's."""
    return calendar_of(service_levels(plan.customer_id, plan.service_id, day).calendar)


def next_days(plan: MaintenancePlan, first: dt.date, last: dt.date) -> list[tuple[dt.date, dt.date]]:
    """Return the plan's days within a time: by the rule, and when each is due."""
    end = min(last, plan.ends_on) if plan.ends_on else last
    calendar = calendar_for(plan, first)
    planned = rhythm.days(plan.recurrence, plan.starts_on, first, end)
    return [(day, rhythm.due_on(day, calendar, plan.day_off)) for day in planned]


def latest_moment(plan: MaintenancePlan, due: dt.date) -> dt.datetime:
    """Return until when work due on a day counts as done in time: the end of the last day of grace."""
    last = due + dt.timedelta(days=plan.within_days)
    calendar = calendar_for(plan, due)
    try:
        spans = calendar.spans_on(last)
    except UnpublishedYear:
        spans = ()
    return spans[-1][1] if spans and not calendar.round_the_clock else moment.last_of(last)


@transaction.atomic
def make_orders(plan: MaintenancePlan) -> list[WorkOrder]:
    """Make the work orders of a plan that come up and do not exist yet; each day of the rule gets one, ever."""
    if not plan.active or plan.archived_at is not None:
        return []
    MaintenancePlan.objects.select_for_update().get(pk=plan.pk)  # two makers take turns
    steps = list(PlanStep.objects.current().filter(plan=plan).order_by("position", "pk"))
    if not steps:
        return []
    today = moment.today()
    days = next_days(plan, max(plan.starts_on, today - LATEST), today + dt.timedelta(days=plan.ahead_days))
    known = set(
        WorkOrder.objects.filter(plan=plan, planned_on__in=[d for d, _due in days]).values_list("planned_on", flat=True)
    )
    assets = list(plan.assets.all())
    return [_make(plan, day, due, steps, assets) for day, due in days if day not in known]


def _make(plan: MaintenancePlan, day: dt.date, due: dt.date, steps: list[PlanStep], assets: list[Any]) -> WorkOrder:
    house = system_actor()
    order = WorkOrder(
        plan=plan, planned_on=day, due_on=due, due_at=latest_moment(plan, due), title=plan.name,
        instructions=plan.instructions, customer=plan.customer, service=plan.service, team=plan.team,
    )  # fmt: skip
    order.save_as(house, links={"assets": assets})
    lines = [
        OrderItem(
            order=order, position=number, text=step.text, kind=step.kind, unit=step.unit, lower=step.lower,
            upper=step.upper, needs_photo=step.needs_photo,
        )
        for number, step in enumerate(steps, start=1)
    ]  # fmt: skip
    bulk.create_many(lines, house)
    if plan.engineer_id is not None:
        order.move("assign", house, engineer=plan.engineer, team=plan.team)
    return order


def make_all_orders() -> int:
    """Make the work orders of every plan; returns how many. One plan that cannot be read holds up no other."""
    made = 0
    for plan in MaintenancePlan.objects.current().filter(active=True).order_by("pk"):
        made += len(make_orders(plan))
    return made


def notice_missed() -> int:
    """Mark the work orders whose time has passed; returns how many."""
    late = WorkOrder.objects.current().filter(
        state__in=[OrderState.PLANNED, OrderState.IN_PROGRESS], due_at__lt=moment.now(), missed_at__isnull=True
    )
    count = 0
    for order in late.order_by("due_at")[:500]:
        order.move("miss", system_actor())
        count += 1
    return count


@transaction.atomic
def open_incident(item: OrderItem, actor: Actor) -> Incident:
    """Open an incident for what a line found, linked to it; there is one at most."""
    current = OrderItem.objects.select_for_update(of=("self",)).select_related("order", "incident").get(pk=item.pk)
    if current.incident is not None:
        return current.incident
    order = current.order
    found = current.remark or current.get_answer_display()
    if current.value is not None:
        found = _("%(value)s %(unit)s (allowed: %(lower)s to %(upper)s). %(remark)s") % {
            "value": plain(current.value), "unit": current.unit, "lower": plain(current.lower),
            "upper": plain(current.upper), "remark": current.remark,
        }  # fmt: skip
    incident = Incident(
        title=f"{current.text}：{order.title}"[:200], description=f"{order.number}\n{found}", customer=order.customer,
        service=order.service, team=order.team, channel=Channel.VISIT, impact=3, urgency=2,
    )  # fmt: skip
    incident.save_as(actor, links={"assets": list(order.assets.all())})
    current.incident = incident
    current.save_as(actor)
    return incident


def plain(value: Any) -> str:
    """Return a figure without the zeros that its column adds."""
    return "…" if value is None else f"{value.normalize():f}"


@job()
def make_orders_job() -> int:
    """Run `make_all_orders` every morning, in the language of the house."""
    with override(settings.LANGUAGE_CODE):
        return make_all_orders()


@job()
def notice_missed_job() -> int:
    """Run `notice_missed` every hour."""
    with override(settings.LANGUAGE_CODE):
        return notice_missed()
