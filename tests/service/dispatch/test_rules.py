"""Assignment rules: in their order, by their conditions, to whom their method finds; and the dry run says why."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from opscharter.customers.models import Customer, Service
from opscharter.kernel import moment
from opscharter.kernel.access.actor import system_actor
from opscharter.kernel.errors import Refused
from opscharter.kernel.notices.models import Notice
from opscharter.kernel.timeline.models import TimelineEntry
from opscharter.kernel.users.models import User
from opscharter.organization.access import actor_of_employee
from opscharter.organization.models import Assignment, Delegation, Department, Employee, Post, Role, RoleGrant
from opscharter.service.dispatch.deciding import decide
from opscharter.service.dispatch.matching import case_of
from opscharter.service.dispatch.models import AssignmentRule, Declined, EmployeeSkill, RuleTurn, Skill
from opscharter.service.oncall.models import Roster, RosterShift, ShiftMember
from opscharter.service.tickets.models import ServiceRequest

pytestmark = pytest.mark.django_db
MONDAY = timezone.make_aware(dt.datetime(2025, 10, 13, 10, 0))
NIGHT = timezone.make_aware(dt.datetime(2025, 10, 13, 23, 0))


@pytest.fixture(autouse=True)
def _monday():
    with moment.at(MONDAY):
        yield


@pytest.fixture
def post(db):
    role = Role(code="engineer", name="engineer").save_as(system_actor())
    for kind in ("service.incident", "service.servicerequest"):
        RoleGrant(role=role, record_type=kind, action="*", reach="all").save_as(system_actor())
    return Post(title="Staff", level="staff").save_as(system_actor(), links={"roles": [role]})


@pytest.fixture
def hire(team, post):
    def make(name, department=None):
        begin, place = dt.date(2020, 1, 1), {"department": department or team, "post": post}
        user = User.objects.create_user(name)
        person = Employee(name=name, joined_on=begin, user=user, **place).save_as(system_actor())
        Assignment(employee=person, valid_from=begin, **place).save_as(system_actor())
        return person

    return make


@pytest.fixture
def three(hire):
    return [hire(name) for name in ("Ann", "Bo", "Cy")]


def rule(method, links=None, **more):
    made = AssignmentRule(**{"name": str(method), "method": method, **more})
    return made.save_as(system_actor(), links=links or {})


def story(ticket, verb="assigned-by-rule"):
    return [entry.data for entry in TimelineEntry.objects.filter(record_id=ticket.pk, verb=verb).order_by("pk")]


def test_a_ticket_is_assigned_when_it_comes_in_and_the_story_says_by_which_rule(incident, three):
    rule("least-load", name="Least in hand")
    ticket = incident()
    assert (ticket.state, ticket.assignee, ticket.assign_seconds) == ("ASSIGNED", three[0], 0)
    assert story(ticket)[0]["rule"] == "Least in hand"
    assert story(ticket)[0]["who"] == "Ann"
    assert Notice.objects.filter(user=three[0].user, type="service.assigned").count() == 1


@pytest.mark.parametrize("channel", ["phone", "email", "portal", "chat", "monitoring", "api"])
def test_by_whatever_channel_it_comes(incident, three, channel):
    rule("least-load")
    assert incident(channel=channel).assignee == three[0]


def test_requests_too(customer, service, three):
    rule("least-load")
    request = ServiceRequest(
        title="VPN", description="For Mr Wu.", customer=customer, service=service, impact=3, urgency=3
    ).save_as(system_actor())
    assert request.assignee == three[0]


def test_who_is_named_at_intake_keeps_it(incident, three):
    rule("least-load")
    ticket = incident(assignee=three[2])
    assert ticket.assignee == three[2]
    assert story(ticket) == []


def test_without_rules_everything_waits_as_before(incident, three):
    ticket = incident()
    assert (ticket.state, ticket.assignee) == ("NEW", None)
    assert story(ticket, "assigned-to-nobody") == []


def test_the_lowest_number_is_asked_first_and_a_rule_that_finds_nobody_gives_way(incident, three, calendar):
    rule("on-call", rank=1, name="nobody is on call")
    rule("round-robin", rank=30, name="late")
    rule("least-load", rank=20, name="middle")
    rule("least-load", rank=2, name="off", active=False)
    ticket = incident()
    assert story(ticket)[0]["rule"] == "middle"


@pytest.mark.parametrize(
    ("conditions", "links", "missed"),
    [
        ({"kind": "service.servicerequest"}, {}, "type"),
        ({"channel": "email"}, {}, "channel"),
        ({"to_priority": 2}, {}, "priority"),
        ({"from_priority": 4}, {}, "priority"),
        ({"when": "outside"}, {}, "working time"),
        ({}, {"customers": ["other"]}, "customer"),
        ({}, {"services": ["other"]}, "service"),
    ],
)
def test_every_condition_says_why_it_is_not_met(incident, three, calendar, conditions, links, missed):
    other = {
        "customers": Customer(name="Other").save_as(system_actor()),
        "services": Service(code="O", name="Other").save_as(system_actor()),
    }
    conditions = conditions | ({"calendar": calendar} if "when" in conditions else {})
    rule("least-load", {name: [other[name]] for name in links}, **conditions)
    ticket = incident()
    assert (ticket.priority, ticket.assignee) == (3, None)
    (verdict,) = decide(case_of(ticket)).verdicts
    assert [missed in text for text in verdict.why_not] == [True]
    assert story(ticket, "assigned-to-nobody") == [{}]


def test_the_same_conditions_met_fit(incident, three, calendar, customer, service):
    rule(
        "least-load", {"customers": [customer], "services": [service]}, kind="service.incident", channel="phone",
        from_priority=2, to_priority=3, when="inside", calendar=calendar,
    )  # fmt: skip
    assert incident().assignee == three[0]
    with moment.at(NIGHT):
        assert incident().assignee is None


def test_least_load_counts_what_is_open_and_a_limit_passes_people_over(incident, three):
    for person in (three[0], three[0], three[1]):
        incident(assignee=person)
    rule("least-load", most_open=1)
    assert incident().assignee == three[2]
    ticket = incident()
    assert ticket.assignee is None, "everybody has one by now"
    (verdict,) = decide(case_of(ticket)).verdicts
    assert [(each.person.name, each.load, each.fits) for each in verdict.candidates] == [
        ("Bo", 1, False), ("Cy", 1, False), ("Ann", 2, False),
    ]  # fmt: skip


def test_one_after_the_other_goes_round_and_a_dry_run_takes_no_turn(incident, three):
    rule("round-robin")
    assert [incident().assignee.name for _n in range(2)] == ["Ann", "Bo"]
    ticket = incident(assignee=three[0])
    for _n in range(3):
        assert decide(case_of(ticket)).person == three[2]
    assert [incident().assignee.name for _n in range(2)] == ["Cy", "Ann"]
    assert RuleTurn.objects.count() == 1


def test_who_is_on_call_gets_it_and_at_the_minute_of_change_the_incoming_one(incident, three, team, calendar):
    roster = Roster(name="Duty", team=team, calendar=calendar).save_as(system_actor())
    shift = RosterShift(roster=roster, name="day", rotation="daily", since=dt.date(2025, 10, 12)).save_as(
        system_actor()
    )
    for position, person in enumerate(three, start=1):
        ShiftMember(shift=shift, position=position, employee=person).save_as(system_actor())
    rule("on-call")
    with moment.at(MONDAY.replace(hour=8, minute=59)):
        assert incident().assignee == three[0]
    with moment.at(MONDAY.replace(hour=9)):
        assert incident().assignee == three[1]


def skill(person, what, level, **more):
    EmployeeSkill(employee=person, skill=what, level=level, **more).save_as(system_actor())


def test_the_best_with_a_valid_skill_gets_it_and_the_others_are_told_why_not(incident, three, hire, service):
    oracle = Skill(name="Oracle").save_as(system_actor(), links={"services": [service]})
    elsewhere = hire("Di", Department(code="DBA", name="Databases").save_as(system_actor()))
    skill(three[0], oracle, 5, valid_until=dt.date(2025, 10, 12))
    skill(three[1], oracle, 2)
    skill(three[2], oracle, 3, valid_until=dt.date(2025, 10, 13))
    skill(elsewhere, oracle, 4)
    rule("skill")
    ticket = incident()
    assert (ticket.assignee, ticket.team.code) == (elsewhere, "SYS")
    (verdict,) = decide(case_of(ticket)).verdicts
    against = {each.person.name: each.why_not for each in verdict.candidates}
    assert against["Ann"] == ["Oracle has run out on 2025-10-12"]
    assert against["Bo"] == ["Oracle at level 2 only"]
    assert against["Cy"] == []


def test_within_a_team_only_its_people_are_asked_for_a_skill(incident, three, team, hire):
    oracle = Skill(name="Oracle").save_as(system_actor())
    skill(three[2], oracle, 3)
    rule("skill", skill=oracle, team=team)
    assert incident().assignee == three[2]


def test_the_customer_s_own_team_serves(incident, customer, hire, service):
    own = Department(code="EAST", name="East").save_as(system_actor())
    customer.team = own
    customer.save_as(system_actor())
    person = hire("Ed", own)
    rule("customer-team")
    ticket = incident()
    assert (ticket.team, ticket.assignee) == (own, person)


def test_a_rule_may_name_the_team_alone(incident, three):
    other = Department(code="NET", name="Networks").save_as(system_actor())
    rule("team-only", team=other)
    ticket = incident()
    ticket.refresh_from_db()
    assert (ticket.state, ticket.team, ticket.assignee) == ("NEW", other, None)


def test_who_has_left_or_is_away_is_passed_over_with_the_reason(incident, three):
    three[0].left_on = dt.date(2025, 10, 12)
    three[0].save_as(system_actor())
    Delegation(
        person=three[1],
        deputy=three[2],
        valid_from=dt.date(2025, 10, 13),
        valid_to=dt.date(2025, 10, 17),
        reason="leave",
    ).save_as(system_actor())
    rule("least-load")
    ticket = incident()
    assert ticket.assignee == three[2]
    assert story(ticket)[0]["passed"] == "Bo: is away until 2025-10-17"


def test_declined_with_a_reason_it_goes_to_the_next_and_never_back(incident, three):
    rule("least-load")
    ticket = incident()
    ticket.move("decline", actor_of_employee(three[0]), reason="no access to this site")
    ticket.refresh_from_db()
    assert (ticket.state, ticket.assignee) == ("ASSIGNED", three[1])
    assert "no access to this site" in story(ticket)[1]["passed"]
    ticket.move("decline", actor_of_employee(three[1]), reason="at the dentist's")
    ticket.move("decline", actor_of_employee(three[2]), reason="me neither")
    ticket.refresh_from_db()
    assert (ticket.state, ticket.assignee, Declined.objects.count()) == ("NEW", None, 3)


def test_declined_by_all_the_head_of_the_team_is_told(incident, three, team, hire):
    head = hire("Head", Department(code="HQ", name="Headquarters").save_as(system_actor()))
    team.head = head
    team.save_as(system_actor())
    ticket = incident(assignee=three[0])
    ticket.move("decline", actor_of_employee(three[0]), reason="no access")
    assert Notice.objects.get(type="service.declined").user == head.user


def test_declining_needs_a_reason_and_is_for_who_was_given_it(incident, three):
    ticket = incident(assignee=three[0])
    with pytest.raises(Refused, match="reason"):
        ticket.move("decline", actor_of_employee(three[0]), reason=" ")
    with pytest.raises(Refused) as refused:
        ticket.move("decline", actor_of_employee(three[1]), reason="not mine")
    assert refused.value.reasons[0].clause == "3.1.2"


def test_a_rule_by_time_names_its_calendar():
    with pytest.raises(ValidationError) as refused:
        rule("least-load", when="inside")
    assert "calendar" in refused.value.message_dict


@pytest.fixture
def browser(client):
    role = Role(code="administrator", name="all").save_as(system_actor())
    RoleGrant(role=role, record_type="*", action="*", reach="all").save_as(system_actor())
    client.force_login(User.objects.create_superuser("root"), backend="django.contrib.auth.backends.ModelBackend")
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


URL = "/service/who-gets-it/"


def test_the_dry_run_says_of_every_rule_and_person_why(incident, three, browser, customer, service):
    rule("least-load", rank=1, name="Only by mail", channel="email")
    rule("least-load", rank=2, name="Least in hand", most_open=1)
    rule("round-robin", rank=3, name="In turn")
    incident(assignee=three[0])
    sent = {
        "customer": customer.pk,
        "service": service.pk,
        "kind": "service.incident",
        "priority": 2,
        "channel": "phone",
    }
    answer = browser.get(URL, sent)
    decision = answer.context_data["page"].decision
    assert (decision.person, decision.rule.name) == (three[1], "Least in hand")
    assert [(v.fits, v.decides) for v in decision.verdicts] == [(False, False), (True, True), (True, False)]
    page = answer.content.decode()
    assert "channel is not: mailbox" in page
    assert "has 1 open tickets, 1 at most" in page
    assert not RuleTurn.objects.exists()


def test_the_dry_run_of_a_ticket_and_of_the_last_ones(incident, three, browser):
    first, second = incident(assignee=three[0]), incident(assignee=three[1])
    rule("round-robin", name="In turn")
    answer = browser.get(URL, {"number": second.number.lower()})
    assert answer.context_data["page"].decision.person == three[0]
    past = browser.get(URL, {"last": "10"}).context_data["page"]
    assert [(each.ticket, each.same) for each in past.past] in (
        [(second, False), (first, True)], [(first, True), (second, False)],
    )  # fmt: skip
    assert past.agreed == 1
    assert browser.get(URL, {"number": "INC-1"}).status_code == 422


def test_the_dry_run_shows_no_ticket_out_of_reach_and_is_closed_to_who_reads_no_rules(incident, three, client):
    ticket = incident()
    client.force_login(three[0].user, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(URL).status_code == 404
    role = Role.objects.get(code="engineer")
    for grant in RoleGrant.objects.filter(role=role):
        grant.archive_as(system_actor(), reason="less")
    RoleGrant(role=role, record_type="service.assignmentrule", action="view", reach="all").save_as(system_actor())
    assert client.get(URL).status_code == 200
    assert client.get(URL, {"number": ticket.number}).status_code == 422
    assert client.get(URL, {"last": "10"}).context_data["page"].past == []
