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
from opscharter.kernel.approvals.requests import latest, open_request, vote
from opscharter.organization.models import Employee, EmployeeRole, Role
from opscharter.service.changes.conflicts import diary_of
from opscharter.service.changes.execution import begin_step, end_step
from opscharter.service.changes.models import (
    BoardMeeting,
    Change,
    ChangeFreeze,
    ChangeTask,
    ChangeTemplate,
    ChangeWindow,
    UnauthorisedChange,
)

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
LENGTH = dt.timedelta(hours=2)
LATE = (5, 14)
"""Which changes are verified too late."""
ROLLED_BACK = 9


def live_changes(world: World, begin: dt.datetime, many: int) -> None:
    """Let so many changes be lived through between `begin` and the world's end, the last ones still open."""
    world = replace(world, dice=random.Random(341))
    actor = system_actor("demo")
    board = _seat_the_board(world, begin, actor)
    manager = next(person for person in world.company.employees if person.post.title == "變更經理")
    _calendar(world, actor)
    span = (world.until - begin) / many
    for number in reversed(range(many)):
        day = moment.in_office(begin + span * number + span / 2)
        _live(world, number, many, day.replace(hour=10, minute=0, second=0, microsecond=0), manager, board)
    _standard(world, begin, board, manager)
    _emergencies(world, begin, manager)
    _meetings(world, begin, board)
    _found_by_audit(world)


def _calendar(world: World, actor: Actor) -> None:
    """Agree weekly windows with three customers, freeze the quarter's end and one customer's closing."""
    first, *others = world.company.customers[:4]
    for customer in others:
        for weekday in range(1, 8):
            ChangeWindow(customer=customer, weekday=weekday, begins="21:00", minutes=300).save_as(actor)
    end = moment.in_office(world.until).replace(hour=0, minute=0)
    ChangeFreeze(
        name="季末封網", starts_at=end + dt.timedelta(days=12), ends_at=end + dt.timedelta(days=14),
        reason="季末結算期間全公司停止變更。",
    ).save_as(actor)  # fmt: skip
    ChangeFreeze(
        name=f"{first.short_name}月結", customer=first, starts_at=end - dt.timedelta(days=40),
        ends_at=end - dt.timedelta(days=39), reason="客戶月結。",
    ).save_as(actor)  # fmt: skip


def _standard(world: World, begin: dt.datetime, board: list[Employee], manager: Employee) -> None:
    """The board approves the renewal of certificates once for all; some are then renewed by the template."""
    title, content, plan, back = PLANS["WEB"]
    rows = [("plan", 10, action) for action in plan] + [("rollback", 5, action) for action in back]
    template = ChangeTemplate(
        title=title, reason="證書到期前例行更換。", content=content, scope_note="單個站點，中斷少於一分鐘。",
        service=world.company.services["WEB"], rollback_trigger="外部驗證失敗。",
        steps=[{"phase": p, "action": action, "minutes": m, "expected": "驗證通過"} for p, m, action in rows],
    )  # fmt: skip
    with moment.at(begin + dt.timedelta(days=3)):
        template.save_as(world.actor(manager))
        request = open_request(template, "approve", world.actor(manager))
        for person in board[:3]:
            vote(request, template, world.actor(person), "approve", "同意。")
        template.move("approve", world.actor(manager))
    for number, customer in enumerate(_serving(world, "WEB")[:5], start=1):
        asked = moment.in_office(begin + dt.timedelta(days=60 * number)).replace(hour=11, minute=0)
        if asked + dt.timedelta(days=10) < world.until:
            _by_template(world, template, customer, asked, manager)


def _by_template(
    world: World, template: ChangeTemplate, customer: Customer, asked: dt.datetime, manager: Employee
) -> None:
    engineer = world.dice.choice(team_of(world, "WEB"))
    actor = world.actor(engineer)
    with moment.at(asked):
        change = Change(
            title=f"{customer.short_name}{template.title}", kind="standard", template=template, customer=customer,
            requester=engineer,
        ).save_as(actor, links={"assets": world.company.assets[customer.pk, "WEB"]})  # fmt: skip
        start = free_evening(world, change, engineer, asked + dt.timedelta(days=1))
        change.refresh_from_db()
        change.move("schedule", actor, engineer=engineer, window_start=start, window_end=start + LENGTH)
    _carried_out(world, -1, change, engineer, manager, start)


def team_of(world: World, code: str) -> list[Employee]:
    """Return the people of the team that serves a service."""
    team = world.company.services[code].team_id
    return [person for person in world.company.employees if person.department_id == team]


def _workday(world: World, day: dt.datetime, hour: int) -> dt.datetime:
    """Return that hour of the day, or of the next one that neither is a day off nor precedes one."""
    local = moment.in_office(day)
    while not all(world.office.is_workday((local + dt.timedelta(days=n)).date()) for n in (0, 1)):
        local += dt.timedelta(days=1)
    return local.replace(hour=hour, minute=0, second=0, microsecond=0)


def _emergencies(world: World, begin: dt.datetime, manager: Employee) -> None:
    """Two emergency changes: one approved in time afterwards, one that the change manager rejects."""
    for number, (code, days, answer) in enumerate((("PAY", 110, "approve"), ("FW", 250, "reject"))):
        at = _workday(world, begin + dt.timedelta(days=days), 3)
        engineer, requester = world.dice.sample(team_of(world, code), 2)
        customer = _serving(world, code)[0]
        with moment.at(at):
            change = ask_for(world, number, code, customer, requester, kind="emergency")
            _write_plan(change, code, engineer, at)
            change.move("start-emergency", world.actor(engineer))
        _carried_out(world, -1, change, engineer, manager, at, afterwards=answer)


