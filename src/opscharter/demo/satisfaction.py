"""What the demo company's customers say: answers to surveys, what followed low scores, and complaints."""

from __future__ import annotations

import datetime as dt
from typing import Any

from opscharter.demo.life import World
from opscharter.kernel import moment
from opscharter.kernel.access.actor import Actor
from opscharter.organization.models import Employee
from opscharter.service.complaints.models import Complaint
from opscharter.service.satisfaction.asking import answer, expire
from opscharter.service.satisfaction.models import Survey
from opscharter.service.tickets.models import Incident

SCORES, WEIGHTS = [5, 4, 3, 2, 1], [46, 34, 12, 6, 2]
SAID = {
    5: ["處理及時，說明清楚。", "工程師很專業。", "", ""], 4: ["整體滿意。", "", "進展可以再主動通報。"],
    3: ["一般，等待時間偏長。", ""], 2: ["同樣的故障第二次了。", "電話打了三次才有人跟進。"],
    1: ["影響了當天的業務，無人主動說明。"],
}  # fmt: skip
DONE = ["已致電致歉並說明原因，客戶接受；納入本週早會。", "已安排專人回訪，補上巡檢項。"]
COMPLAINTS = [
    ("故障恢復後沒有書面說明", "上週五的故障恢復後，一直沒有收到原因說明。", "值班交接時遺漏了報告任務", "justified"),
    ("工程師到場遲了一小時", "約定九點到場，實際十點。", "排班未計入跨江路程", "justified"),
    ("月報數字與我方統計不一致", "可用率相差 0.3%。", "雙方對計劃停機的口徑不同", "partly"),
    ("電話無人接聽", "中午連打三次無人接。", "午間只有一名坐席", "justified"),
    ("認為收費不合理", "認為加班工時不應計費。", "合同已約定，但報價單未寫明", "not-justified"),
    ("變更通知太晚", "變更前一天晚上才收到通知。", "通知名單未更新", "justified"),
]  # fmt: skip


def live_satisfaction(world: World) -> None:
    """Let nearly every second survey be answered, follow low scores up, and live the year's complaints."""
    dice = world.dice
    for survey in list(Survey.objects.select_related("contact").order_by("sent_at", "pk")):
        at = survey.sent_at + dt.timedelta(hours=dice.uniform(0.3, 60))
        if dice.random() > 0.48 or at > world.until:
            continue
        score = dice.choices(SCORES, WEIGHTS)[0]
        with moment.at(at):
            answer(survey, score, dice.choice(SAID[score]))
        survey.refresh_from_db()
        settled = world.office.add_days(at, dice.choice([1, 1, 2, 2, 6]))
        if survey.owner is not None and settled < world.until:
            with moment.at(settled):
                survey.move("settle", world.actor(survey.owner), resolution=dice.choice(DONE))
    with moment.at(world.until):
        expire()
    for number, words in enumerate(COMPLAINTS):
        _complain(world, world.until - dt.timedelta(days=320 - number * 60, hours=number), words, late=number == 3)
    _complain(world, world.until - dt.timedelta(hours=5), COMPLAINTS[0], late=False)


def _complain(world: World, at: dt.datetime, words: tuple[str, str, str, str], late: bool) -> None:
    """Live one complaint as far as there has been time for it."""
    dice, (subject, body, cause, outcome) = world.dice, words
    customer = dice.choice(world.company.customers)
    manager = world.actor(_named(world, "吳俊傑"))
    received = world.office.first_moment(min(at, world.until - dt.timedelta(hours=1)))
    with moment.at(min(received, world.until)):
        complaint = Complaint(
            customer=customer, contact=dice.choice(world.company.contacts[customer.pk]), subject=subject, body=body,
            channel=dice.choice(["phone", "email", "visit"]),
        )  # fmt: skip
        ticket = Incident.objects.filter(customer=customer).order_by("-pk").first()
        complaint.save_as(world.hotline(), links={"incidents": [ticket] if ticket else []})
    owner = customer.account_manager or _named(world, "吳俊傑")
    steps: list[tuple[float, str, Actor, dict[str, Any]]] = [
        (0.2, "assign", manager, {"owner": owner}),
        (5.5 if late else 1.5, "reply", world.actor(owner),
         {"reply": "我們已核查並向您致歉，原因與改進措施見附件說明。", "outcome": outcome, "root_cause": cause}),
        (4.0 if not late else 8.0, "close", world.actor(owner), {"customer_answer": "accepted"}),
    ]  # fmt: skip
    for days, step, who, given in steps:
        when = world.office.add(received, dt.timedelta(hours=days * 7.5))
        if when >= world.until:
            return
        with moment.at(when):
            complaint.refresh_from_db()
            complaint.move(step, who, **given)


def _named(world: World, name: str) -> Employee:
    return next(person for person in world.company.employees if person.name == name)
