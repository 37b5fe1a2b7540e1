"""How the demo company's people work together on tickets: macros, links, mentions, watchers, a merge."""

from __future__ import annotations

import datetime as dt
from typing import Any

from opscharter.demo.life import World
from opscharter.kernel import moment
from opscharter.service.tickets import together
from opscharter.service.tickets.lifecycle import OPEN
from opscharter.service.tickets.models import Incident, Macro

MACROS: list[dict[str, Any]] = [
    {"name": "請客戶提供日誌", "step": "wait-customer",
     "text": "{contact}您好，為定位 {number}，請提供故障時段的系統日誌與截圖，收到後立即繼續處理。{me}"},
    {"name": "已安排工程師", "take": True, "text": "{contact}您好，{number} 已由我處理，有進展會及時告知。{me}"},
    {"name": "等待廠商備件", "step": "wait-vendor",
     "text": "{customer}您好，{number} 需更換備件，廠商已發貨，到貨後第一時間更換。"},
    {"name": "交接要點", "reader": "internal", "text": "現象：\n已做：\n待做：\n聯絡：{contact}"},
]  # fmt: skip


def prepare_macros(world: World, begin: dt.datetime) -> None:
    """Write down the replies that everybody uses."""
    manager = next(person for person in world.company.employees if person.post.title == "服務經理")
    with moment.at(begin):
        for macro in MACROS:
            Macro(**macro).save_as(world.actor(manager))


def work_together(world: World) -> None:
    """Link what belongs together among the newest tickets, name colleagues, watch, and merge one reported twice."""
    engineer = next(person for person in world.company.employees if person.name == "李敏")
    fresh = list(
        Incident.objects.filter(state__in=OPEN, parent__isnull=True, emergency__isnull=True).order_by("-pk")[:6]
    )
    if len(fresh) < 3 or engineer.user is None:
        return
    with moment.at(world.until - dt.timedelta(minutes=20)):
        house = world.hotline()
        together.link(fresh[0], fresh[1], "relates", house)
        together.link(fresh[2], fresh[1], "caused-by", house)
        for ticket in fresh[:3]:
            together.watch(ticket, engineer.user)
        fresh[1].comment_as(house, "@李敏 客戶再次來電催問，請先回覆。")
        first = fresh[0]
        again = Incident(
            title=f"{first.title}（重複來電）", description="同一客戶另一位聯絡人再次報障。", customer=first.customer,
            service=first.service, channel="phone", impact=first.impact, urgency=first.urgency,
        ).save_as(house)  # fmt: skip
        again.comment_as(house, "來電人說從早上開始。", visibility="internal")
        again.refresh_from_db()
        again.move("merge", house, merged_into=first)
