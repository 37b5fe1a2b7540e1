"""How maintenance plans and work orders appear."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from opscharter.assets.models import Asset
from opscharter.kernel import moment
from opscharter.kernel.access.actor import Actor
from opscharter.kernel.files.models import Attachment
from opscharter.kernel.resources.declaration import Panel, Resource, Section, Stage, Text, View
from opscharter.kernel.resources.links import list_url, record_url
from opscharter.kernel.resources.site import site
from opscharter.service.maintenance.lifecycle import OPEN, OrderState
from opscharter.service.maintenance.models import MaintenancePlan, OrderItem, PlanStep, WorkOrder
from opscharter.service.maintenance.services import next_days

NEXT, HISTORY = 6, 12
AHEAD = dt.timedelta(days=800)
WORKS_HERE = {"engineer": lambda actor: Q(left_on__isnull=True)}


def _checklist(plan: MaintenancePlan, actor: Actor) -> Mapping[str, Any]:
    steps = PlanStep.objects.current().filter(plan=plan).order_by("position", "pk")
    may = actor.may("service.planstep", "create")
    add = f"{list_url(site.resource(PlanStep))}new/?plan={plan.pk}" if may else ""
    return {"steps": list(steps), "add": add}


def _next(plan: MaintenancePlan, actor: Actor) -> Mapping[str, Any]:
    """Return the next days with their work orders, as far as they exist."""
    today = moment.today()
    days = next_days(plan, max(today, plan.starts_on), today + AHEAD)[:NEXT] if plan.active else []
    orders = {
        order.planned_on: order
        for order in WorkOrder.objects.visible_to(actor).filter(plan=plan, planned_on__in=[day for day, _due in days])
    }
    return {
        "days": [(day, due, orders.get(day)) for day, due in days],
        "may": actor.may("service.maintenanceplan", "edit"),
    }


def _past(plan: MaintenancePlan, actor: Actor) -> Mapping[str, Any]:
    rows = WorkOrder.objects.visible_to(actor).current().filter(plan=plan, due_on__lte=moment.today())
    settled = rows.exclude(state=OrderState.SKIPPED).filter(Q(state=OrderState.DONE) | Q(due_at__lt=moment.now()))
    counted = settled.count()
    in_time = settled.filter(state=OrderState.DONE, late=False).count()
    orders = list(rows.select_related("done_by").order_by("-due_on")[:HISTORY])
    return {"orders": orders, "counted": counted, "in_time": in_time}


def _lines(order: WorkOrder, actor: Actor) -> Mapping[str, Any]:
    items = list(OrderItem.objects.current().filter(order=order).select_related("incident").order_by("position", "pk"))
    ids = [item.pk for item in items]
    photos: dict[int, list[Attachment]] = {}
    for kept in Attachment.objects.filter(record_type="service.orderitem", record_id__in=ids, archived_at=None):
        photos.setdefault(kept.record_id, []).append(kept)
    may = order.is_open and actor.may("service.orderitem", "edit") and not actor.external
    return {
        "lines": [(item, photos.get(item.pk, [])) for item in items], "do": record_url(order, "do") if may else "",
        "answered": sum(bool(item.answer) for item in items), "count": len(items),
    }  # fmt: skip


def _of_asset(asset: Asset, actor: Actor) -> Mapping[str, Any] | None:
    rows = WorkOrder.objects.visible_to(actor).current().filter(assets=asset)
    coming = list(rows.filter(state__in=OPEN).order_by("due_on")[:3])
    done = list(rows.filter(state=OrderState.DONE).order_by("-done_at")[:5])
    return {"coming": coming, "done": done} if coming or done else None


def _badges(order: WorkOrder) -> list[tuple[Text, str]]:
    badges: list[tuple[Text, str]] = []
    if order.late:
        badges.append((_("late"), "r"))
    if order.findings:
        badges.append((_("%(n)s not in order") % {"n": order.findings}, "a"))
    return badges


ON_ASSET = Panel(_("Maintenance"), "service/maintenance/on_asset.html", _of_asset)

plans = Resource(
    MaintenancePlan, "maintenance-plans", icon="calendar-repeat", order="name", choices=WORKS_HERE,
    columns=["number", "name", "customer", "rhythm", "team", "engineer", "active"],
    filters=["customer", "service", "team", "engineer", "rhythm", "active"], lead="instructions",
    form=[
        Section(_("What"), ["name", "customer", "service", "assets", "instructions"]),
        Section(_("When"), ["rhythm", "rule", "starts_on", "ends_on", "day_off", "within_days", "ahead_days"]),
        Section(_("Who"), ["team", "engineer", "active"]),
    ],
    facts=["customer", "service", "assets", "rhythm", "rule", "starts_on", "ends_on", "day_off", "within_days",
           "ahead_days", "team", "engineer", "active"],
    panels=[
        Panel(_("Checklist"), "service/maintenance/checklist.html", _checklist, place="main"),
        Panel(_("Work orders so far"), "service/maintenance/past.html", _past, place="main"),
        Panel(_("Next days"), "service/maintenance/next.html", _next),
    ],
)  # fmt: skip
steps = Resource(
    PlanStep, "maintenance-steps", icon="checklist", order="position", in_menu=False,
    columns=["plan", "position", "text", "kind", "unit", "lower", "upper", "needs_photo"], filters=["plan", "kind"],
    form=["plan", "position", "text", Section(_("Answer"), ["kind", "unit", "lower", "upper", "needs_photo"])],
)  # fmt: skip
orders = Resource(
    WorkOrder, "work-orders", icon="tool", order="-due_on", badges=_badges, lead="instructions", choices=WORKS_HERE,
    columns=["number", "title", "state", "customer", "due_on", "engineer", "late", "findings"],
    filters=["state", "customer", "service", "team", "engineer", "plan", "due_on", "late"],
    form=["team", "engineer", "result"],
    facts=["plan", "customer", "service", "assets", "planned_on", "due_on", "due_at", "team", "engineer", "started_at",
           "done_at", "done_by", "missed_at", "skipped_because", "result"],
    stages=[
        Stage(_("planned"), (OrderState.PLANNED, OrderState.MISSED)),
        Stage(_("in progress"), (OrderState.IN_PROGRESS,)),
        Stage(_("done"), (OrderState.DONE, OrderState.SKIPPED)),
    ],
    views=[
        View("mine", _("Mine"), lambda actor: Q(engineer_id=actor.person_id or 0, state__in=OPEN)),
        View("missed", _("Missed"), lambda actor: Q(state=OrderState.MISSED)),
        View("coming", _("Coming up"), lambda actor: Q(state__in=(OrderState.PLANNED, OrderState.IN_PROGRESS))),
    ],
    panels=[Panel(_("Checklist"), "service/maintenance/lines.html", _lines, place="main")],
)  # fmt: skip
items = Resource(
    OrderItem, "work-order-lines", icon="list-check", order="position", in_menu=False,
    columns=["order", "position", "text", "answer", "value", "unit", "remark", "incident"],
    filters=["answer", "kind"], form=["answer", "value", "remark"],
    facts=["order", "position", "kind", "unit", "lower", "upper", "answer", "value", "remark", "incident"],
)  # fmt: skip
