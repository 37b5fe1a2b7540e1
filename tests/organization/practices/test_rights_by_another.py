"""Nobody gives rights to themselves: posts, roles, grants, deputies."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils.translation import override

from opscharter.kernel import moment
from opscharter.kernel.access.actor import system_actor
from opscharter.kernel.controls.models import GuardDecision
from opscharter.kernel.errors import Refused
from opscharter.organization.models import Assignment, Delegation, EmployeeRole, RoleGrant

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 6, 1)


@pytest.fixture(autouse=True)
def _in_english():
    with override("en"):
        yield


def refused(record, actor, **links):
    with pytest.raises(Refused) as told:
        record.save_as(actor, links=links)
    assert told.value.reasons[0].clause == "2.1.1"
    return told.value.reasons[0].control


def test_an_administrator_gives_a_role_to_others_but_not_to_themselves(company):
    admin, role = company.actor("admin"), company.roles["auditor"]
    own = EmployeeRole(employee=company.people["admin"], role=role, valid_from=TODAY)
    assert refused(own, admin) == "organization.rights-by-another"
    assert GuardDecision.objects.filter(guard="organization.rights-by-another").exists()
    EmployeeRole(employee=company.people["li"], role=role, valid_from=TODAY).save_as(admin)


def test_a_role_that_runs_out_is_not_prolonged_by_its_holder(company):
    role = EmployeeRole(
        employee=company.people["admin"], role=company.roles["auditor"], valid_from=TODAY, valid_to=TODAY
    ).save_as(system_actor())  # fmt: skip
    role.valid_to = None
    assert refused(role, company.actor("admin")) == "organization.rights-by-another"


def test_human_resources_gives_no_post_to_itself_and_widens_none_it_holds(company):
    hr = company.actor("hr")
    own = Assignment(
        employee=company.people["hr"], post=company.posts["administrator"], department=company.departments["OPS"],
        valid_from=TODAY,
    )  # fmt: skip
    assert refused(own, hr) == "organization.rights-by-another"
    roles = [company.roles["hr"], company.roles["administrator"]]
    assert refused(company.posts["hr"], hr, roles=roles) == "organization.rights-by-another"
    assert company.posts["hr"].roles.count() == 1
    company.posts["engineer"].save_as(hr, links={"roles": [company.roles["engineer"], company.roles["hotline"]]})


def test_a_role_one_holds_is_widened_by_somebody_who_does_not_hold_it(company):
    grant = RoleGrant(role=company.roles["administrator"], record_type="*", action="override", reach="all")
    assert refused(grant, company.actor("admin")) == "organization.rights-by-another"
    RoleGrant(role=company.roles["engineer"], record_type="x.y", action="view", reach="own").save_as(
        company.actor("admin")
    )


def delegation(company, person, deputy):
    day = moment.today()
    return Delegation(
        person=company.people[person], deputy=company.people[deputy], valid_from=day, valid_to=day, reason="leave"
    )


@pytest.mark.parametrize(
    ("who", "person", "deputy"),
    [("li", "boss", "li"), ("li", "boss", "wu"), ("head", "boss", "head"), ("hr", "boss", "hr")],
)
def test_nobody_becomes_anothers_deputy_without_them_or_who_leads_them(company, who, person, deputy):
    assert refused(delegation(company, person, deputy), company.actor(who)) == "organization.deputy-by-the-absent"


@pytest.mark.parametrize(
    ("who", "person", "deputy"), [("li", "li", "wu"), ("head", "li", "wu"), ("hr", "boss", "head")]
)
def test_the_absent_and_those_who_lead_them_name_a_deputy(company, who, person, deputy):
    delegation(company, person, deputy).save_as(company.actor(who))
