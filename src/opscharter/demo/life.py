"""Twelve months of work: every ticket lives through the real moves, at its own times, by the people of the company."""

from __future__ import annotations

import datetime as dt
import heapq
import random
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field
from typing import Any

from opscharter.customers.models import Customer
from opscharter.demo import names
from opscharter.demo.company import Company
from opscharter.kernel import moment
from opscharter.kernel.access.actor import Actor
from opscharter.kernel.calendars.engine import Calendar, UnpublishedYear
from opscharter.kernel.errors import Refused
from opscharter.organization.access import actor_of_employee
from opscharter.organization.models import Employee
from opscharter.service.tickets.models import Incident, ServiceRequest
from opscharter.service.tickets.services import close_unanswered

Life = Iterator[dt.datetime]
"""The rest of a ticket's life: yields when its next step is due."""
Part = Generator[dt.datetime, None, dt.datetime]
"""A part of it that hands its last moment on."""
LEVELS = [(1, 1), (1, 2), (2, 1), (2, 2), (2, 3), (3, 2), (3, 3)]
WEIGHTS = [3, 5, 6, 36, 18, 16, 16]
CHANNELS = ["phone"] * 9 + ["email"] * 5 + ["monitoring"] * 4 + ["portal"] * 3 + ["chat"] * 2 + ["visit"]


@dataclass
class World:
    """The company with its dice and its calendar, and the actors of its people."""

    company: Company
    dice: random.Random
    office: Calendar
    until: dt.datetime
    actors: dict[int, Actor] = field(default_factory=dict)

    def actor(self, person: Employee) -> Actor:
        """Return the actor of an employee."""
        if person.pk not in self.actors:
            self.actors[person.pk] = actor_of_employee(person)
        return self.actors[person.pk]

    def hotline(self) -> Actor:
        """Return one of the agents on duty."""
        return self.actor(self.dice.choice(self.company.team("DESK")))

    def later(self, at: dt.datetime, minutes: float, urgent: bool) -> dt.datetime:
        """Return a moment so much work later: round the clock for what is urgent, in office hours otherwise.

        What would go on into a year whose holidays are not published ends after the story, whenever that is.
        """
        span = dt.timedelta(seconds=max(20, int(minutes * 60)))
        try:
            return at + span if urgent else self.office.add(at, span)
        except UnpublishedYear:
            return max(at, self.until) + span

    def around(self, median: float, spread: float = 0.7) -> float:
        """Return a number of minutes around a median, with the long tail that real work has."""
        return median * self.dice.lognormvariate(0, spread)


def live(world: World, begin: dt.datetime, tickets: int, tell: Callable[[int], None] = lambda n: None) -> int:
    """Let so many tickets be opened and lived between `begin` and the world's end, in the order of time."""
    waiting: list[tuple[dt.datetime, int, Life]] = []
    for number, opened in enumerate(sorted(_arrivals(world, begin, tickets))):
        life = _incident(world, opened) if world.dice.random() < 0.62 else _request(world, opened)
        heapq.heappush(waiting, (opened, number, life))
    evening = begin
    steps = 0
    while waiting:
        at, number, life = heapq.heappop(waiting)
        if at > world.until:
            continue
        while evening + dt.timedelta(days=1) < at:
            evening += dt.timedelta(days=1)
            with moment.at(evening):
                close_unanswered()
        with moment.at(at):
            following = next(life, None)
        steps += 1
        if steps % 50 == 0:
            tell(steps)
        if following is not None:
            heapq.heappush(waiting, (max(following, at + dt.timedelta(seconds=1)), number, life))
    with moment.at(world.until):
        close_unanswered()
    return steps


def _arrivals(world: World, begin: dt.datetime, tickets: int) -> Iterator[dt.datetime]:
    """Yield opening times: four in five in office hours, the rest at any time; slowly more of them.

    One in sixteen comes in the last hours, so that there is work on everyone's desk.
    """
    span = (world.until - begin).total_seconds()
    for number in range(tickets):
        if number % 16 == 0:
            yield world.until - dt.timedelta(minutes=world.around(150, 1.1))
            continue
        at = begin + dt.timedelta(seconds=span * world.dice.random() ** 0.9)
        if world.dice.random() < 0.8:
            at = world.office.add(at, dt.timedelta(minutes=world.dice.uniform(1, 420)))
        yield min(at, world.until - dt.timedelta(minutes=world.dice.uniform(2, 600)))


