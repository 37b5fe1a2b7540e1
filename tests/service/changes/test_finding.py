"""Alterations of assets outside any change of theirs are found in the trail, judged by a person, and counted."""

from __future__ import annotations

import datetime as dt
import io

import pytest
from django.utils.translation import override

from opscharter.assets.models import Asset, AssetRelation, FoundHost, NetworkScan
from opscharter.kernel import moment
from opscharter.kernel.access.actor import system_actor
from opscharter.kernel.errors import Refused
from opscharter.kernel.exchange.importing import import_rows
from opscharter.kernel.resources.site import site
from opscharter.service.changes.finding import find_alterations
from opscharter.service.changes.models import AssetAlteration, UnauthorisedChange
from tests.service.changes.conftest import MONDAY_NINE, TONIGHT, acting, approve, assess
from tests.service.changes.test_measures import exceptions

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_english():
    with override("en"):
        yield


MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def in_use(database):
    """Return the database, in use for a week."""
    with moment.at(MONDAY_NINE - dt.timedelta(days=7)):
        return database.move("take-into-use", system_actor())


@pytest.fixture
def keeper(person):
    """Return who keeps the register."""
    return person("Root", "administrator")


def alter(asset, actor, **facts):
    asset.refresh_from_db()
    for name, value in facts.items():
        setattr(asset, name, value)
    asset.save_as(actor)


def test_an_alteration_outside_any_change_is_found_once_with_who_and_what(in_use, keeper, customer, team):
    alter(in_use, acting(keeper), location="Rack 9", name="db-01 (main)")
    (found,) = find_alterations()
    assert (found.asset, found.told, found.altered_at) == (in_use, "location: — → Rack 9", MONDAY_NINE)
    assert (found.altered_by, found.customer, found.team) == (keeper.user, customer, team)
    assert find_alterations() == []


def test_a_step_of_the_assets_life_is_an_alteration_too(in_use, keeper):
    in_use.move("maintain", acting(keeper), reason="disk")
    assert [found.told for found in find_alterations()] == ["state: in use → in maintenance"]


def test_what_is_done_while_a_change_of_the_asset_is_under_way_is_accounted_for(in_use, change, manager, doer, host):
    with moment.at(MONDAY_NINE - dt.timedelta(days=7)):
        host.move("take-into-use", system_actor())
    made = approve(assess(change()), manager)
    with moment.at(TONIGHT):
        made.move("start", acting(doer))
    with moment.at(TONIGHT + 10 * MINUTE):
        alter(in_use, acting(doer), address="10.0.0.7")
        alter(host, acting(doer), location="elsewhere")
        assert [found.asset for found in find_alterations()] == [host], "the host is not part of the change"
    with moment.at(TONIGHT + 20 * MINUTE):
        made.move("fail", acting(doer), reason="given up")
    with moment.at(TONIGHT + 79 * MINUTE):
        alter(in_use, acting(doer), address="10.0.0.8")
        assert find_alterations() == [], "it is still written up"
    with moment.at(TONIGHT + 81 * MINUTE):
        alter(in_use, acting(doer), address="10.0.0.9")
        assert [found.asset for found in find_alterations()] == [in_use]


def test_an_import_that_reconciles_the_register_is_found_as_such(in_use):
    file = io.BytesIO(f"number,location\n{in_use.number},Rack 4\n".encode())
    result = import_rows(site.resource("assets.asset"), system_actor("import"), file, "rows.csv", dry_run=False)
    assert result.changed == 1
    (found,) = find_alterations()
    found.move("accept", system_actor())
    assert UnauthorisedChange.objects.get().source == "reconciliation"


def test_assets_not_in_use_and_facts_that_no_change_alters_are_left_alone(in_use, host, keeper):
    alter(host, acting(keeper), location="store")
    alter(in_use, acting(keeper), name="other", criticality=1)
    fresh = Asset(name="new", kind="server", location="x").save_as(acting(keeper))
    fresh.move("take-into-use", acting(keeper))
    assert find_alterations() == []


def test_whoever_altered_it_cannot_explain_it_away(in_use, keeper, person):
    alter(in_use, acting(keeper), location="Rack 9")
    (found,) = find_alterations()
    with pytest.raises(Refused, match="Somebody else"):
        found.move("explain", acting(keeper), explanation="it was me")
    other = person("Yan", "change-manager")
    assert found.move("explain", acting(other), explanation="stock-taking").state == "EXPLAINED"
    assert not UnauthorisedChange.objects.exists()


