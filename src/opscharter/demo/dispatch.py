"""Team levels, skills and assignment rules of the demo company, and the day's last tickets that came in by them."""

from __future__ import annotations

import datetime as dt

from opscharter.demo.life import World
from opscharter.kernel import moment
from opscharter.kernel.access.actor import Actor
from opscharter.kernel.calendars.models import BusinessCalendar
from opscharter.organization.models import Employee
from opscharter.service.dispatch.models import AssignmentRule, EmployeeSkill, Skill
from opscharter.service.levels.models import TeamLevel
from opscharter.service.tickets.models import Incident

MEASURED = "DBA"
"""The team that has levels of its own from the first day; the others have none."""
MINUTES = {1: (10, 120), 2: (20, 300), 3: (60, 900), 4: (240, 2400)}
SKILLS = {"資料庫管理": "DBA", "網絡交換": "NET", "Linux 運維": "SYS"}
PROOFS = ("廠商認證", "內部考核", "項目經驗")


def prepare_levels(world: World, begin: dt.datetime, actor: Actor) -> None:
    """Let one team promise how long it takes, from the first day on."""
    calendar = BusinessCalendar.objects.order_by("pk").first()
    team = world.company.departments[MEASURED]
    with moment.at(begin):
        for priority, (respond, resolve) in MINUTES.items():
            hours = None if priority == 1 else calendar
            for kind, minutes in (("respond", respond), ("resolve", resolve)):
                level = TeamLevel(team=team, priority=priority, kind=kind, minutes=minutes, calendar=hours)
                level.save_as(actor)


def live_dispatch(world: World, actor: Actor) -> None:
    """Write down who can do what, put the rules in force, and let the last tickets of the day come in by them."""
    with moment.at(world.until - dt.timedelta(days=30)):
        for name, code in SKILLS.items():
            _skill(world, name, code, actor)
    with moment.at(world.until - dt.timedelta(minutes=50)):
        _rules(world, actor)
    for minutes, source in zip((40, 25, 12), Incident.objects.order_by("-opened_at")[:3]):
        with moment.at(world.until - dt.timedelta(minutes=minutes)):
            ticket = Incident(
                title=source.title, description=source.description, customer=source.customer, service=source.service,
                channel="phone", impact=2, urgency=2,
            ).save_as(world.hotline())  # fmt: skip
            if minutes == 40 and ticket.assignee is not None:
                ticket.move("decline", world.actor(ticket.assignee), reason="正在客戶現場處理另一故障。")


def _skill(world: World, name: str, code: str, actor: Actor) -> None:
    served = [service for service in world.company.services.values() if service.team and service.team.code == code]
    skill = Skill(name=name).save_as(actor, links={"services": served})
    people: list[Employee] = world.company.team(code)[:8]
    for place, person in enumerate(people):
        until = world.until.date() + dt.timedelta(days=(-20, 240, 400)[place % 3])
        EmployeeSkill(
            employee=person, skill=skill, level=2 + (place * 7) % 4, valid_until=until, proof=PROOFS[place % 3]
        ).save_as(actor)


def _rules(world: World, actor: Actor) -> None:
    calendar = BusinessCalendar.objects.order_by("pk").first()
    method = AssignmentRule.Method
    rules: list[tuple[str, int, AssignmentRule.Method, dict[str, object]]] = [
        ("夜間與休息日：值班人員", 10, method.ON_CALL, {"when": "outside", "calendar": calendar}),
        ("緊急與高優先級：具備技能者", 20, method.SKILL, {"kind": "service.incident", "to_priority": 2}),
        ("一般故障：在手最少者", 30, method.LEAST_LOAD, {"kind": "service.incident", "most_open": 12}),
        ("服務請求：輪流", 40, method.ROUND_ROBIN, {"kind": "service.servicerequest"}),
    ]
    for name, rank, how, more in rules:
        AssignmentRule(name=name, rank=rank, method=how, **more).save_as(actor)
