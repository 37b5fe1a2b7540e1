"""What fails with what."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from opscharter.assets.graph import affected_services, dependants
from opscharter.assets.models import Asset, AssetRelation
from opscharter.customers.models import Service
from opscharter.kernel.access.actor import Actor, Grant, system_actor
from opscharter.kernel.errors import Refused

pytestmark = pytest.mark.django_db


def asset(name, service=None):
    return Asset(name=name, kind="server", service=service).save_as(system_actor())


def needs(source, target):
    return AssetRelation(source=source, target=target).save_as(system_actor())


def test_everything_that_needs_a_failed_asset_is_affected_through_any_number_of_steps():
    host, database, web, other = asset("host"), asset("database"), asset("web"), asset("other")
    needs(database, host)
    needs(web, database)
    assert dependants([host.pk]) == {host.pk, database.pk, web.pk}
    assert dependants([web.pk]) == {web.pk}
    assert other.pk not in dependants([host.pk])
    assert dependants([]) == set()


def test_a_circle_does_not_run_for_ever():
    first, second = asset("first"), asset("second")
    needs(first, second)
    needs(second, first)
    assert dependants([first.pk]) == {first.pk, second.pk}


def test_a_relation_that_was_archived_no_longer_counts():
    host, web = asset("host"), asset("web")
    relation = needs(web, host)
    relation.archive_as(system_actor(), reason="moved")
    assert dependants([host.pk]) == {host.pk}


def test_the_services_of_all_affected_assets_are_named_once():
    payment = Service(code="PAY", name="Payment").save_as(system_actor())
    host, web, queue = asset("host"), asset("web", payment), asset("queue", payment)
    needs(web, host)
    needs(queue, host)
    assert affected_services([host.pk]) == [payment]


def test_an_asset_cannot_need_itself():
    host = asset("host")
    with pytest.raises(ValidationError):
        needs(host, host)


def test_retiring_an_asset_needs_an_approval_whatever_the_role():
    host = asset("host")
    admin = Actor(label="admin", grants=(Grant("*", "*", "all"),))
    with pytest.raises(Refused) as refused:
        host.move("retire", admin, reason="old")
    assert [reason.clause for reason in refused.value.reasons] == ["7.3.3"]
    assert Asset.objects.get(pk=host.pk).state == "IN_STOCK"
