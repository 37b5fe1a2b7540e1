"""A year of changes: most go well, some are verified late, one is rolled back, each lived through the real moves."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from opscharter.customers.models import Customer
from opscharter.demo import names
from opscharter.demo.life import World
from opscharter.kernel import moment
from opscharter.kernel.access.actor import Actor, system_actor
from opscharter.kernel.approvals.requests import latest, vote
from opscharter.organization.models import Employee, EmployeeRole, Role
from opscharter.service.changes.execution import begin_step, end_step
from opscharter.service.changes.models import Change, ChangeTask

PLANS = {
    "DB": (
        "數據庫參數調整", "調整緩衝池與連接上限",
        ["檢查備份有效", "修改參數並重載", "驗證連接與慢查詢"], ["恢復原參數文件", "重載並驗證"],
    ),
    "NET": (
        "核心交換機固件升級", "升級至廠商推薦版本",
        ["備份配置", "升級備機並切換", "升級主機並切回", "驗證路由與鏈路"], ["切回舊版本分區", "導入配置備份"],
    ),
    "PAY": (
        "支付網關擴容", "新增兩個網關節點",
        ["新增節點並健檢", "接入負載均衡", "壓測與觀察"], ["摘除新增節點", "恢復負載策略"],
    ),
    "WEB": ("門戶證書續期", "更換即將到期的證書", ["簽發新證書", "更換並重載", "外部驗證"], ["換回舊證書"]),
    "VM": (
        "宿主機補丁", "安裝季度安全補丁",
        ["遷移虛擬機", "安裝補丁並重啟", "遷回並驗證"], ["回退補丁", "遷回虛擬機"],
    ),
    "MAIL": ("郵件網關升級", "升級反垃圾引擎", ["備份配置", "升級引擎", "收發驗證"], ["回退版本"]),
    "FW": ("防火牆策略整理", "合併重複策略", ["導出策略", "合併並下發", "業務驗證"], ["恢復策略備份"]),
}  # fmt: skip
"""Title, content, steps of the plan and of the way back, by service."""
LATE = (5, 14)
"""Which changes are verified too late."""
ROLLED_BACK = 9


def live_changes(world: World, begin: dt.datetime, many: int) -> None:
    """Let so many changes be lived through between `begin` and the world's end, the last ones still open."""
    world = replace(world, dice=random.Random(341))
    actor = system_actor("demo")
    board = _seat_the_board(world, begin, actor)
    manager = next(person for person in world.company.employees if person.post.title == "變更經理")
    span = (world.until - begin) / many
    for number in reversed(range(many)):
        day = moment.in_office(begin + span * number + span / 2)
        _live(world, number, many, day.replace(hour=10, minute=0, second=0, microsecond=0), manager, board)


def _seat_the_board(world: World, begin: dt.datetime, actor: Actor) -> list[Employee]:
    role = Role.objects.get(code="advisory-board")
    heads = [world.company.departments[code].head for code in ("SYS", "NET", "DBA", "SUP", "SEC")]
    board = [head for head in heads if head is not None]
    with moment.at(begin):
        for person in board:
            EmployeeRole(employee=person, role=role, valid_from=moment.in_office(begin).date()).save_as(actor)
    return board


def _serving(world: World, code: str) -> list[Customer]:
    return [customer for customer in world.company.customers if (customer.pk, code) in world.company.assets]


def _live(world: World, number: int, many: int, asked: dt.datetime, manager: Employee, board: list[Employee]) -> None:
    dice = world.dice
    code = sorted(PLANS)[number % len(PLANS)]
    customer = dice.choice(_serving(world, code) or world.company.customers)
    service = world.company.services[code]
    team = [person for person in world.company.employees if person.department_id == service.team_id]
    engineer, requester = dice.sample(team, 2)
    with moment.at(asked):
        change = _asked(world, number, code, customer, requester)
    if number == many - 1:
        return
    start = (asked + dt.timedelta(days=4)).replace(hour=22)
    with moment.at(asked + dt.timedelta(hours=5)):
        _planned(world, change, code, engineer, start, risky=number % 4 == 0)
    if number == many - 2:
        return
    with moment.at(asked + dt.timedelta(days=1)):
        change.move("propose", world.actor(engineer))
        voters = board if (change.risk or 0) >= 12 else [manager]
        _vote(world, change, [person for person in voters if person.pk not in (engineer.pk, requester.pk)])
    change.refresh_from_db()
    if change.state == "APPROVED" and start < world.until:
        _carried_out(world, number, change, engineer, manager, start)


