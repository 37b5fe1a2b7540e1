"""From posts, roles, days and deputies to what a person may do."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.exceptions import ValidationError

from opscharter.customers.models import Contact, Customer
from opscharter.kernel import moment
from opscharter.kernel.access.actor import NOBODY, actor_for, system_actor
from opscharter.kernel.users.models import User
from opscharter.organization.directory import CompanyDirectory
from opscharter.organization.models import Delegation, Department, Employee, EmployeeRole, Post, Role
from opscharter.organization.roles import NAMES, default_grants
from opscharter.organization.seed import install_roles
from opscharter.organization.services import assign_post, post_on, take_up_due_posts
from opscharter.service.tickets.models import Incident

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def company(db):
    """Return a small company: OPS over SYS and NET, and a post for engineers and one for HR."""
    actor = system_actor()
    roles = install_roles(actor)
    ops = Department(code="OPS", name="Operations").save_as(actor)
    departments = {
        "OPS": ops,
        "SYS": Department(code="SYS", name="Systems", parent=ops).save_as(actor),
        "NET": Department(code="NET", name="Networks", parent=ops).save_as(actor),
    }
    posts = {
        code: Post(title=code).save_as(actor, links={"roles": [roles[code]]})
        for code in ("engineer", "hr", "department-manager")
    }
    return departments, posts, roles


def hire(company, name, department, post, on=None):
    departments, posts, _roles = company
    person = Employee(
        name=name, department=departments[department], post=posts[post], joined_on=dt.date(2020, 1, 1),
        user=User.objects.create(username=name),
    ).save_as(system_actor())  # fmt: skip
    assign_post(person, posts[post], departments[department], on or dt.date(2020, 1, 1), system_actor())
    return person


def incident(team):
    return Incident(title="x", description="y", urgency=2, team=team, imported_from="test").save_as(system_actor())


def test_a_visitor_and_a_switched_off_account_may_do_nothing(company):
    person = hire(company, "li", "SYS", "engineer")
    assert actor_for(None) is NOBODY
    person.user.is_active = False
    assert actor_for(person.user) is NOBODY


def test_the_roles_follow_the_post(company):
    engineer = actor_for(hire(company, "li", "SYS", "engineer").user)
    assert engineer.roles == {"engineer"}
    assert engineer.may("service.incident", "resolve")
    assert not engineer.may("organization.employee", "create")


def test_moving_to_another_post_on_a_date_changes_the_roles_that_day_and_yesterday_still_shows_the_old_post(company):
    departments, posts, _roles = company
    person = hire(company, "li", "SYS", "engineer")
    tomorrow = moment.today() + DAY
    assign_post(person, posts["hr"], departments["OPS"], tomorrow, system_actor())
    assert actor_for(person.user).roles == {"engineer"}
    person.refresh_from_db()
    assert person.post == posts["engineer"], "the post of today is still the old one"
    with moment.at(moment.now() + DAY):
        assert actor_for(person.user).roles == {"hr"}
        assert take_up_due_posts(system_actor()) == 1
        person.refresh_from_db()
        assert (person.post, person.department) == (posts["hr"], departments["OPS"])
        assert post_on(person, tomorrow - DAY).post == posts["engineer"]
        assert post_on(person, tomorrow).post == posts["hr"]


def test_a_manager_sees_the_own_department_and_below_and_an_engineer_only_the_own(company):
    departments, _posts, _roles = company
    tickets = {code: incident(department) for code, department in departments.items()}
    manager = hire(company, "head", "OPS", "department-manager")
    engineer = hire(company, "li", "SYS", "engineer")
    visible = Incident.objects.visible_to
    assert set(visible(actor_for(manager.user))) == set(tickets.values())
    assert set(visible(actor_for(engineer.user))) == {tickets["SYS"]}


def test_a_head_sees_what_lies_below_what_they_head(company):
    departments, _posts, _roles = company
    ticket = incident(departments["NET"])
    manager = hire(company, "head", "SYS", "department-manager")
    assert ticket not in Incident.objects.visible_to(actor_for(manager.user))
    departments["NET"].head = manager
    departments["NET"].save_as(system_actor())
    assert ticket in Incident.objects.visible_to(actor_for(manager.user))


def test_a_role_given_by_hand_holds_from_its_first_to_its_last_day(company):
    _departments, _posts, roles = company
    person = hire(company, "li", "SYS", "engineer")
    today = moment.today()
    EmployeeRole(employee=person, role=roles["auditor"], valid_from=today, valid_to=today).save_as(system_actor())
    assert actor_for(person.user).roles == {"engineer", "auditor"}
    with moment.at(moment.now() + DAY):
        assert actor_for(person.user).roles == {"engineer"}


def test_a_deputy_has_the_roles_of_whom_they_stand_in_for_on_those_days_only(company):
    person, deputy = hire(company, "li", "SYS", "hr"), hire(company, "wu", "SYS", "engineer")
    today = moment.today()
    Delegation(person=person, deputy=deputy, valid_from=today, valid_to=today, reason="leave").save_as(system_actor())
    assert actor_for(deputy.user).roles == {"engineer", "hr"}
    assert CompanyDirectory().stands_in_for(deputy.pk) == [person.pk]
    with moment.at(moment.now() + DAY):
        assert actor_for(deputy.user).roles == {"engineer"}


def test_whoever_has_left_may_do_nothing(company):
    person = hire(company, "li", "SYS", "engineer")
    person.left_on = moment.today() - DAY
    person.save_as(system_actor())
    assert not actor_for(person.user).grants


def test_a_contact_acts_as_an_outsider_within_the_own_organization(company):
    customer = Customer(name="East").save_as(system_actor())
    other = Customer(name="West").save_as(system_actor())
    user = User.objects.create(username="contact")
    Contact(customer=customer, name="He", reach="organization", user=user).save_as(system_actor())
    actor = actor_for(user)
    assert actor.external
    assert set(Customer.objects.visible_to(actor)) == {customer}
    assert other not in Customer.objects.visible_to(actor)
    assert not actor.may("organization.employee", "view")


def test_a_department_cannot_lie_under_itself_and_its_path_follows_its_parent(company):
    departments, _posts, _roles = company
    ops, systems = departments["OPS"], departments["SYS"]
    systems.refresh_from_db()
    assert systems.path == f"/{ops.pk}/{systems.pk}/"
    ops.refresh_from_db()
    ops.parent = systems
    with pytest.raises(ValidationError):
        ops.save_as(system_actor())


def test_the_directory_finds_holders_of_a_role_and_heads(company):
    departments, _posts, _roles = company
    person = hire(company, "li", "SYS", "hr")
    hire(company, "wu", "SYS", "engineer")
    departments["SYS"].head = person
    departments["SYS"].save_as(system_actor())
    directory = CompanyDirectory()
    assert directory.in_role("hr", None) == [person.pk]
    assert directory.head_of(departments["SYS"].pk) == person.pk


def test_every_role_has_a_name_and_grants_and_installing_twice_changes_nothing(company):
    assert all(lines for lines in default_grants().values())
    before = Role.objects.count()
    install_roles(system_actor())
    assert Role.objects.count() == before == len(NAMES)