def _meetings(world: World, begin: dt.datetime, board: list[Employee]) -> None:
    """The board meets every two months, and has its next meeting before it."""
    chair, step = board[0], dt.timedelta(days=60)
    days = [begin + step * number for number in range(1, 7)] + [world.until + dt.timedelta(days=7)]
    for number, day in enumerate(days, start=1):
        meets = _workday(world, day, 15)
        with moment.at(min(meets, world.until)):
            meeting = BoardMeeting(subject="變更委員會例會", meets_at=meets, place="一號會議室", chair=chair)
            changes = Change.objects.filter(created_at__lt=meets, created_at__gt=meets - step).order_by("pk")[:4]
            links: dict[str, Any] = {"changes": list(changes), "attendees": board[: 3 + number % 3]}
            meeting.save_as(system_actor("demo"), links=links)
            if meets < world.until:
                meeting.move("hold", system_actor("demo"), minutes="逐項討論風險與回滾方案，表決見各變更。")


def _found_by_audit(world: World) -> None:
    """An audit finds a firewall rule that nobody asked for."""
    customer = _serving(world, "FW")[0]
    actor = system_actor("demo")
    with moment.at(world.until - dt.timedelta(days=70)):
        found = UnauthorisedChange(
            title="防火牆新增放行規則無變更記錄", source="audit", description="抽查發現一條放行規則沒有對應的變更。",
            asset=world.company.assets[customer.pk, "FW"][0], customer=customer,
            team=world.company.services["FW"].team,
        ).save_as(actor)  # fmt: skip
    with moment.at(world.until - dt.timedelta(days=66)):
        found.move("explain", actor, explanation="值班時應客戶口頭要求臨時放行，未補變更。")
        found.move("settle", actor, measures="刪除規則；重申緊急變更須在 24 小時內補批。")


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
        change = ask_for(world, number, code, customer, requester)
    if number == many - 1:
        return
    start = free_evening(world, change, engineer, asked + dt.timedelta(days=4))
    with moment.at(asked + dt.timedelta(hours=5)):
        plan_it(world, change, code, engineer, start, risky=number % 4 == 0)
    if number == many - 2:
        return
    with moment.at(asked + dt.timedelta(days=1)):
        change.move("propose", world.actor(engineer))
        voters = board if (change.risk or 0) >= 12 else [manager]
        let_vote(world, change, [person for person in voters if person.pk not in (engineer.pk, requester.pk)])
    change.refresh_from_db()
    if change.state == "APPROVED" and start < world.until:
        _carried_out(world, number, change, engineer, manager, start)


def free_evening(world: World, change: Change, engineer: Employee, day: dt.datetime) -> dt.datetime:
    """Return ten in the evening of the next working day on which nothing stands in the way."""
    start = _workday(world, day, 22)
    change.engineer = engineer
    while diary_of(change, start, start + LENGTH).conflicts(start, start + LENGTH):
        start = _workday(world, start + dt.timedelta(days=1), 22)
    return start


def ask_for(
    world: World, number: int, code: str, customer: Customer, requester: Employee, kind: str = "normal"
) -> Change:
    title, content, _plan, _back = PLANS[code]
    service = world.company.services[code]
    change = Change(
        title=f"{customer.short_name}{title}", reason=world.dice.choice(names.NOTES), content=content,
        scope_note=world.dice.choice(names.SCOPES), customer=customer, service=service, requester=requester, kind=kind,
    )  # fmt: skip
    actor = world.actor(requester)
    change.save_as(actor, links={"assets": world.company.assets.get((customer.pk, code), [])})
    if kind == "normal":
        change.move("submit", actor)
    return change


def plan_it(world: World, change: Change, code: str, engineer: Employee, start: dt.datetime, *, risky: bool) -> None:
    likelihood, impact = (3, 4) if risky else (world.dice.choice((1, 2)), world.dice.choice((2, 3)))
    change.refresh_from_db()
    change.move(
        "assess", world.actor(engineer), feasibility="feasible", feasibility_note="測試環境已演練。",
        likelihood=likelihood, impact=impact, risk_note="先備份，雙人複核。",
    )  # fmt: skip
    _write_plan(change, code, engineer, start)


def _write_plan(change: Change, code: str, engineer: Employee, start: dt.datetime) -> None:
    _title, _content, plan, back = PLANS[code]
    actor = system_actor("demo")
    for phase, actions, minutes in (("plan", plan, 15), ("rollback", back, 10)):
        for position, action in enumerate(actions, start=1):
            ChangeTask(
                change=change, phase=phase, position=position, action=action, owner=engineer, minutes=minutes,
                expected="結果正常，無告警",
            ).save_as(actor)  # fmt: skip
    change.refresh_from_db()
    change.engineer, change.rollback_trigger = engineer, "任一驗證步驟失敗，或超時十分鐘。"
    change.window_start, change.window_end = start, start + LENGTH
    change.save_as(actor)


def let_vote(world: World, change: Change, voters: Iterable[Employee]) -> None:
    for person in voters:
        request = latest(change, "approve")
        if request is None or request.state != "open":
            return
        vote(request, change, world.actor(person), "approve", "同意。")


def _carried_out(
    world: World,
    number: int,
    change: Change,
    engineer: Employee,
    manager: Employee,
    start: dt.datetime,
    *,
    afterwards: str = "",
) -> None:
    actor = world.actor(engineer)
    if not afterwards:
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
    request = latest(change, "ratify") if afterwards else None
    if request is not None:
        said = "可聯繫變更經理而未聯繫。" if afterwards == "reject" else "同意補批。"
        with moment.at(start + dt.timedelta(hours=8)):
            vote(request, change, world.actor(manager), afterwards, said)
        change.refresh_from_db()
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
