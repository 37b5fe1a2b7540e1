"""The organization as lived for a year: goals, plans, decisions, reviews, requests, feedback, moves between posts."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from opscharter.customers.feedback.models import Feedback
from opscharter.demo.life import World
from opscharter.demo.organization_texts import (
    DECISIONS,
    DEPARTMENT_GOALS,
    DUTIES,
    FEEDBACK,
    POST_GOALS,
    REQUESTS,
    TASKS,
)
from opscharter.kernel import moment
from opscharter.kernel.access.actor import Actor, actor_for
from opscharter.kernel.approvals.requests import open_request, vote
from opscharter.kernel.indicators.periods import Period
from opscharter.organization.access import actor_of_employee
from opscharter.organization.models import (
    Decision,
    Delegation,
    Department,
    DepartmentPlan,
    DepartmentRequest,
    Duty,
    Employee,
    EmployeeRole,
    FollowUp,
    Goal,
    ManagementReview,
    PlanItem,
    Role,
)
from opscharter.organization.services import assign_post, take_up_due_posts

Days = dt.timedelta


def live_organization(world: World, actor: Actor) -> None:
    """Let the organization be led through the year: mostly by the book."""
    people = {person.name: person for person in Employee.objects.select_related("user", "post", "department")}
    boss = people["周正陽"]
    _leaders(world, actor)
    _duties(world, actor)
    goals = _goals(world, boss)
    _plans(world, goals, boss)
    _decisions(world, people, boss)
    _requests(world)
    _feedback(world)
    _absences(world, people)
    _moves(world, people)
    _reviews(world, people, boss)


def _acting(person: Employee) -> Actor:
    return actor_for(person.user) if person.user else actor_of_employee(person)


def _head(department: Department) -> Employee:
    department.refresh_from_db()
    assert department.head is not None
    return department.head


def _leaders(world: World, actor: Actor) -> None:
    """Give the heads of departments their managers' role by hand, and the general manager a deputy."""
    roles = {role.code: role for role in Role.objects.all()}
    with moment.at(world.until - Days(days=364)):
        given = [
            (_head(each), "department-manager") for code, each in world.company.departments.items() if code != "GM"
        ]
        for person, code in [*given, (world.company.team("GM")[1], "top-management")]:
            EmployeeRole(employee=person, role=roles[code], valid_from=moment.today()).save_as(actor)
    world.actors.clear()


def _duties(world: World, actor: Actor) -> None:
    with moment.at(world.until - Days(days=330)):
        for title, clause, wording, rhythm in DUTIES:
            Duty(post=world.company.posts[title], clause=clause, wording=wording, rhythm=rhythm).save_as(actor)


def _goals(world: World, boss: Employee) -> dict[str, Goal]:
    """Set the goals of the present year: a strategy, the company's, the departments', and those of posts."""
    year = world.until.year
    lead, found = _acting(boss), {}
    with moment.at(max(world.until - Days(days=360), world.until.replace(month=1, day=5))):

        def pursue(**what: object) -> Goal:
            goal = Goal(year=year, **what).save_as(lead)
            return goal.move("pursue", lead)

        top = pursue(level="strategy", title="成為客戶最信賴的運維夥伴", owner=boss,
                     description="以及時、可靠、可查證的服務贏得續約；每一條制度都落到記錄上。")  # fmt: skip
        found["service"] = pursue(level="company", parent=top, weight=60, title="事件及時解決", owner=boss,
                                  indicator="service.timely-resolution", target=Decimal(90))  # fmt: skip
        found["feedback"] = pursue(level="company", parent=top, weight=40, title="客戶反饋件件有答覆", owner=boss,
                                   indicator="customers.feedback-answered", target=Decimal(90))  # fmt: skip
        for code, key, title, indicator, target, weight in DEPARTMENT_GOALS:
            department = world.company.departments[code]
            found[code] = pursue(level="department", parent=found[key], department=department, weight=weight,
                                 title=title, indicator=indicator, target=Decimal(target),
                                 owner=_head(department))  # fmt: skip
        for code, post, title, indicator, target in POST_GOALS:
            pursue(level="post", parent=found[code], department=world.company.departments[code],
                   post=world.company.posts[post], title=title, indicator=indicator, target=Decimal(target),
                   weight=50)  # fmt: skip
    return found


