"""The days ahead of a founded company: a change approved, one put to vote and customer, one in the way of another."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import replace

from opscharter.customers.access import actor_of_contact
from opscharter.customers.models import Customer
from opscharter.demo.changes import ask_for, free_evening, let_vote, plan_it, team_of
from opscharter.demo.life import World
from opscharter.kernel import moment
from opscharter.kernel.access.actor import system_actor
from opscharter.kernel.users.models import User
from opscharter.organization.access import actor_of_employee
from opscharter.organization.models import Employee
from opscharter.service.changes import answering, planning
from opscharter.service.changes.effects import customer_hash
from opscharter.service.changes.finding import find_alterations
from opscharter.service.changes.guards import steps_of
from opscharter.service.changes.models import BoardMeeting, Change

HOUR = dt.timedelta(hours=1)


def plan_ahead(world: World) -> None:
    """Let three changes of the coming days be asked for today: one agreed, one put to the vote, one in the way."""
    world = replace(world, dice=random.Random(342))
    manager = next(person for person in world.company.employees if person.post.title == "變更經理")
    board = list(Employee.objects.filter(given_roles__role__code="advisory-board").distinct().order_by("pk"))
    customer = world.company.customers[0]
    codes = [code for code in ("NET", "DB", "VM", "FW", "WEB") if (customer.pk, code) in world.company.assets]
    agreed = _coming(world, codes[0], customer, 2)
    _give_go(agreed)
    _propose(world, agreed, must_agree=True)
    _agree(agreed, customer)
    let_vote(world, agreed, _voters(agreed, board if (agreed.risk or 0) >= 12 else [manager]))
    asked = _coming(world, codes[1], customer, 3, risky=True)
    _propose(world, asked, must_agree=True)
    let_vote(world, asked, _voters(asked, board)[:2])
    meeting = BoardMeeting.objects.filter(state=BoardMeeting.State.PLANNED).order_by("meets_at").first()
    if meeting is not None:
        meeting.save_as(system_actor("demo"), links={"changes": [asked, *meeting.changes.all()]})
    crossing = _coming(world, codes[0], customer, 2, title="核心鏈路切換演練")
    with moment.at(world.until - HOUR):
        assert agreed.window_end is not None
        planning.take_window(crossing, system_actor("demo"), agreed.window_end - dt.timedelta(minutes=40))


def find_what_nobody_asked_for(world: World) -> None:
    """Two assets are altered outside any change; the trail tells, one is explained, one waits for judgement."""
    altered = [
        assets[0] for (_customer, code), assets in sorted(world.company.assets.items()) if code == "NET" and assets
    ][:2]  # fmt: skip
    person = Employee.objects.select_related("user").get(user__username="engineer")
    engineer = actor_of_employee(person, person.user)
    manager = next(person for person in world.company.employees if person.post.title == "變更經理")
    with moment.at(world.until - 30 * HOUR):
        for asset, place in zip(altered, ("二號機房 B07", "災備機房 C02")):
            asset.refresh_from_db()
            asset.location = place
            asset.save_as(engineer)
    with moment.at(world.until - 29 * HOUR):
        found = find_alterations()
    with moment.at(world.until - 4 * HOUR):
        found[0].move("explain", world.actor(manager), explanation="盤點時更正登記，設備未移動。")


def _coming(world: World, code: str, customer: Customer, days: int, *, risky: bool = False, title: str = "") -> Change:
    """Return a change asked for and planned today for an evening some days ahead."""
    engineer, requester = world.dice.sample(team_of(world, code), 2)
    with moment.at(world.until - 3 * HOUR):
        change = ask_for(world, 0, code, customer, requester)
        start = free_evening(world, change, engineer, world.until + dt.timedelta(days=days))
        plan_it(world, change, code, engineer, start, risky=risky)
        change.refresh_from_db()
        if title:
            change.title = f"{customer.short_name}{title}"
            change.save_as(system_actor("demo"))
    return change


def _give_go(change: Change) -> None:
    """Let somebody decide whether to go on before the last step of the plan."""
    step = steps_of(change, "plan")[-2]
    planning.alter_step(step, system_actor("demo"), {"go_no_go": True})
    change.refresh_from_db()


def _propose(world: World, change: Change, *, must_agree: bool) -> None:
    with moment.at(world.until - 2 * HOUR):
        change.customer_must_agree = must_agree
        change.save_as(system_actor("demo"))
        assert change.engineer is not None
        change.move("propose", world.actor(change.engineer))


def _voters(change: Change, people: list[Employee]) -> list[Employee]:
    return [person for person in people if person.pk not in (change.engineer_id, change.requester_id)]


def _agree(change: Change, customer: Customer) -> None:
    """The customer's contact agrees to the window, which opens the way to the approval."""
    user = User.objects.filter(contact__customer=customer).order_by("pk").first()
    actor = actor_of_contact(user) if user is not None else None
    if actor is not None:
        answering.answer(change, actor, "agree", customer_hash(change))
