"""What the demo company learns from a year of incidents: problems, known errors, articles, and the time it took."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from opscharter.customers.models import Contract
from opscharter.demo.life import World
from opscharter.kernel import moment
from opscharter.kernel.access.actor import Actor, system_actor
from opscharter.organization.models import Employee
from opscharter.service.knowledge import services as knowledge
from opscharter.service.knowledge.models import Article
from opscharter.service.problems.candidates import raise_candidates
from opscharter.service.problems.models import Problem
from opscharter.service.problems.services import open_for
from opscharter.service.tickets.models import Incident
from opscharter.service.worktime.models import TimeEntry

PREPAID = 60 * 60
WHYS = "一、為何中斷？{cause}。二、為何未提前發現？監控只看存活，未看水位。三、為何反覆？上次只做了臨時處理。"


def named(world: World, name: str) -> Employee:
    """Return one of the people by name."""
    return next(person for person in world.company.employees if person.name == name)


def learn(world: World) -> None:
    """Raise candidates month by month, carry problems on, and write down what was learned."""
    manager = world.actor(named(world, "吳俊傑"))
    for days in (270, 180, 90, 45, 14, 0):
        with moment.at(world.until - dt.timedelta(days=days)):
            raise_candidates(system_actor("demo"))
    _from_a_major_incident(world, manager)
    for number, problem in enumerate(Problem.objects.order_by("opened_at", "pk")[:24]):
        _carry_on(world, problem, manager, number)
    _articles(world, manager)
    _hours(world)


def _from_a_major_incident(world: World, manager: Actor) -> None:
    """Open a problem for the first major incident of the year."""
    incident = Incident.objects.filter(emergency__isnull=False).order_by("pk").first()
    if incident is not None:
        with moment.at(min(world.until, incident.opened_at + dt.timedelta(days=1))):
            open_for(incident, manager, major=True)


def _carry_on(world: World, problem: Problem, manager: Actor, number: int) -> None:
    """Analyse, know, solve, close; every fifth is left lying, every third is past its review."""
    if number % 5 == 4:
        return
    dice, at = world.dice, problem.opened_at
    team = problem.team or world.company.departments["SYS"]
    owner = dice.choice([person for person in world.company.employees if person.department_id == team.pk])
    if number % 4 == 0:
        owner = named(world, "李敏")
    steps = [dt.timedelta(days=days) for days in (2, 9, 20, 34)]
    last = problem.incidents.exclude(cause="").order_by("-opened_at").first()
    cause, fix = (last.cause, last.fix) if last else ("容量不足", "擴容並加監控")
    review = (at + dt.timedelta(days=21 if number % 3 else 7)).date()
    due = [at + step for step in steps]
    actor = world.actor(owner)
    if due[0] < world.until:
        with moment.at(due[0]):
            problem.move("analyse", manager, team=team, owner=owner, method="five-whys", review_on=review)
    if due[1] < world.until:
        with moment.at(due[1]):
            problem.analysis = WHYS.format(cause=cause)
            problem.save_as(actor)
            problem.move("know", actor, root_cause=cause, workaround=f"出現時先：{fix}。")
    if due[2] < world.until and number % 3:
        with moment.at(due[2]):
            problem.move("resolve", actor, solution=f"{fix}；並納入例行巡檢與容量告警。")
    if due[3] < world.until and problem.state == "RESOLVED":
        with moment.at(due[3]):
            if not problem.incidents.filter(closed_at__isnull=True).exclude(state="CANCELLED").exists():
                problem.move("close", manager)


def _articles(world: World, manager: Actor) -> None:
    """Write an article for every kind of fault, review most of them, let readers judge them."""
    seen: set[str] = set()
    writer = world.actor(named(world, "李敏"))
    readers = [named(world, name).user for name in ("陳志遠", "王雅婷", "林曉彤")]
    with moment.at(world.until - dt.timedelta(days=360)):
        Article(title="服務台交接班要點", category="procedure", symptom="交接班時要說清什麼？").save_as(writer)
    solved = Incident.objects.exclude(cause="").filter(closed_at__isnull=False).order_by("closed_at", "pk")
    for number, incident in enumerate(i for i in solved if not (i.title in seen or seen.add(i.title))):  # type: ignore[func-returns-value]
        if number >= 14 or incident.closed_at is None:
            break
        at = incident.closed_at + dt.timedelta(days=1)
        if at > world.until:
            continue
        with moment.at(at):
            article = knowledge.write_from(incident, writer)
            article.symptom = f"出現「{incident.title}」時怎麼辦？"
            article.save_as(writer)
            article.move("submit", writer)
            if number % 7 != 6:
                good_until = (at + dt.timedelta(days=365 if number % 5 else 60)).date()
                readers_of = "customers" if number % 3 == 0 else "internal"
                article.move("publish", manager, audience=readers_of, expires_on=good_until)
                _read(article, incident, readers, writer, number)
        if number == 3:
            with moment.at(at + dt.timedelta(days=20)):
                article.move("revise", writer)


def _read(article: Article, incident: Incident, readers: Sequence[Any], writer: Actor, number: int) -> None:
    for place, user in enumerate(readers):
        reader = Actor(user=user)
        helpful = (number + place) % 6 != 5
        knowledge.judge(article, reader, helpful, "" if helpful else "步驟不夠細，缺截圖。")
    for later in Incident.objects.filter(title=incident.title, opened_at__gt=incident.opened_at)[:3]:
        knowledge.use(article, later, writer)


def _hours(world: World) -> None:
    """Sell prepaid time to six customers and write down the work of the last weeks; two are near their end."""
    house = system_actor("demo")
    contracts = list(Contract.objects.filter(state="ACTIVE").order_by("pk")[:6])
    for number, contract in enumerate(contracts):
        contract.prepaid_minutes = PREPAID if number % 3 else PREPAID // 6
        contract.save_as(house)
    customers = {contract.customer_id for contract in contracts}
    recent = Incident.objects.filter(customer_id__in=customers, assignee__isnull=False, responded_at__isnull=False)
    for incident in recent.order_by("-opened_at")[:60]:
        if incident.responded_at is None or incident.assignee is None:
            continue
        with moment.at(min(world.until, incident.responded_at + dt.timedelta(hours=3))):
            TimeEntry(
                incident=incident, person=incident.assignee, worked_on=moment.today(), note="排查與處理",
                minutes=int(min(480, max(10, world.around(75, 0.6)))), billable=world.dice.random() < 0.85,
            ).save_as(world.actor(incident.assignee))  # fmt: skip
