"""Exceptions to a clause: a role, a reason, at most 30 days, another's approval; shown on the clause, over by itself."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client

from opscharter.charter.models import Clause
from opscharter.charter.waivers.models import Waiver
from opscharter.charter.waivers.part import of_clause
from opscharter.charter.waivers.services import expire_due
from opscharter.customers.models import Customer
from opscharter.kernel import moment
from opscharter.kernel.access.actor import system_actor
from opscharter.kernel.controls.models import GuardDecision
from opscharter.kernel.errors import Refused
from opscharter.kernel.notices.models import Notice
from opscharter.kernel.users.models import User
from opscharter.organization.models import Department, Employee, Post
from opscharter.organization.seed import install_roles
from opscharter.service.tickets.models import Incident

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("regulation")]

REQUESTER = [
    *(("service.incident", action, "all") for action in ("view", "resolve")),
    ("charter.waiver", "view", "all"),
    ("charter.waiver", "create", "all"),
]
APPROVER = [*REQUESTER, ("charter.waiver", "approve", "all"), ("charter.waiver", "end", "all")]


@pytest.fixture
def incident(db):
    """Return an incident in work that nobody has tested: closing it is refused by §3.3.3."""
    customer = Customer(name="Customer", short_name="C").save_as(system_actor())
    row = Incident(title="Down", description="x", urgency=2, customer=customer).save_as(system_actor())
    team = Department(code="SYS", name="Systems").save_as(system_actor())
    post = Post(title="Engineer", level="engineer").save_as(system_actor())
    person = Employee(name="Li", department=team, post=post, joined_on=dt.date(2020, 1, 1)).save_as(system_actor())
    row.move("assign", system_actor(), team=team, assignee=person)
    row.move("assess", system_actor(), category="x", severity="x", scope_note="x", impact=3, urgency=3)
    return row


@pytest.fixture
def requester(make_actor):
    """Return who asks."""
    return make_actor(*REQUESTER, person=901)


@pytest.fixture
def approver(make_actor):
    """Return somebody else who may let incidents pass."""
    return make_actor(*APPROVER, ("service.incident", "override", "all"), person=902)


def ask(incident, actor, days=20, reason="No power"):
    return Waiver(
        control="incident.fully-tested", record_type="service.incident", record_id=incident.pk, reason=reason,
        expires_at=moment.now() + dt.timedelta(days=days),
    ).save_as(actor)  # fmt: skip


def resolve(incident, actor):
    incident.refresh_from_db()
    return incident.move("resolve", actor, cause="c", fix="f")


def controls(refused):
    return [reason.control for reason in refused.value.reasons]


def test_an_exception_lets_the_record_pass_only_once_another_has_approved_it(incident, requester, approver):
    with pytest.raises(Refused) as refused:
        resolve(incident, requester)
    assert controls(refused) == ["incident.fully-tested"]
    waiver = ask(incident, requester)
    with pytest.raises(Refused):
        resolve(incident, requester)
    waiver.move("approve", approver)
    assert resolve(incident, requester).state == "RESOLVED"
    assert GuardDecision.objects.filter(guard="incident.fully-tested", outcome="overridden").count() == 1


def test_an_exception_longer_than_30_days_or_without_a_reason_is_refused_with_its_clause(incident, requester):
    for wrong in ({"days": 31}, {"days": 0}):
        with pytest.raises(Refused) as refused:
            ask(incident, requester, **wrong)
        assert [(r.control, r.clause) for r in refused.value.reasons] == [("exception.bounded", "10.1.1")]
    assert ask(incident, requester, days=30).state == "REQUESTED"


def test_the_requester_and_whoever_lacks_the_role_do_not_approve(incident, make_actor):
    both = make_actor(*APPROVER, ("service.incident", "override", "all"), person=903)
    no_role = make_actor(*APPROVER, person=904)
    waiver = ask(incident, both)
    for actor in (both, no_role):
        with pytest.raises(Refused) as refused:
            waiver.move("approve", actor)
        assert controls(refused) == ["exception.approved-by-another"]
    with pytest.raises(Refused):
        resolve(incident, both)


def test_a_guard_that_allows_no_exception_takes_none(requester):
    waiver = Waiver(control="exception.bounded", reason="x", expires_at=moment.now() + dt.timedelta(days=1))
    with pytest.raises(Refused):
        waiver.save_as(requester)


def test_a_record_outside_ones_scope_is_unknown(incident, make_actor):
    stranger = make_actor(("charter.waiver", "create", "all"), person=905)
    with pytest.raises(Refused) as refused:
        ask(incident, stranger)
    assert controls(refused) == ["exception.record-known"]


def test_it_shows_on_the_clause_and_reopens_it_when_it_has_expired(incident, requester, approver):
    waiver = ask(incident, requester, days=20)
    waiver.move("approve", approver)
    clause = Clause.objects.get(number="3.3.3")
    assert [line.name for line in of_clause(clause, approver)] == [str(waiver)]
    with moment.at(moment.now() + dt.timedelta(days=20, seconds=1)):
        assert expire_due(system_actor()) == 1
        assert expire_due(system_actor()) == 0
        with pytest.raises(Refused):
            resolve(incident, requester)
        (line,) = of_clause(clause, approver)
        assert line.tone == "r"
    assert Notice.objects.filter(type="charter.exception-expired", user=requester.user).exists()


def test_ended_early_the_guard_refuses_again_at_once(incident, requester, approver):
    waiver = ask(incident, requester)
    waiver.move("approve", approver)
    waiver.move("end", approver, reason="Power is back")
    with pytest.raises(Refused):
        resolve(incident, requester)


def test_the_refused_step_offers_to_ask_for_an_exception(incident):
    install_roles(system_actor())
    user = User.objects.create_superuser("root")
    browser = Client()
    browser.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    answer = browser.post(f"/service/incidents/{incident.pk}/moves/resolve/", {"cause": "c", "fix": "f"})
    assert answer.status_code == 409
    asked = f"control=incident.fully-tested&amp;record_type=service.incident&amp;record_id={incident.pk}"
    assert f"/charter/exceptions/new/?{asked}" in answer.content.decode()
