"""Invented lives of tickets: two years of them, over customers, services, teams and people, each with its clocks."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from opscharter.customers.models import Contract, Customer, Service
from opscharter.customers.service_levels import ServiceLevels, service_levels
from opscharter.demo import names
from opscharter.kernel.clocks import course as courses
from opscharter.kernel.clocks.histories import ClockHistory
from opscharter.kernel.timeline.models import TimelineEntry, Visibility
from opscharter.organization.models import Department, Employee
from opscharter.service.tickets.effects import ASSESS, ASSIGN, RESOLVE, RESPOND, UPDATE
from opscharter.service.tickets.lifecycle import State
from opscharter.service.tickets.matrix import priority_of
from opscharter.service.tickets.models import Incident

SOURCE = "history"
MONTHS = 24
LONG_EVERY, LONG = 50, 60
"""Every 50th ticket has a timeline of 60 entries."""
LABEL = Incident._meta.label_lower
LEVELS = [(1, 1), (1, 2), (2, 1), (2, 2), (2, 3), (3, 2), (3, 3)]
WEIGHTS = [1, 3, 5, 30, 24, 19, 18]
CHANNELS = ["phone"] * 9 + ["email"] * 5 + ["monitoring"] * 4 + ["portal"] * 3 + ["chat"] * 2 + ["visit"]
ENGLISH = ["timeout", "certificate", "firewall", "storage", "replication", "memory", "latency", "backup", "printer"]


@dataclass
class Story:
    """A ticket as it stands, what was said and done, and what became of its clocks."""

    incident: Incident
    entries: list[TimelineEntry] = field(default_factory=list)
    clocks: list[ClockHistory] = field(default_factory=list)


class World:
    """Who and what there is to tell of, read once; `total` tickets are spread over the months before `until`."""

    def __init__(self, total: int, until: dt.datetime) -> None:
        self.total, self.until = total, until
        self.begin = until - dt.timedelta(days=MONTHS * 30.4)
        self.customers = list(Customer.objects.current().order_by("pk"))
        self.services = list(Service.objects.current().filter(code__in=names.FAULTS).order_by("pk"))
        self.teams = list(Department.objects.current().order_by("pk"))
        self._levels: dict[tuple[int, int, dt.date], ServiceLevels] = {}

    @cached_property
    def people(self) -> dict[int, list[Employee]]:
        """Return the employees of each department that has some."""
        found: dict[int, list[Employee]] = {}
        for person in Employee.objects.current().order_by("pk"):
            found.setdefault(person.department_id, []).append(person)
        return found

    @cached_property
    def under_contract(self) -> set[int]:
        """Return the customers that have a contract."""
        return set(Contract.objects.current().values_list("customer_id", flat=True))

    @cached_property
    def company_levels(self) -> ServiceLevels:
        """Return what the company promises to anybody."""
        return service_levels(None, None, self.until.date())

    def levels(self, customer: Customer, service: Service, opened: dt.datetime) -> ServiceLevels:
        """Return the levels that hold for a customer's service, as they held at the beginning of the quarter."""
        if customer.pk not in self.under_contract:
            return self.company_levels
        key = (customer.pk, service.pk, opened.date().replace(month=(opened.month - 1) // 3 * 3 + 1, day=1))
        if key not in self._levels:
            self._levels[key] = service_levels(*key)
        return self._levels[key]


def tell(world: World, number: int) -> Story:
    """Return the story of the ticket with a number: the same one each time, and the higher, the later it was opened."""
    dice = random.Random(number)
    opened = world.begin + (world.until - world.begin) * ((number + dice.random()) / (world.total + 1))
    service = dice.choice(world.services)
    customer = dice.choice(world.customers)
    team = service.team_id or customer.team_id
    title, cause, fix = dice.choice(names.FAULTS[service.code])
    impact, urgency = dice.choices(LEVELS, WEIGHTS)[0]
    levels = world.levels(customer, service, opened)
    word = dice.choice(ENGLISH)
    incident = Incident(
        number=f"INC{number:08}", title=f"{title} {word}", customer=customer, service=service, team_id=team,
        description=f"{customer.short_name or customer.name}報告：{title}（{word} {dice.randrange(100_000)}）。",
        channel=dice.choice(CHANNELS), impact=impact, urgency=urgency, state=State.NEW, opened_at=opened,
        priority=priority_of(impact, urgency, levels.contract.matrix if levels.contract else None),
        reported_by=dice.choice(names.FAMILY) + "先生", imported_from=SOURCE, created_at=opened, updated_at=opened,
    )  # fmt: skip
    if incident.priority == 1:
        incident.critical_since = opened
    people = world.people.get(team or 0) or next(iter(world.people.values()))
    story = Story(incident)
    _Life(story, dice, levels, world.until).live(dice.choice(people), number, cause, fix)
    return story


class _Life:
    """One ticket from its first word on, until it is over or the present is reached."""

    def __init__(self, story: Story, dice: random.Random, levels: ServiceLevels, until: dt.datetime) -> None:
        self.story, self.dice, self.levels, self.until = story, dice, levels, until
        self.incident, self.at = story.incident, story.incident.opened_at
        self.running: dict[str, courses.Course] = {}

    def live(self, engineer: Employee, number: int, cause: str, fix: str) -> None:
        """Let it be assigned, assessed, worked on, resolved and closed; now and then it waits, or is called off."""
        incident = self.incident
        for kind in (ASSIGN, RESPOND, ASSESS, RESOLVE, UPDATE):
            self._start(kind)
        self._say(TimelineEntry.Kind.CREATED, who="熱線")
        self._steps(engineer, number, cause, fix)
        incident.updated_at = self.at
        for course in self.running.values():
            while course.warn(self.until):
                pass

    def _steps(self, engineer: Employee, number: int, cause: str, fix: str) -> None:
        incident, dice = self.incident, self.dice
        if not self._later(12):
            return
        incident.assignee, incident.assigned_at, incident.state = engineer, self.at, State.ASSIGNED
        incident.assign_seconds = self._stop(ASSIGN)
        self._move("assign", State.NEW, State.ASSIGNED, "熱線")
        if not self._later(20):
            return
        incident.responded_at = incident.assessed_at = self.at
        incident.category, incident.severity = incident.service.name[:60], names.SEVERITIES[4 - incident.priority]
        incident.scope_note, incident.plan, incident.state = dice.choice(names.SCOPES), fix, State.IN_PROGRESS
        self._stop(RESPOND)
        incident.assess_seconds = self._stop(ASSESS)
        self._move("assess", State.ASSIGNED, State.IN_PROGRESS, engineer.name)
        if not self._work(engineer, LONG - 5 if number % LONG_EVERY == 0 else dice.choice((1, 1, 2, 3))):
            return
        if dice.random() < 0.02:
            incident.state, incident.closed_at = State.CANCELLED, self.at
            for kind in list(self.running):
                self.running.pop(kind).cancel(self.at)
            self._move("cancel", State.IN_PROGRESS, State.CANCELLED, engineer.name)
            return
        incident.resolved_at = incident.tested_at = self.at
        incident.cause, incident.fix, incident.state = cause, fix, State.RESOLVED
        self._stop(RESOLVE)
        self._stop(UPDATE)
        resolve = next((each.course for each in self.story.clocks if each.kind == RESOLVE), None)
        incident.resolution_met = resolve.met if resolve else None
        self._move("resolve", State.IN_PROGRESS, State.RESOLVED, engineer.name)
        if self._later(1500):
            incident.state, incident.closed_at = State.CLOSED, self.at
            incident.confirmed_at = self.at if dice.random() < 0.8 else None
            self._move("close", State.RESOLVED, State.CLOSED, "熱線")

    def _work(self, engineer: Employee, words: int) -> bool:
        """Say so many words; every 25th ticket waits for the customer meanwhile. False when the present is reached."""
        for number in range(words):
            if not self._later(400 / words):
                return False
            text, seen = self.dice.choice(names.NOTES), Visibility.INTERNAL
            if number % 2 == 0:
                text, seen = self.dice.choice(names.WORDS_TO_CUSTOMER), Visibility.CUSTOMER
                self.incident.customer_updates += 1
            self._say(TimelineEntry.Kind.COMMENT, who=engineer.name, text=text, visibility=seen)
        if self.dice.random() < 0.04:
            self.incident.state, self.incident.waiting_for = State.WAITING, "customer"
            self._move("wait", State.IN_PROGRESS, State.WAITING, engineer.name)
            for course in self.running.values():
                course.pause(self.at, "waiting: customer · " + names.NOTES[0])
            if not self._later(900):
                return False
            for course in self.running.values():
                course.resume(self.at, "work goes on")
            self.incident.state, self.incident.waiting_for = State.IN_PROGRESS, ""
            self._move("resume", State.WAITING, State.IN_PROGRESS, engineer.name)
        return self._later(60)

    def _later(self, minutes: float) -> bool:
        """Let some minutes pass, more or less; False, and the time stands still, where that is still to come."""
        at = self.at + dt.timedelta(seconds=int(60 * minutes * self.dice.lognormvariate(0, 0.7)) + 1)
        if at >= self.until:
            return False
        self.at = at
        return True

    def _start(self, kind: str) -> None:
        promised = self.levels.promised(kind, self.incident.priority or 4)
        if promised is not None:
            self.running[kind] = courses.begin(self.at, promised.terms, "started")
            self.story.clocks.append(ClockHistory(self.incident, kind, promised, self.running[kind]))

    def _stop(self, kind: str) -> int | None:
        """End a clock; returns the working seconds it ran."""
        course = self.running.pop(kind, None)
        if course is None:
            return None
        course.stop(self.at)
        self.incident.late_updates += int(kind == UPDATE and course.breached_at is not None)
        return course.elapsed_seconds

    def _move(self, verb: str, before: str, after: str, who: str) -> None:
        self._say(TimelineEntry.Kind.MOVE, who=who, verb=verb, data={"from": str(before), "to": str(after)})

    def _say(self, kind: str, who: str, visibility: str = Visibility.SYSTEM, **what: Any) -> None:
        key = f"{self.incident.number}:{len(self.story.entries)}"
        self.story.entries.append(
            TimelineEntry(
                record_type=LABEL, at=self.at, kind=kind, visibility=visibility, who=who, source_key=key, **what
            )
        )
