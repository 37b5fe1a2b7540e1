"""A fictional company: departments, 120 people, customers with contracts, services and assets."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass, field
from functools import cache

from django.contrib.auth.hashers import make_password

from opscharter.assets.models import Asset, AssetRelation, AssetType
from opscharter.customers.models import Contact, Contract, Customer, Service, SlaTarget
from opscharter.demo import names
from opscharter.demo.accounts import ACCOUNTS, CUSTOMER, PASSWORD
from opscharter.kernel.access.actor import Actor
from opscharter.kernel.calendars.models import BusinessCalendar
from opscharter.kernel.users.models import User
from opscharter.organization.models import Assignment, Department, Employee, Post, Role

ENGINEER_TEAMS = ("SYS", "NET", "DBA", "SUP")
GOLD = {("resolve", 1): (120, True), ("resolve", 2): (360, True), ("update", 1): (20, True), ("respond", 1): (10, True)}


@dataclass
class Company:
    """What the demo has built, by code or in order."""

    departments: dict[str, Department] = field(default_factory=dict)
    posts: dict[str, Post] = field(default_factory=dict)
    employees: list[Employee] = field(default_factory=list)
    services: dict[str, Service] = field(default_factory=dict)
    customers: list[Customer] = field(default_factory=list)
    contacts: dict[int, list[Contact]] = field(default_factory=dict)
    assets: dict[tuple[int, str], list[Asset]] = field(default_factory=dict)

    def team(self, code: str) -> list[Employee]:
        """Return the people of a department."""
        return [person for person in self.employees if person.department_id == self.departments[code].pk]


def build(dice: random.Random, begin: dt.date, actor: Actor, roles: dict[str, Role]) -> Company:
    """Found the company as it was on the day its history begins."""
    company = Company()
    calendar = _calendars(actor)
    _departments(company, actor)
    _posts(company, roles, actor)
    _people(company, dice, begin, actor)
    _services(company, actor)
    _customers(company, dice, begin, calendar, actor)
    _assets(company, dice, actor)
    return company


def _calendars(actor: Actor) -> BusinessCalendar:
    return BusinessCalendar(name="辦公時間（週一至週五）", time_zone="Asia/Shanghai", holidays="cn").save_as(actor)


def _departments(company: Company, actor: Actor) -> None:
    for code, name, parent, _size in names.DEPARTMENTS:
        department = Department(code=code, name=name, parent=company.departments.get(parent))
        company.departments[code] = department.save_as(actor)


def _posts(company: Company, roles: dict[str, Role], actor: Actor) -> None:
    for account in ACCOUNTS:
        if account.title not in company.posts:
            post = Post(title=account.title, level=account.level)
            company.posts[account.title] = post.save_as(actor, links={"roles": [roles[account.role]]})
    company.posts["職員"] = Post(title="職員", level="staff").save_as(actor)


def _people(company: Company, dice: random.Random, begin: dt.date, actor: Actor) -> None:
    taken = {account.name for account in ACCOUNTS}
    for account in ACCOUNTS:
        person = _hire(company, account.name, account.department, account.title, begin, dice, actor)
        person.user = _user(account.username, account.name, staff=account.role == "administrator")
        person.save_as(actor)
    filled = {code: sum(a.department == code for a in ACCOUNTS) for code in company.departments}
    usual = {"DESK": "熱線坐席", "SUP": "技術支持", "SYS": "運維工程師", "NET": "運維工程師", "DBA": "運維工程師"}
    for code, _name, _parent, size in names.DEPARTMENTS:
        for _number in range(size - filled[code]):
            name = _fresh_name(dice, taken)
            _hire(company, name, code, usual.get(code, "職員"), begin, dice, actor)
    _heads(company, actor)


def _fresh_name(dice: random.Random, taken: set[str]) -> str:
    while True:
        name = dice.choice(names.FAMILY) + dice.choice(names.GIVEN)
        if name not in taken:
            taken.add(name)
            return name


def _hire(
    company: Company, name: str, code: str, title: str, begin: dt.date, dice: random.Random, actor: Actor
) -> Employee:
    joined = begin - dt.timedelta(days=dice.randrange(30, 2600))
    number = len(company.employees) + 1
    person = Employee(
        name=name,
        department=company.departments[code],
        post=company.posts[title],
        joined_on=joined,
        email=f"e{number:03}@huarui.example",
        phone=f"1{dice.randrange(3_000_000_000, 9_999_999_999)}",
    ).save_as(actor)
    Assignment(employee=person, post=person.post, department=person.department, valid_from=joined).save_as(actor)
    company.employees.append(person)
    return person


@cache
def _password() -> str:
    """Return the demo's one password as it is stored; working it out takes as long as an attacker's guess should."""
    return make_password(PASSWORD)


def _user(username: str, name: str, staff: bool = False) -> User:
    user, _created = User.objects.get_or_create(
        username=username, defaults={"display_name": name, "email": f"{username}@huarui.example", "is_staff": staff}
    )
    user.password = _password()
    user.must_change_password = True  # the password is published; outside demo mode it opens nothing else
    user.save()
    return user


def _heads(company: Company, actor: Actor) -> None:
    """Give every department a head, and everyone somebody to report to."""
    known = {"GM": "周正陽", "SYS": "林曉彤", "OPS": "吳俊傑"}
    heads: dict[int, Employee] = {}
    for code, department in company.departments.items():
        people = company.team(code)
        wanted = known.get(code)
        head = next((p for p in people if p.name == wanted), people[-1 if code == "PMO" else 0])
        department.head = heads[department.pk] = head
        department.save_as(actor)
    for person in company.employees:
        head = heads[person.department_id]
        if head.pk == person.pk:
            parent = person.department.parent
            head = heads[parent.pk] if parent else person
        if head.pk != person.pk:
            person.manager = head
            person.save_as(actor)


def _services(company: Company, actor: Actor) -> None:
    for code, name, team, checklist in names.SERVICES:
        service = Service(code=code, name=name, team=company.departments[team], checklist=checklist)
        company.services[code] = service.save_as(actor)


def _customers(company: Company, dice: random.Random, begin: dt.date, calendar: BusinessCalendar, actor: Actor) -> None:
    managers = company.team("SUP") + company.team("OPS")
    for number, short in enumerate(names.CUSTOMERS):
        tier = "gold" if number % 6 == 0 else "silver" if number % 3 == 0 else "bronze"
        customer = Customer(
            name=short + names.SUFFIXES[number % 3],
            short_name=short,
            tier=tier,
            team=company.departments[dice.choice(ENGINEER_TEAMS)],
            account_manager=dice.choice(managers),
            phone=f"021-{dice.randrange(50_000_000, 69_999_999)}",
        ).save_as(actor)
        company.customers.append(customer)
        taken: set[str] = set()
        company.contacts[customer.pk] = [
            Contact(
                customer=customer, name=_fresh_name(dice, taken), title=title, reach="organization",
                email=f"c{number:02}{index}@customer.example", phone=f"021-{dice.randrange(50_000_000, 69_999_999)}",
                mobile=f"139 {dice.randrange(1000, 9999)} {dice.randrange(1000, 9999)}",
            ).save_as(actor)
            for index, title in enumerate(("信息部經理", "系統管理員"))
        ]  # fmt: skip
        _contract(company, dice, customer, begin, calendar, actor)
    contact = company.contacts[company.customers[0].pk][0]
    contact.name, contact.user = CUSTOMER[1], _user(CUSTOMER[0], CUSTOMER[1])
    contact.save_as(actor)


def _contract(
    company: Company, dice: random.Random, customer: Customer, begin: dt.date, calendar: BusinessCalendar, actor: Actor
) -> None:
    codes = sorted(dice.sample(sorted(company.services), dice.randrange(4, 9)))
    contract = Contract(
        customer=customer,
        name=f"{customer.short_name}運維服務合同",
        calendar=calendar,
        project_manager=_project_manager(company, customer),
        starts_on=begin - dt.timedelta(days=dice.randrange(10, 200)),
        ends_on=begin + dt.timedelta(days=720),
        yearly_value=dice.randrange(20, 400) * 10_000,
        retroactive=False,
    )
    contract.save_as(actor, links={"services": [company.services[code] for code in codes]})
    if customer.tier == "gold":
        for (kind, priority), (minutes, around) in GOLD.items():
            SlaTarget(contract=contract, priority=priority, kind=kind, minutes=minutes, round_the_clock=around).save_as(
                actor
            )
    contract.move("activate", actor)


def _project_manager(company: Company, customer: Customer) -> Employee:
    """Return the project manager of a customer: the known one has every fourth, his colleagues the rest."""
    team = company.team("PMO")
    number = company.customers.index(customer)
    return team[0] if number % 4 == 0 else team[1 + number % (len(team) - 1)]


def _assets(company: Company, dice: random.Random, actor: Actor) -> None:
    types = {row.label: row for row in AssetType.objects.all()}
    for customer in company.customers:
        contract = customer.contracts.first()
        assert contract is not None
        host = _asset(company, customer, "VM", types, f"{customer.short_name}-host-01", dice, actor)
        for service in contract.services.order_by("code"):
            own = _asset(
                company, customer, service.code, types,
                f"{customer.short_name}-{service.code.lower()}-01", dice, actor,
            )  # fmt: skip
            AssetRelation(source=own, target=host, kind="runs-on").save_as(actor)


def _asset(
    company: Company,
    customer: Customer,
    code: str,
    types: dict[str, AssetType],
    name: str,
    dice: random.Random,
    actor: Actor,
) -> Asset:
    service = company.services[code]
    label, details = names.ASSET_TYPES[code]
    asset = Asset(
        type=types[label],
        attributes={detail: dice.choice(values) for detail, values in details.items()},
        name=name,
        kind=types[label].kind,
        customer=customer,
        service=service,
        team=service.team,
        criticality=dice.choice((1, 2, 2, 3)),
        serial=f"SN{dice.randrange(10**9, 10**10)}",
        location=dice.choice(("上海機房", "北京機房", "客戶現場")),
        address=f"10.{dice.randrange(1, 250)}.{dice.randrange(1, 250)}.{dice.randrange(2, 250)}",
    ).save_as(actor)
    asset.move("take-into-use", actor)
    company.assets.setdefault((customer.pk, code), []).append(asset)
    return asset
