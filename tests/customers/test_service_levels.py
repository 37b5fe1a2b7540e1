"""Which service level holds."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.exceptions import ValidationError

from opscharter.customers.models import Contract, Customer, Service, SlaTarget
from opscharter.customers.service_levels import COMPANY, service_levels
from opscharter.kernel.access.actor import system_actor
from opscharter.kernel.calendars.models import BusinessCalendar
from opscharter.kernel.users.models import User
from opscharter.organization.models import Role, RoleGrant

pytestmark = pytest.mark.django_db
DAY = dt.date(2025, 10, 13)


def contract(customer, name, *, services=(), active=True, **more):
    made = Contract(
        customer=customer, name=name, starts_on=dt.date(2025, 1, 1), ends_on=dt.date(2025, 12, 31), **more
    ).save_as(system_actor(), links={"services": list(services)})
    return made.move("activate", system_actor()) if active else made


@pytest.fixture
def customer(db):
    return Customer(name="East").save_as(system_actor())


def test_the_company_s_own_levels_hold_where_there_is_no_contract(customer):
    levels = service_levels(customer.pk, None, DAY)
    assert levels.contract is None
    assert levels.promised("resolve", 1).seconds == COMPANY["resolve"][1][0] * 60
    assert levels.promised("update", 3) is None


def test_a_contract_s_target_wins_and_the_rest_falls_back(customer):
    made = contract(customer, "gold")
    SlaTarget(contract=made, priority=1, kind="resolve", minutes=60, round_the_clock=True).save_as(system_actor())
    levels = service_levels(customer.pk, None, DAY)
    assert levels.promised("resolve", 1).seconds == 3600
    assert levels.promised("resolve", 2).seconds == COMPANY["resolve"][2][0] * 60


def test_the_contract_that_names_the_service_comes_first_and_drafts_and_ended_ones_never(customer):
    mail = Service(code="MAIL", name="Mail").save_as(system_actor())
    named = contract(customer, "mail", services=[mail])
    contract(customer, "general")
    contract(customer, "draft", services=[mail], active=False)
    assert service_levels(customer.pk, mail.pk, DAY).contract == named
    assert service_levels(customer.pk, None, dt.date(2026, 1, 1)).contract is None


def test_a_target_counts_in_the_contract_s_service_hours_unless_round_the_clock(customer):
    calendar = BusinessCalendar(name="Office").save_as(system_actor())
    made = contract(customer, "office", calendar=calendar)
    SlaTarget(contract=made, priority=2, kind="respond", minutes=30).save_as(system_actor())
    levels = service_levels(customer.pk, None, DAY)
    assert levels.promised("respond", 2).calendar == calendar
    assert levels.promised("respond", 1).calendar is None


def test_impossible_contracts_are_refused_by_field(customer):
    with pytest.raises(ValidationError) as refused:
        Contract(customer=customer, name="x", starts_on=DAY, ends_on=dt.date(2024, 1, 1)).save_as(system_actor())
    assert "ends_on" in refused.value.message_dict
    with pytest.raises(ValidationError) as refused:
        contract(customer, "x", matrix={"9,9": 1})
    assert "matrix" in refused.value.message_dict


def test_the_test_checklist_of_a_service_is_edited_one_test_a_line(client):
    role = Role(code="administrator", name="all").save_as(system_actor())
    RoleGrant(role=role, record_type="*", action="*", reach="all").save_as(system_actor())
    client.force_login(User.objects.create_superuser("root"), backend="django.contrib.auth.backends.ModelBackend")
    service = Service(code="PAY", name="Payment", checklist=["Pay", "Refund"]).save_as(system_actor())
    url = f"/customers/services/{service.pk}/edit/"
    assert "Pay\nRefund" in client.get(url).content.decode()
    sent = {"code": "PAY", "name": "Payment", "checklist": "Pay\r\n\r\n Reconcile \n", "version": service.version}
    assert client.post(url, sent).status_code == 302
    assert Service.objects.get().checklist == ["Pay", "Reconcile"]
