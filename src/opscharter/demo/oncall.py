"""Rosters of the demo company, its hand-overs, and a page that was answered."""

from __future__ import annotations

import datetime as dt

from opscharter.demo.life import World
from opscharter.kernel import moment
from opscharter.kernel.access.actor import Actor
from opscharter.service.oncall.models import (
    EscalationStep,
    Roster,
    RosterOverride,
    RosterShift,
    ShiftHandover,
    ShiftMember,
)
from opscharter.service.oncall.paging import page_on_call
from opscharter.service.tickets.models import Incident

TEAMS = ("SYS", "NET", "DBA")
LOGS = ["夜間告警三起，均已恢復；備份任務正常。", "支付鏈路抖動一次，已觀察兩小時。", "無重大事件，巡檢完成。"]
STEPS = [(1, "1"), (5, "2"), (10, "head")]


def live_on_call(world: World, begin: dt.datetime, actor: Actor) -> None:
    """Write the rosters, hand over every week of the year, and call for one open incident."""
    for code in TEAMS:
        with moment.at(begin):
            roster = _roster(world, code, begin, actor)
        people = world.company.team(code)
        if len(people) < 2:
            continue
        at, week = begin + dt.timedelta(days=7), 0
        while at < world.until:
            _hand_over(world, roster, at, week)
            at, week = at + dt.timedelta(days=28), week + 1
    with moment.at(world.until):
        team_ids = [world.company.departments[code].pk for code in TEAMS]
        urgent = Incident.objects.filter(team_id__in=team_ids).order_by("priority", "-opened_at").first()
        if urgent is not None:
            page_on_call(urgent, "P1 無人應答")


def _roster(world: World, code: str, begin: dt.datetime, actor: Actor) -> Roster:
    team = world.company.departments[code]
    contract = world.company.customers[0].contracts.select_related("calendar").first()
    assert contract is not None
    roster = Roster(name=f"{team.name}值班表", team=team, calendar=contract.calendar).save_as(actor)
    people = world.company.team(code)[:6]
    for level in (1, 2):
        shift = RosterShift(roster=roster, name=("主值班", "備值班")[level - 1], level=level, since=begin.date())
        shift.save_as(actor)
        for position, person in enumerate([*people[level:], *people[:level]], start=1):
            ShiftMember(shift=shift, position=position, employee=person).save_as(actor)
    for minutes, whom in STEPS:
        EscalationStep(roster=roster, minutes=minutes, whom=whom).save_as(actor)
    RosterOverride(
        roster=roster,
        begins_at=world.until,
        ends_at=world.until + dt.timedelta(days=1),
        employee=people[0],
        reason="調班",
    ).save_as(actor)
    return roster


def _hand_over(world: World, roster: Roster, at: dt.datetime, week: int) -> None:
    people = world.company.team({t.pk: c for c, t in world.company.departments.items()}[roster.team_id])[:6]
    giver, taker = people[week % len(people)], people[(week + 1) % len(people)]
    with moment.at(at):
        handover = ShiftHandover(roster=roster, outgoing=giver, incoming=taker, log=LOGS[week % len(LOGS)])
        handover.save_as(world.actor(giver))
        handover.move("offer", world.actor(giver))
        if week % 9 == 5:
            handover.move("refuse", world.actor(taker), reason="待辦未說明客戶聯繫人。")
        else:
            handover.move("accept", world.actor(taker))