def _asked(world: World, number: int, code: str, customer: Customer, requester: Employee) -> Change:
    title, content, _plan, _back = PLANS[code]
    service = world.company.services[code]
    change = Change(
        title=f"{customer.short_name}{title}", reason=world.dice.choice(names.NOTES), content=content,
        scope_note=world.dice.choice(names.SCOPES), customer=customer, service=service, requester=requester,
    )  # fmt: skip
    actor = world.actor(requester)
    change.save_as(actor, links={"assets": world.company.assets.get((customer.pk, code), [])})
    change.move("submit", actor)
    return change


def _planned(world: World, change: Change, code: str, engineer: Employee, start: dt.datetime, *, risky: bool) -> None:
    _title, _content, plan, back = PLANS[code]
    actor = world.actor(engineer)
    likelihood, impact = (3, 4) if risky else (world.dice.choice((1, 2)), world.dice.choice((2, 3)))
    change.move(
        "assess", actor, feasibility="feasible", feasibility_note="測試環境已演練。",
        likelihood=likelihood, impact=impact, risk_note="先備份，雙人複核。",
    )  # fmt: skip
    for phase, actions, minutes in (("plan", plan, 15), ("rollback", back, 10)):
        for position, action in enumerate(actions, start=1):
            ChangeTask(
                change=change, phase=phase, position=position, action=action, owner=engineer, minutes=minutes,
                expected="結果正常，無告警",
            ).save_as(actor)  # fmt: skip
    change.refresh_from_db()
    change.engineer, change.rollback_trigger = engineer, "任一驗證步驟失敗，或超時十分鐘。"
    change.window_start, change.window_end = start, start + dt.timedelta(hours=2)
    change.save_as(actor)


def _vote(world: World, change: Change, voters: Iterable[Employee]) -> None:
    for person in voters:
        request = latest(change, "approve")
        if request is None or request.state != "open":
            return
        vote(request, change, world.actor(person), "approve", "同意。")


def _carried_out(
    world: World, number: int, change: Change, engineer: Employee, manager: Employee, start: dt.datetime
) -> None:
    actor = world.actor(engineer)
    with moment.at(start):
        change.move("start", actor)
    at = start
    steps = list(change.steps.filter(phase="plan").order_by("position"))
    for step in steps:
        fails = number == ROLLED_BACK and step is steps[-1]
        at = _step(step, actor, at, world.dice.uniform(7, 15), "failed" if fails else "done")
    if number == ROLLED_BACK:
        with moment.at(at):
            change.refresh_from_db()
            change.move("roll-back", actor, reason="驗證失敗，按觸發條件回退。")
        for step in change.steps.filter(phase="rollback").order_by("position"):
            at = _step(step, actor, at, world.dice.uniform(6, 11), "done")
    with moment.at(at):
        change.refresh_from_db()
        change.move("rolled-back" if number == ROLLED_BACK else "finish", actor)
    _followed_up(world, number, change, actor, world.actor(manager))


def _step(step: Any, actor: Actor, at: dt.datetime, minutes: float, result: str) -> dt.datetime:
    with moment.at(at):
        begun = begin_step(step, actor)
    end = at + dt.timedelta(minutes=minutes)
    with moment.at(end):
        end_step(begun, actor, result, "" if result == "done" else "驗證未通過。")
    return end


def _followed_up(world: World, number: int, change: Change, actor: Actor, manager: Actor) -> None:
    finished = change.finished_at
    assert finished is not None
    verified = world.office.add_days(finished, 5 if number in LATE else 1)
    if verified > world.until:
        return
    with moment.at(verified):
        change.move("verify", manager, verification="監控無異常，業務方確認。")
        change.move(
            "evaluate",
            actor,
            evaluation="按計劃完成。" if change.outcome == "done" else "未達目標，需重新設計驗證步驟。",
        )
        if change.review_due_at is not None:
            change.move("review", manager, review_findings="測試環境與生產不一致。", review_actions="補齊測試環境。")
        change.move("close", manager)