def _common(world: World, service_code: str) -> tuple[Customer, dict[str, Any]]:
    dice = world.dice
    everyone = world.company.customers
    serving = [customer for customer in everyone if (customer.pk, service_code) in world.company.assets] or everyone
    weights = [4 if customer == everyone[0] else 1 for customer in serving]  # who signs in has something to see
    customer = dice.choices(serving, weights)[0]
    return customer, {
        "customer": customer, "contact": dice.choice(world.company.contacts[customer.pk]),
        "service": world.company.services[service_code], "channel": dice.choice(CHANNELS),
    }  # fmt: skip


def _incident(world: World, opened: dt.datetime) -> Life:
    dice = world.dice
    code = dice.choice(sorted(names.FAULTS))
    title, cause, fix = dice.choice(names.FAULTS[code])
    impact, urgency = dice.choices(LEVELS, WEIGHTS)[0]
    customer, common = _common(world, code)
    incident = Incident(
        title=title, description=f"{customer.short_name}報告：{title}。", impact=impact, urgency=urgency, **common
    )
    assets = world.company.assets.get((customer.pk, code), [])
    incident.save_as(world.hotline(), links={"assets": assets})
    urgent = (incident.priority or 4) <= 2
    if incident.priority == 1:
        opened += dt.timedelta(minutes=world.around(4.5, 0.38))
        yield from _declare(incident, world.hotline(), opened)
    at = yield from _assign(world, incident, opened, urgent)
    engineer = world.actor(incident.assignee)  # type: ignore[arg-type]
    at = world.later(at, world.around(4 if urgent else 22, 0.5), urgent)
    yield at
    incident.refresh_from_db()
    incident.move(
        "assess", engineer, category=incident.service.name if incident.service else "", impact=impact, urgency=urgency,
        severity=names.SEVERITIES[4 - (incident.priority or 4)], scope_note=dice.choice(names.SCOPES),
    )  # fmt: skip
    if urgent:
        incident.comment_as(engineer, names.WORDS_TO_CUSTOMER[0], visibility="customer")
        at = world.later(at, world.around(6), urgent)
        yield at
        incident.refresh_from_db()
        incident.plan = f"一、止損並切換備用。二、{fix}。三、觀察三十分鐘。"
        incident.save_as(engineer)
    at = yield from _work(world, incident, engineer, at, urgent)
    at = yield from _repair(world, incident, engineer, at, urgent, cause, fix)
    yield from _after(world, incident, engineer, at, urgent, cause, fix)


def _assign(world: World, ticket: Any, at: dt.datetime, urgent: bool) -> Part:
    """Assign within minutes, sometimes too late; sometimes to the wrong engineer first."""
    at = world.later(at, world.around(3 if ticket.priority == 1 else 13, 0.72), urgent)
    yield at
    ticket.refresh_from_db()
    people = [p for p in world.company.employees if p.department_id == ticket.team_id]
    if at > world.until - dt.timedelta(days=3):  # in the end mostly those with an account, so that they have work
        people = [p for p in people if p.user_id is not None] or people
    ticket.move("assign", world.hotline(), team=ticket.team, assignee=world.dice.choice(people))
    if world.dice.random() < 0.12:
        at = world.later(at, world.around(20), urgent)
        yield at
        ticket.refresh_from_db()
        ticket.move("assign", world.hotline(), team=ticket.team, assignee=world.dice.choice(people))
    return at


def _declare(incident: Incident, actor: Actor, at: dt.datetime) -> Life:
    """Start the emergency plan, mostly within ten minutes of the first word."""
    yield at
    incident.refresh_from_db()
    incident.move("declare", actor, reason=f"{incident.title}，影響面大，啟動預案。")


