"""Telephone calls of the demo company: behind tickets that came by telephone, questions, a wrong number, one parked."""

from __future__ import annotations

import datetime as dt

from opscharter.demo.life import World
from opscharter.kernel import moment
from opscharter.kernel.access.actor import Actor
from opscharter.organization.models import Employee
from opscharter.service.hotline import services
from opscharter.service.hotline.models.draft import keep
from opscharter.service.hotline.outcomes import Outcome
from opscharter.service.tickets.models import Incident, ServiceRequest

CALLS = 30
"""Of each kind of ticket so many of the last ones had their call."""
QUESTIONS = [
    ("詢問本月巡檢時間，已告知為本月第三週。", "answered"), ("確認維護窗口是否影響結算，已解釋不影響。", "answered"),
    ("打錯號碼，找的是另一家公司。", "wrong-number"), ("索要上月服務報告，已轉客戶經理發送。", "answered"),
    ("接通後無聲，對方掛斷。", "hung-up"), ("詢問VPN客戶端下載地址，已發送指引。", "answered"),
]  # fmt: skip


def live_at_the_hotline(world: World) -> None:
    """Take the calls of the last months by the real steps, each at its time."""
    for model in (Incident, ServiceRequest):
        rows = model.objects.filter(channel="phone").select_related("contact", "customer")
        for ticket in rows.order_by("-opened_at", "-pk")[:CALLS]:
            _call_behind(world, ticket)
    for number, (note, outcome) in enumerate(QUESTIONS):
        _question(world, world.until - dt.timedelta(hours=5 + 20 * number), note, outcome)
    _one_parked(world)


def _call_behind(world: World, ticket: Incident | ServiceRequest) -> None:
    """The caller described it, the agent recorded it while they talked, sometimes a little later."""
    agent, said = world.hotline(), world.dice.uniform(1.5, 6)
    late = world.dice.random() < 0.04
    contact = ticket.contact
    number = (contact.mobile if world.dice.random() < 0.4 else contact.phone) if contact else ""
    with moment.at(ticket.opened_at - dt.timedelta(minutes=said)):
        call = services.start(number, agent)
    if late:
        with moment.at(ticket.opened_at - dt.timedelta(minutes=said / 2)):
            call.move("hang-up", agent)
    with moment.at(ticket.opened_at + dt.timedelta(minutes=8 if late else 0)):
        services.join(call, agent, ticket.number, f"{call.caller}來電：{ticket.title}。")
        call.move("close", agent, outcome=Outcome.TICKET, note=call.note)


def _question(world: World, at: dt.datetime, note: str, outcome: str) -> None:
    agent, answered = world.hotline(), outcome == Outcome.ANSWERED
    customer = world.dice.choice(world.company.customers)
    contact = world.dice.choice(world.company.contacts[customer.pk])
    number = contact.phone if answered else f"021-{world.dice.randrange(50_000_000, 69_999_999)}"
    with moment.at(at):
        call = services.start(number, agent)
    with moment.at(at + dt.timedelta(minutes=world.dice.uniform(1, 5))):
        call.move("close", agent, outcome=outcome, note=note)


def _one_parked(world: World) -> None:
    """A caller waits at this moment, and the words typed so far wait with them."""
    person = Employee.objects.filter(user__username="hotline").first()
    if person is None:
        return
    agent: Actor = world.actor(person)
    contact = world.company.contacts[world.company.customers[1].pk][0]
    with moment.at(world.until - dt.timedelta(minutes=6)):
        call = services.start(contact.mobile, agent)
    with moment.at(world.until - dt.timedelta(minutes=3)):
        keep(call, {"kind": ["incident"], "title": ["郵件收發緩慢"], "description": ["今晨起外發郵件延遲約二十分鐘。"]})
        call.move("park", agent)
