"""Maintenance of the demo company: three plans, a year of work orders, one done late, one left out, some to come."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django.utils import timezone

from opscharter.demo.life import World
from opscharter.kernel import moment
from opscharter.kernel.access.actor import Actor
from opscharter.organization.models import Employee
from opscharter.service.maintenance.models import MaintenancePlan, OrderItem, PlanStep, WorkOrder
from opscharter.service.maintenance.services import make_orders, notice_missed

Line = tuple[str, str, str, int | None, int | None]
PLANS: list[tuple[str, str, str, str, str, int, list[Line]]] = [
    (
        "機房月度巡檢", "VM", "SYS", "FREQ=MONTHLY", "", 360,
        [("設備指示燈與告警面板無異常", "check", "", None, None), ("機櫃進風溫度", "reading", "°C", 18, 27),
         ("UPS 負載", "reading", "%", None, 80)],
    ),
    (
        "備份恢復演練", "BAK", "DBA", "FREQ=MONTHLY;INTERVAL=3", "", 330,
        [("抽取最近一次全量備份還原成功", "check", "", None, None), ("還原用時", "reading", "分鐘", None, 120)],
    ),
    (
        "防火牆策略審查", "FW", "NET", "own", "FREQ=MONTHLY;BYDAY=1MO", 200,
        [("過期與重複策略已清理", "check", "", None, None), ("會話數峰值佔比", "reading", "%", None, 75)],
    ),
]  # fmt: skip


def live_maintenance(world: World, actor: Actor) -> None:
    """Write the plans and live their work orders at their own times."""
    with moment.at(world.until - dt.timedelta(days=362)):
        plans = [found for each in PLANS if (found := _plan(world, actor, *each)) is not None]
    days = sorted(
        (world.until - dt.timedelta(days=back), number) for number in range(len(plans)) for back in range(350, -1, -9)
    )
    for at, number in days:
        with moment.at(at):
            made = make_orders(plans[number][0])
        for order in made:
            _do(world, order, plans[number][1])
    with moment.at(world.until):
        notice_missed()


def _plan(
    world: World, actor: Actor, name: str, code: str, team: str, rhythm: str, rule: str, back: int, lines: list[Line]
) -> tuple[MaintenancePlan, Employee] | None:
    found = [(pk, assets) for (pk, each), assets in world.company.assets.items() if each == code]
    if not found:
        return None
    customer = next(each for each in world.company.customers if each.pk == found[0][0])
    engineer = world.company.team(team)[0]
    plan = MaintenancePlan(
        name=name, customer=customer, service=world.company.services[code], rhythm=rhythm, rule=rule,
        starts_on=timezone.localdate(world.until - dt.timedelta(days=back)), ends_on=None, within_days=1,
        team=world.company.departments[team], engineer=engineer, instructions="按作業指導書逐項確認，異常拍照並說明。",
    )  # fmt: skip
    plan.save_as(actor, links={"assets": found[0][1]})
    for position, (text, kind, unit, lower, upper) in enumerate(lines, start=1):
        PlanStep(
            plan=plan, position=position, text=text, kind=kind, unit=unit,
            lower=None if lower is None else Decimal(lower), upper=None if upper is None else Decimal(upper),
        ).save_as(actor)  # fmt: skip
    return plan, engineer


def _do(world: World, order: WorkOrder, engineer: Employee) -> None:
    """Do a work order on its day; the fifth of a plan a few days late, the seventh not at all."""
    number = WorkOrder.objects.filter(plan=order.plan).count()
    person = world.actor(engineer)
    at = order.due_at - dt.timedelta(days=1, minutes=world.dice.uniform(60, 300))
    if order.plan.rhythm == "FREQ=MONTHLY" and number == 5:
        at = order.due_at + dt.timedelta(days=1, hours=2)
        if at < world.until:
            with moment.at(order.due_at + dt.timedelta(minutes=30)):
                notice_missed()
            order.refresh_from_db()
    if at >= world.until:
        return
    if order.plan.rhythm == "FREQ=MONTHLY" and number == 7:
        with moment.at(at):
            order.move("skip", person, reason="客戶機房搬遷，本月由搬遷驗收代替。")
        return
    with moment.at(at):
        order.move("start", person)
    with moment.at(at + dt.timedelta(minutes=35)):
        for item in OrderItem.objects.filter(order=order):
            _answer(world, item, person)
        order.move("complete", person, result="已完成，現場整潔。")


def _answer(world: World, item: OrderItem, person: Any) -> None:
    if item.kind == PlanStep.Kind.READING:
        top = float(item.upper or 100)
        value = world.dice.uniform(0.72, 0.97) * top if world.dice.random() < 0.92 else top * 1.08
        item.value = Decimal(round(value, 1)).quantize(Decimal("0.1"))
        if item.out_of_limits:
            item.remark = "已調整並複測，持續觀察。"
    else:
        item.answer = OrderItem.Answer.OK
    item.save_as(person)
