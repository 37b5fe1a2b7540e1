"""Contingency plans of the demo company, and its emergencies run by them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from opscharter.demo.life import World
from opscharter.kernel import moment
from opscharter.kernel.access.actor import Actor, system_actor
from opscharter.kernel.errors import Refused
from opscharter.service.emergencies import services
from opscharter.service.emergencies.models import ContingencyPlan, ContingencyStep, Emergency
from opscharter.service.tickets.models import Incident

PLANS: list[tuple[str, str, str, list[tuple[str, str, int]]]] = [
    ("EP-01", "一般緊急故障", "", [
        ("確認影響面並上報服務經理", "handler", 10), ("通知客戶接口人", "account-manager", 15),
        ("止損：切換備用或回退最近變更", "handler", 30), ("評估是否需要廠商支援", "team-head", 45),
        ("恢復後觀察三十分鐘", "handler", 120),
    ]),
    ("EP-03", "支付類業務中斷", "PAY", [
        ("開通會議橋，點名到位", "commander", 5), ("向受影響商戶發首次通報", "communications", 10),
        ("切換備用網關節點", "handler", 20), ("核對在途交易並凍結對賬", "team-head", 40),
        ("恢復後抽測下單與退款", "handler", 90), ("覆盤材料歸檔", "service-manager", 240),
    ]),
    ("EP-05", "核心數據庫不可用", "DB", [
        ("確認主從狀態，禁止寫入", "handler", 5), ("決定是否切主", "commander", 15),
        ("切換主庫並驗證複製", "handler", 30), ("通知應用方重連", "communications", 35),
        ("補做全量備份", "handler", 180),
    ]),
    ("EP-07", "辦公網絡大面積中斷", "NET", [
        ("判斷故障域：核心、匯聚或出口", "handler", 10), ("啟用備用出口", "handler", 25),
        ("現場張貼通告並通知行政", "communications", 30), ("更換故障設備", "team-head", 120),
    ]),
]  # fmt: skip
STARTED = "{customer}您好：{service}出現緊急故障（{number}），我們已啟動應急預案，專人處理中，三十分鐘內再次通報。"
PROGRESS = "{customer}您好：{number} 仍在處理，故障範圍已鎖定，正在切換備用；下次通報不晚於三十分鐘後。"
RESOLVED = "{customer}您好：{number}（{title}）已恢復並完成測試，請您確認業務是否正常。"
CONTACTS = "機房值班 021-55550100\n設備廠商熱線 400-820-0001\n雲平台值班 021-55550188"
LESSONS = [
    "連接池告警閾值偏高，告警晚於客戶投訴；已下調並補充撥測。", "切換腳本只有一人會用，安排兩次演練並寫入知識庫。",
    "首次通報用時過長，改由值班經理先發模板。",
]  # fmt: skip


def prepare(world: World, begin: dt.datetime) -> None:
    """Write the plans and put them into force before the year begins; one is in its second edition."""
    actor = world.actor(_service_manager(world))
    with moment.at(begin):
        sketch = ContingencyPlan(code="EP-09", title="機房斷電", purpose="市電與備用電源同時失效時。").save_as(actor)
        ContingencyStep(plan=sketch, title="聯繫機房確認恢復時間", role="handler", minutes=10).save_as(actor)
        for code, title, service, steps in PLANS:
            plan = ContingencyPlan(
                code=code, title=title, service=world.company.services.get(service), contacts=CONTACTS,
                purpose=f"適用於{title}，影響多個客戶或核心業務時。", text_started=STARTED, text_update=PROGRESS,
                text_resolved=RESOLVED, review_on=(begin + dt.timedelta(days=480 if code != "EP-07" else 340)).date(),
            ).save_as(actor)  # fmt: skip
            for position, (step, role, minutes) in enumerate(steps, start=1):
                ContingencyStep(plan=plan, position=position, title=step, role=role, minutes=minutes).save_as(actor)
            plan.move("put-into-force", actor)
    with moment.at(begin + dt.timedelta(days=60)):
        plan.move("revise", actor)
        draft = ContingencyPlan.objects.get(code=plan.code, edition=2)
        ContingencyStep(plan=draft, position=9, title="恢復後核對無線認證", role="handler", minutes=150).save_as(actor)
        draft.move("put-into-force", actor)


def _service_manager(world: World) -> Any:
    return next(person for person in world.company.employees if person.post.title == "服務經理")


def settle(world: World) -> None:
    """Let the tasks of past emergencies be done, mostly in time, and most emergencies be reviewed."""
    house = system_actor("demo")
    rooms = Emergency.objects.select_related("incident").order_by("started_at", "pk")
    for room in rooms.prefetch_related("tasks__owner"):
        for task in room.tasks.order_by("due_at", "pk"):
            span = task.due_at - room.started_at
            at = room.started_at + span * min(1.8, world.around(0.62, 0.35))
            if at < world.until:
                with moment.at(at):
                    task.move("done", world.actor(task.owner), note="")
        over = room.incident.resolved_at
        if over is None or over + dt.timedelta(minutes=4) > world.until:
            continue
        with moment.at(over + dt.timedelta(minutes=3)):
            services.close(room, house)
        review = over + dt.timedelta(days=world.dice.choice([1, 2, 2, 3, 5, 9]))
        if review < world.until and world.dice.random() < 0.9:
            with moment.at(review):
                _review(room, world.actor(room.commander) if room.commander else house, world.dice.choice(LESSONS))


def _review(room: Emergency, actor: Actor, lessons: str) -> None:
    try:
        room.move("review", actor, lessons=lessons)
    except Refused:
        for task in room.tasks.filter(state="OPEN"):
            task.move("skip", actor, reason="故障已先行恢復，無需執行。")
        room.move("review", actor, lessons=lessons)


def run_one_now(world: World) -> Emergency:
    """Let a major incident be under way at the end of the year: declared, told, with tickets of several customers."""
    begun = world.until - dt.timedelta(minutes=52)
    served = [c for c in world.company.customers if (c.pk, "PAY") in world.company.assets][:5]
    house = world.hotline()
    engineer = next(person for person in world.company.employees if person.name == "李敏")
    with moment.at(begun):
        tickets = [_ticket(world, customer, 1 if n == 0 else 2) for n, customer in enumerate(served)]
    main = tickets[0]
    with moment.at(begun + dt.timedelta(minutes=2)):
        main.move("assign", house, team=engineer.department, assignee=engineer)
    with moment.at(begun + dt.timedelta(minutes=5)):
        main.refresh_from_db()
        main.move("declare", house, reason="多家商戶同時報障，影響面大。")
    room = Emergency.objects.get(incident=main)
    actor = world.actor(engineer)
    with moment.at(begun + dt.timedelta(minutes=9)):
        main.refresh_from_db()
        main.move("assess", actor, category="應用", severity="致命", scope_note="全部商戶", impact=1, urgency=1)
        services.join(room, tickets[1:], actor)
    with moment.at(begun + dt.timedelta(minutes=12)):
        room.refresh_from_db()
        leader = world.actor(room.commander) if room.commander else actor
        room.move("hand-over", leader, meeting="會議橋 021-55550166，密碼 3301", commander=room.commander,
                  communications=room.communications, situation="網關連接池耗盡，正在切換備用節點。")  # fmt: skip
    with moment.at(begun + dt.timedelta(minutes=33)):
        services.tell_customers(room, actor, PROGRESS)
        main.refresh_from_db()
        main.plan = "一、切換備用節點。二、擴大連接池。三、觀察三十分鐘並補發回調。"
        main.save_as(actor)
        main.comment_as(actor, "抓包看到大量重傳，懷疑昨晚調整過的連接參數。")
    for task in room.tasks.order_by("due_at", "pk")[:3]:
        with moment.at(min(task.due_at - dt.timedelta(minutes=1), world.until)):
            task.move("done", world.actor(task.owner), note="")
    return room


def _ticket(world: World, customer: Any, impact: int) -> Incident:
    incident = Incident(
        title="支付網關大面積超時，交易失敗率上升",
        description=f"{customer.short_name}報告：付款頻繁超時，商戶無法下單。",
        customer=customer, contact=world.company.contacts[customer.pk][0], service=world.company.services["PAY"],
        channel="monitoring" if impact == 1 else "phone", impact=impact, urgency=1,
    )  # fmt: skip
    return incident.save_as(world.hotline(), links={"assets": world.company.assets[customer.pk, "PAY"]})