def test_one_accepted_as_unauthorised_counts_in_the_check(in_use, keeper):
    alter(in_use, acting(keeper), location="Rack 9")
    (found,) = find_alterations()
    found.move("accept", acting(keeper))
    found.refresh_from_db()
    assert found.unauthorised.description == "location: — → Rack 9"
    assert (found.unauthorised.source, found.unauthorised.asset) == ("audit", in_use)
    assert AssetAlteration.objects.get().state == "UNAUTHORISED"
    assert exceptions("change.unauthorised")[0] == {found.unauthorised.pk}


def test_what_a_scan_finds_otherwise_than_registered_is_found_unless_a_change_since_explains_it(
    in_use, change, customer, manager, doer, keeper
):
    def scan():
        kept = NetworkScan(customer=customer, networks=[], file_name="scan.xml", sha256=str(moment.now()))
        kept.save_as(system_actor())
        differences = [{"field": "address", "register": "", "found": "10.0.0.9"}]
        host = FoundHost(scan=kept, finding="different", address="10.0.0.9", asset=in_use, differences=differences)
        return host.save_as(system_actor())

    seen = scan()
    (found,) = find_alterations()
    assert (found.told, found.via, found.sighting) == ("network address: — → 10.0.0.9", "scan", seen)
    seen.move("correct", acting(keeper))
    assert find_alterations() == [], "correcting the register is not the alteration"
    made = approve(assess(change()), manager)
    with moment.at(TONIGHT):
        made.move("start", acting(doer))
        made.move("fail", acting(doer), reason="given up")
    with moment.at(TONIGHT + dt.timedelta(days=1)):
        scan()
        assert find_alterations() == []


@pytest.fixture
def pair(in_use, host):
    """Return two assets that have been in use for a week."""
    with moment.at(MONDAY_NINE - dt.timedelta(days=7)):
        host.move("take-into-use", system_actor())
    return in_use, host


def relate(source, target, actor, kind="connected-to"):
    return AssetRelation(source=source, target=target, kind=kind).save_as(actor)


def test_a_relation_drawn_altered_or_taken_away_without_a_change_is_found_once(pair, keeper):
    one, other = pair
    drawn = relate(one, other, acting(keeper))
    drawn.kind = "depends-on"
    drawn.save_as(acting(keeper))
    drawn.archive_as(acting(keeper), reason="moved")
    assert [(found.asset, found.told) for found in find_alterations()] == [
        (one, f"relation: — → is connected through {other}"),
        (one, f"relation: is connected through {other} → depends on {other}"),
        (one, f"relation: depends on {other} → —"),
    ]
    assert find_alterations() == []
    assert AssetAlteration.objects.filter(altered_by=keeper.user, via=acting(keeper).via).count() == 3


def test_a_relation_is_accounted_for_by_a_change_of_either_end_within_its_window(pair, change, manager, doer):
    one, other = pair
    made = approve(assess(change()), manager)
    with moment.at(TONIGHT):
        made.move("start", acting(doer))
    with moment.at(TONIGHT + 10 * MINUTE):
        relate(one, other, acting(doer))
        relate(other, one, acting(doer))
        assert find_alterations() == []
        made.move("fail", acting(doer), reason="given up")
    with moment.at(TONIGHT + 80 * MINUTE):
        relate(one, other, acting(doer), "depends-on")
        assert [found.asset for found in find_alterations()] == [one]


def test_relations_of_an_asset_that_is_only_being_entered_are_left_alone(in_use, host, keeper):
    relate(in_use, host, acting(keeper))
    host.move("take-into-use", acting(keeper))
    assert find_alterations() == []


def test_relations_that_an_import_reconciles_are_found_as_such(pair):
    one, other = pair
    file = io.BytesIO(f"source,kind,target\n{one.number},depends-on,{other.number}\n".encode())
    result = import_rows(site.resource("assets.assetrelation"), system_actor(), file, "rows.csv", dry_run=False)
    assert result.created == 1
    (found,) = find_alterations()
    found.move("accept", system_actor())
    kept = UnauthorisedChange.objects.get()
    assert (kept.source, kept.description) == ("reconciliation", f"relation: — → depends on {other}")