def _work(world: World, ticket: Any, engineer: Actor, at: dt.datetime, urgent: bool) -> Part:
    """Work on it: notes, words to the customer at the promised intervals (mostly), sometimes waiting."""
    dice = world.dice
    for number in range(1 if urgent else 2):
        interval = {1: 6.0, 2: 40.0}.get(ticket.priority, 50.0)
        at = world.later(at, interval * dice.uniform(0.5, 1.0), urgent)
        yield at
        ticket.refresh_from_db()
        if urgent or number == 0:
            ticket.comment_as(engineer, dice.choice(names.WORDS_TO_CUSTOMER), visibility="customer")
        if dice.random() < 0.3:
            ticket.comment_as(engineer, dice.choice(names.NOTES))
    if dice.random() < 0.14:
        ticket.refresh_from_db()
        whom = dice.choice(["customer", "vendor", "vendor", "evidence"])
        ticket.move("wait", engineer, waiting_for=whom, reason="等待對方提供信息。")
        at = world.later(at, world.around(300, 0.6), False)
        yield at
        ticket.refresh_from_db()
        ticket.move("resume", engineer)
    return at


def _repair(
    world: World, incident: Incident, engineer: Actor, at: dt.datetime, urgent: bool, cause: str, fix: str
) -> Part:
    """Repair, test, resolve; whoever forgets the tests is refused first."""
    dice = world.dice
    median = {1: 42.0, 2: 110.0, 3: 330.0, 4: 700.0}[incident.priority or 4]
    done = world.later(at, world.around(median, 0.85), urgent)
    interval = {1: 13.0, 2: 80.0}.get(incident.priority or 4)
    while interval is not None:
        at = at + dt.timedelta(minutes=interval * (dice.uniform(0.7, 1.05) if dice.random() < 0.96 else 2.2))
        if at >= done:
            break
        yield at
        incident.refresh_from_db()
        incident.comment_as(engineer, dice.choice(names.WORDS_TO_CUSTOMER), visibility="customer")
    at = done
    yield at
    incident.refresh_from_db()
    if dice.random() < 0.1:
        try:
            incident.move("resolve", engineer, cause=cause, fix=fix)
        except Refused:
            at = world.later(at, world.around(15), urgent)
            yield at
        incident.refresh_from_db()
    for step in incident.test_steps.all():
        step.result = "passed" if dice.random() < 0.93 else "not-applicable"
        step.save_as(engineer)
    incident.move("resolve", engineer, cause=cause, fix=fix)
    return at


def _after(world: World, ticket: Any, engineer: Actor, at: dt.datetime, urgent: bool, cause: str, fix: str) -> Life:
    """The customer confirms, is silent, or finds it is not solved."""
    dice = world.dice
    fate = dice.random()
    if fate < 0.032:
        at = world.later(at, world.around(240), False)
        yield at
        ticket.refresh_from_db()
        if ticket.state in ("RESOLVED", "CLOSED"):
            ticket.move("reopen", world.hotline(), reason="客戶反映問題再次出現。")
            at = world.later(at, world.around(120), urgent)
            yield at
            ticket.refresh_from_db()
            ticket.move("resolve", engineer, cause=cause, fix=f"{fix}；並作第二次處理。")
        fate = 0.5
    if fate < 0.72:
        at = world.later(at, world.around(200), False)
        yield at
        ticket.refresh_from_db()
        if ticket.state == "RESOLVED":
            ticket.move("confirm", world.hotline())


def _request(world: World, opened: dt.datetime) -> Life:
    dice = world.dice
    title, code = dice.choice(names.ASKS)
    customer, common = _common(world, code)
    impact, urgency = dice.choice([(3, 2), (3, 3), (2, 3), (2, 2)])
    request = ServiceRequest(
        title=title, description=f"{customer.short_name}申請：{title}。", impact=impact, urgency=urgency, **common
    )
    request.save_as(world.hotline())
    at = yield from _assign(world, request, opened, False)
    engineer = world.actor(request.assignee)  # type: ignore[arg-type]
    at = world.later(at, world.around(35), False)
    yield at
    request.refresh_from_db()
    request.move(
        "assess", engineer, category=request.service.name if request.service else "", severity="一般",
        scope_note=dice.choice(names.SCOPES[:3]), impact=impact, urgency=urgency,
    )  # fmt: skip
    at = yield from _work(world, request, engineer, at, False)
    at = world.later(at, world.around(200, 0.8), False)
    yield at
    request.refresh_from_db()
    request.move("resolve", engineer, cause="客戶申請", fix=f"已完成：{title}。")
    yield from _after(world, request, engineer, at, False, "客戶申請", f"已完成：{title}")
