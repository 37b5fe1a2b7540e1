"""What maintenance tells a customer in the service report: the period's work orders, and what they found."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _

from opscharter.kernel import moment
from opscharter.kernel.indicators.evidence import Ids
from opscharter.service.maintenance.lifecycle import OrderState
from opscharter.service.maintenance.models import OrderItem, PlanStep, WorkOrder
from opscharter.service.maintenance.services import plain
from opscharter.service.reports.sections import Asked, Line, Provider, SectionKind, Told, provide

LABELS = {
    "planned": _("Work orders due"),
    "done": _("Work orders done"),
    "late": _("Done late or missed"),
    "skipped": _("Left out with a reason"),
    "findings": _("Found not in order"),
    "readings": _("Readings out of limits"),
}


def tell(asked: Asked) -> Told:
    """Tell of the work orders that were due in the period, as they stand now; two queries."""
    orders = list(_orders(asked))
    items = list(_findings(orders))
    records = {
        "planned": _ids(orders),
        "done": _ids(order for order in orders if order.state == OrderState.DONE),
        "late": _ids(order for order in orders if is_late(order)),
        "skipped": _ids(order for order in orders if order.state == OrderState.SKIPPED),
        "findings": _ids(items),
        "readings": _ids(item for item in items if item.kind == PlanStep.Kind.READING),
    }
    return Told(
        counts={name: sum(map(len, ids.values())) for name, ids in records.items()},
        records=records,
        lines={"orders": [_order(order) for order in orders], "findings": [_finding(item) for item in items]},
    )


def _orders(asked: Asked) -> Any:
    rows = WorkOrder.objects.current().filter(customer_id=asked.contract.customer_id)
    rows = rows.filter(due_at__gte=asked.period.start, due_at__lt=asked.period.end)
    return rows.filter(asked.coverage.condition("due_at")).order_by("due_at", "pk")


def _findings(orders: list[WorkOrder]) -> Any:
    rows = OrderItem.objects.current().filter(order__in=orders, answer=OrderItem.Answer.NOT_OK)
    return rows.select_related("order", "incident").order_by("order__due_at", "order_id", "position", "pk")


def is_late(order: WorkOrder) -> bool:
    """Say whether a work order that was due was done late, or has not been done; left out with a reason is not late."""
    if order.state == OrderState.SKIPPED:
        return False
    return order.done_at is None or order.done_at > order.due_at


def _ids(rows: Iterable[Any]) -> Ids:
    found: Ids = {}
    for row in rows:
        found.setdefault(row._meta.label_lower, []).append(row.pk)
    return found


def _order(order: WorkOrder) -> Line:
    return {
        "type": order._meta.label_lower, "id": order.pk, "number": order.number, "text": order.title,
        "due": moment.in_office(order.due_at).date(), "done": order.done_at, "state": order.state,
        "late": is_late(order), "note": order.skipped_because or order.result, "findings": order.findings,
    }  # fmt: skip


def _finding(item: OrderItem) -> Line:
    reading = item.value is not None
    return {
        "type": item._meta.label_lower, "id": item.pk, "number": item.order.number, "text": item.text,
        "value": f"{plain(item.value)} {item.unit}".strip() if reading else "",
        "limits": _limits(item) if reading else "", "note": item.remark,
        "incident": item.incident.number if item.incident is not None else "",
    }  # fmt: skip


def _limits(item: OrderItem) -> str:
    """Return what is allowed, as it is written in every language."""
    if item.lower is not None and item.upper is not None:
        return f"{plain(item.lower)} – {plain(item.upper)}"
    if item.upper is not None:
        return f"≤ {plain(item.upper)}"
    return f"≥ {plain(item.lower)}" if item.lower is not None else ""


provide(SectionKind.MAINTENANCE, Provider(tell, LABELS, {"late": "r", "findings": "a", "readings": "a"}))