def _quarter_of(day: dt.date, back: int = 0) -> Period:
    first = dt.date(day.year, (day.month - 1) // 3 * 3 + 1, 1)
    return Period(first, 3).shift(-3 * back)


def _plans(world: World, goals: dict[str, Goal], boss: Employee) -> None:
    """Let every department plan its quarters; finance is late with the present one."""
    day = moment.in_office(world.until).date()
    for back in (1, 0):
        period = _quarter_of(day, back)
        for code, department in world.company.departments.items():
            if code == "FIN" and back == 0:
                continue
            _plan(world, department, code, period, goals.get(code), boss)


def _plan(
    world: World, department: Department, code: str, period: Period, goal: Goal | None, boss: Employee
) -> None:  # fmt: skip
    head = _head(department)
    begun = max(period.start - Days(days=6), world.until - Days(days=355))
    leader = _acting(head)
    with moment.at(begun):
        plan = DepartmentPlan(
            department=department, period=str(period), owner=head,
            summary=f"{department.name}本季：保證時限，補齊記錄，按月複盤。",
        ).save_as(leader)  # fmt: skip
        indicator = goal.indicator if goal else "service.timely-resolution"
        PlanItem(plan=plan, title="關鍵指標達標", goal=goal, indicator=indicator, target=Decimal(90)).save_as(leader)
        team = world.company.team(code)
        items = []
        for number, title in enumerate(TASKS):
            due = min(period.first + Days(days=25 + 25 * number), period.shift(3).first - Days(days=2))
            person = team[(number + 1) % len(team)]
            items.append((PlanItem(plan=plan, title=title, assignee=person, due_on=due).save_as(leader), due))
    with moment.at(begun + Days(days=1)):
        plan.move("submit", leader)
    with moment.at(begun + Days(days=3)):
        deputy = world.company.team("GM")[1]
        plan.move("approve", _acting(boss if head.pk != boss.pk else deputy))
    for item, due in items:
        done = period.start + Days(days=(due - period.first).days - 2)
        if done < world.until:
            with moment.at(done):
                item.move("done", leader, result="按期完成。")
    if period.closed and period.end + Days(days=4) < world.until:
        with moment.at(period.end + Days(days=4)):
            plan.move("close", leader, review="任務全部完成；時限指標見目標，逾期的事件已逐件複盤。")


def _decisions(world: World, people: dict[str, Employee], boss: Employee) -> None:
    for ago, title, proposal, options, amount, who, chosen, conditions, follow_ups in DECISIONS:
        proposer = people[who]
        begun = world.until - Days(days=ago)
        with moment.at(begun):
            decision = Decision(
                title=title, proposal=proposal, options="\n".join(options), amount=amount, proposer=proposer,
                department=proposer.department, decide_by=moment.today() + Days(days=14),
            ).save_as(_acting(proposer))  # fmt: skip
            decision.move("propose", _acting(proposer))
            request = open_request(decision, "decide", _acting(proposer))
        if not chosen:
            continue
        with moment.at(begun + Days(days=5)):
            vote(request, decision, _acting(boss), "approve")
            decision.move("decide", _acting(boss), chosen=chosen, conditions=conditions)
            rows = [
                FollowUp(
                    decision=decision, title=text, owner=people[owner], due_on=moment.today() + Days(days=span)
                ).save_as(_acting(boss))
                for text, owner, span in follow_ups
            ]
        left = 0
        for row, (_text, owner, span) in zip(rows, follow_ups, strict=True):
            at = begun + Days(days=4 + span)
            if at < world.until and span < 100:
                with moment.at(at):
                    row.move("done", _acting(people[owner]), result="已完成，記錄附後。")
            else:
                left += 1
        if not left:
            with moment.at(begun + Days(days=95)):
                decision.move("close", _acting(boss), outcome="效果符合預期。")


def _requests(world: World) -> None:
    for ago, asking, asked, subject, detail, steps in REQUESTS:
        departments = world.company.departments
        requester = _head(departments[asking])
        begun = world.until - Days(days=ago)
        head = _acting(_head(departments[asked]))
        with moment.at(begun):
            request = DepartmentRequest(
                subject=subject, detail=detail, from_department=departments[asking], requester=requester,
                to_department=departments[asked], due_on=moment.today() + Days(days=12),
            ).save_as(_acting(requester))  # fmt: skip
        with moment.at(begun + Days(days=1)):
            if steps == "refuse":
                request.move("refuse", head, reason="本季人手已排滿，請下季度提前兩週提出。")
            elif steps:
                request.move("accept", head, handler=world.company.team(asked)[-1])
        if steps in ("reply", "close"):
            with moment.at(begun + Days(days=8)):
                request.move("reply", head, reply="已按要求完成，結果見附件。")
        if steps == "close":
            with moment.at(begun + Days(days=10)):
                request.move("close", _acting(requester))


def _feedback(world: World) -> None:
    desk = _acting(next(person for person in world.company.employees if person.name == "王雅婷"))
    for number, (ago, kind, channel, code, subject, body, answer, days) in enumerate(FEEDBACK):
        customer = world.company.customers[number % len(world.company.customers)]
        begun = world.until - Days(days=ago)
        handler = world.company.team(code)[number % len(world.company.team(code))]
        if not _acting(handler).may("customers.feedback", "answer"):
            handler = _head(world.company.departments[code])
        with moment.at(begun):
            said = Feedback(
                customer=customer, contact=world.company.contacts[customer.pk][0], kind=kind, channel=channel,
                subject=subject, body=body,
            ).save_as(desk)  # fmt: skip
        with moment.at(begun + Days(hours=5)):
            said.move("route", desk, department=world.company.departments[code], handler=handler)
        if answer and begun + Days(days=days) < world.until:
            with moment.at(begun + Days(days=days)):
                said.move("answer", _acting(handler), answer=answer)
            if begun + Days(days=days + 3) < world.until:
                with moment.at(begun + Days(days=days + 3)):
                    said.move("close", _acting(handler))


def _absences(world: World, people: dict[str, Employee]) -> None:
    with moment.at(world.until - Days(days=3)):
        today = moment.today()
        away = people["吳俊傑"]
        Delegation(
            person=away, deputy=people["徐立群"], valid_from=today, valid_to=today + Days(days=6), reason="年休假"
        ).save_as(_acting(away))


def _moves(world: World, people: dict[str, Employee]) -> None:
    """Let one engineer have been a desk agent until spring: the old tickets still show the old post."""
    hr = _acting(people["馮美玲"])
    mover = world.company.team("DESK")[-1]
    at = world.until - Days(days=120)
    with moment.at(at):
        departments, posts = world.company.departments, world.company.posts
        assign_post(mover, posts["技術支持"], departments["SUP"], moment.today(), hr)
        mover.manager = departments["SUP"].head
        mover.save_as(hr)
        take_up_due_posts(hr)


def _reviews(world: World, people: dict[str, Employee], boss: Employee) -> None:
    chair = _acting(boss)
    present = [people[name] for name in ("周正陽", "林曉彤", "吳俊傑", "謝慧敏", "唐振東", "曹麗華")]
    month = Period.month_of(moment.in_office(world.until).date())
    for back in (2, 1, 0):
        period = month.shift(-back)
        held = period.end + Days(days=5)
        begun = min(period.start + Days(days=1), world.until - Days(hours=2))
        with moment.at(begun):
            day = moment.in_office(held).date()
            review = ManagementReview(month=str(period), planned_on=day, chair=boss)
            review.save_as(chair, links={"attendees": present})
        if held < world.until:
            with moment.at(held):
                review.move("hold", chair, minutes="逐章看指標與條款狀況；未達標的三項已定責任人與日期。",
                            conclusions="及時率優先；反饋逾期的部門下月說明。")  # fmt: skip
