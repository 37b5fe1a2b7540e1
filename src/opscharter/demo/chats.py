"""How the demo company chats with its customers: a year of conversations, and a few that run right now."""

from __future__ import annotations

import datetime as dt
from typing import Any

from opscharter.customers.models import Contact
from opscharter.demo.life import World
from opscharter.kernel import moment
from opscharter.kernel.access.actor import Actor, system_actor
from opscharter.service.chat import doors
from opscharter.service.chat.conversation import say
from opscharter.service.chat.filing import make_ticket
from opscharter.service.chat.models import ChatDesk
from opscharter.service.chat.watching import warn_of_waiting

YEAR = 18
"""Chats of the year before today."""
TALKS: list[tuple[str, str, str, str]] = [
    ("郵箱登不進去，提示密碼過期", "您好，我是值班坐席。我先替您核對帳號。", "好的，工號是 A1023。", "incident"),
    ("請幫忙開通一個 VPN 帳號", "收到，請問使用人與有效期？", "使用人王工，到月底。", "request"),
    ("月報什麼時候能看到？", "每月五日前發布，您在「服務報告」裡可以直接查看。", "看到了，謝謝。", "answered"),
    ("交易前置機響應很慢，大概從九點開始", "我馬上看監控，請稍等。", "其他同事也反映了。", "incident"),
    ("想增加兩台虛擬機的磁盤", "可以，請告訴我主機名與容量。", "app-03、app-04 各加 100G。", "request"),
    ("打印機一直脫機", "請先重啟打印服務；我在線等您結果。", "好了！", "answered"),
    ("這週六的變更會影響我們嗎？", "我查一下變更日曆：影響範圍不含貴司。", "那就放心了。", "answered"),
]
PRAISE = ["回覆很快", "解釋得清楚", "", "", "等得久了些"]


def live_chats(world: World, begin: dt.datetime) -> None:
    """Open the desk, live the year's chats one after the other, and leave some open at its end."""
    with moment.at(begin):
        desk = ChatDesk(
            name="服務台在線客服", code="service-desk", team=world.company.departments["DESK"],
            greeting="您好，這裡是華瑞運維服務台。", visitors=True, answer_seconds=60,
        ).save_as(system_actor("demo"))  # fmt: skip
    span = (world.until - begin) - dt.timedelta(days=2)
    for number in range(YEAR):
        at = world.office.first_moment(begin + span * ((number + 0.5) / YEAR)) + dt.timedelta(minutes=number % 5 * 7)
        _talk(world, desk, at, TALKS[number % len(TALKS)])
    _right_now(world, desk)


def _guest(world: World) -> tuple[Contact, Actor]:
    contact = world.dice.choice(world.company.contacts[world.dice.choice(world.company.customers).pk])
    return contact, doors.at_the_door(Actor(user=contact.user), contact.name)


def _talk(world: World, desk: ChatDesk, at: dt.datetime, words: tuple[str, str, str, str]) -> None:
    dice, (asks, answers, adds, becomes) = world.dice, words
    contact, guest = _guest(world)
    agent = world.hotline()
    with moment.at(at):
        chat = doors.begin(desk, guest, asks, contact=contact)
    waits = dice.choice([12, 18, 25, 31, 40, 55]) if dice.random() < 0.94 else 150
    if waits > desk.answer_seconds:
        with moment.at(at + dt.timedelta(seconds=desk.answer_seconds + 10)):
            warn_of_waiting()
    with moment.at(at + dt.timedelta(seconds=waits)):
        chat.refresh_from_db()
        chat.move("take", agent)
        say(chat, agent, answers)
    with moment.at(at + dt.timedelta(seconds=waits + 60)):
        say(chat, guest, adds)
    with moment.at(at + dt.timedelta(minutes=6)):
        chat.refresh_from_db()
        if becomes in ("request", "incident"):
            ticket: Any = make_ticket(chat, becomes, agent, urgency=2)
            say(chat, agent, f"已登記為 {ticket.number}，有進展會通知您。")
            chat.refresh_from_db()
            chat.move("end", agent)
        else:
            chat.move("end", agent, outcome=becomes)
        if dice.random() < 0.7:
            rating = dice.choice([5, 5, 5, 4, 4, 3])
            chat.move("rate", guest, rating=rating, rating_text=dice.choice(PRAISE) if rating > 3 else PRAISE[-1])


def _right_now(world: World, desk: ChatDesk) -> None:
    """Leave two customers waiting, one in talk with the agent one can sign in as, and a visitor's message."""
    agent = next(world.actor(person) for person in world.company.employees if person.name == "王雅婷")
    people = [world.company.contacts[customer.pk][1] for customer in world.company.customers[:3]]
    plan = [(9, people[0], TALKS[3][0]), (2, people[1], TALKS[1][0]), (1, people[2], TALKS[5][0])]
    for minutes, contact, asks in plan:
        with moment.at(world.until - dt.timedelta(minutes=minutes)):
            guest = doors.at_the_door(Actor(user=contact.user), contact.name)
            chat = doors.begin(desk, guest, asks, contact=contact)
            if minutes == 9:
                chat.move("take", agent)
                say(chat, agent, TALKS[3][1])
                say(chat, guest, TALKS[3][2])
    with moment.at(world.until - dt.timedelta(hours=9)):
        who: dict[str, Any] = {"visitor_name": "趙先生", "visitor_email": "zhao@visitor.example"}
        left = doors.begin(desk, Actor(via="chat"), "貴司在蘇州是否提供駐場運維？請回電。", **who)
        left.move("leave-message", system_actor("demo"))
    with moment.at(world.until):
        warn_of_waiting()
