"""A network scan held against the register: what is known, differs, is new, or did not answer."""

from __future__ import annotations

import csv
import datetime as dt
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils.translation import override

from opscharter.assets.models import Asset, FoundHost, NetworkScan
from opscharter.assets.reconciliation.intake import take_in
from opscharter.assets.reconciliation.nmap import read_nmap
from opscharter.customers.models import Customer
from opscharter.kernel.access.actor import system_actor
from opscharter.kernel.errors import Refused
from opscharter.kernel.users.models import User
from opscharter.organization.models import Role, RoleGrant

SCANS = Path(__file__).resolve().parents[3] / "shared/data/scans"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_english():
    with override("en"):
        yield


@pytest.fixture
def customer(db):
    return Customer(name="East Securities", short_name="East").save_as(system_actor())


def asset(customer, name, address, state="IN_USE"):
    made = Asset(name=name, kind="server", address=address, customer=customer).save_as(system_actor())
    return made.move("take-into-use", system_actor()) if state == "IN_USE" else made


def host(address, name="", ports="", state="up"):
    names = f'<hostnames><hostname name="{name}" type="PTR"/></hostnames>' if name else ""
    return f'<host><status state="{state}"/><address addr="{address}" addrtype="ipv4"/>{names}<ports>{ports}</ports></host>'


def nmap(*hosts, args="nmap 10.1.0.0/24"):
    return f'<?xml version="1.0"?><nmaprun scanner="nmap" args="{args}" start="1764000000">{"".join(hosts)}</nmaprun>'.encode()


def findings(scan):
    return {found.hostname or found.address: found.finding for found in scan.found.order_by("pk")}


def test_each_host_is_known_different_or_unknown_and_each_silent_asset_missing(customer):
    asset(customer, "web-01", "10.1.0.1")
    asset(customer, "db-01", "10.1.0.2")
    asset(customer, "mail-01", "10.1.0.3")
    asset(customer, "far-01", "10.9.0.1")
    asset(customer, "spare-01", "10.1.0.9", state="IN_STOCK")
    sent = nmap(host("10.1.0.1", "web-01.example.com"), host("10.1.0.22", "DB-01"), host("10.1.0.50", "printer"))
    scan = take_in(sent, "a.xml", customer, [], system_actor())
    assert findings(scan) == {
        "web-01.example.com": "known", "DB-01": "different", "printer": "unknown", "mail-01": "missing",
    }  # fmt: skip
    assert scan.found.get(finding="different").differences == [
        {"field": "address", "register": "10.1.0.2", "found": "10.1.0.22"}
    ]
    assert (scan.hosts, scan.networks, scan.begun_at) == (
        3, ["10.1.0.0/24"], dt.datetime.fromtimestamp(1764000000, dt.UTC)
    )  # fmt: skip


def test_a_host_that_was_asked_and_is_down_is_missing_outside_any_network_too(customer):
    asset(customer, "web-01", "10.1.0.1")
    scan = take_in(nmap(host("10.1.0.1", state="down"), args="nmap -iL hosts"), "a.xml", customer, [], system_actor())
    assert findings(scan) == {"web-01": "missing"}


def test_what_is_decided_changes_the_register_and_nothing_else_does(customer):
    db = asset(customer, "db-01", "10.1.0.2")
    sent = nmap(host("10.1.0.22", "db-01"), host("10.1.0.50", "printer"), host("10.1.0.51"))
    scan = take_in(sent, "a.xml", customer, [], system_actor())
    db.refresh_from_db()
    assert db.address == "10.1.0.2"
    with pytest.raises(Refused, match="3 findings are not settled yet"):
        scan.move("finish", system_actor())
    moved, printer, unnamed = scan.found.order_by("pk")
    moved.move("correct", system_actor())
    db.refresh_from_db()
    assert db.address == "10.1.0.22"
    printer.move("register", system_actor(), new_name="Printer, 3rd floor", new_kind="endpoint")
    entered = Asset.objects.get(name="Printer, 3rd floor")
    assert (entered.address, entered.customer, entered.state) == ("10.1.0.50", customer, "IN_USE")
    unnamed.move("set-aside", system_actor(), reason="a visitor's notebook")
    assert scan.move("finish", system_actor()).state == "DONE"


def test_the_same_file_comes_in_once_for_a_customer(customer):
    first = take_in(nmap(host("10.1.0.1")), "a.xml", customer, [], system_actor())
    with pytest.raises(ValidationError) as refused:
        take_in(nmap(host("10.1.0.1")), "b.xml", customer, [], system_actor())
    assert refused.value.message_dict == {"file": [f"This file was taken in as {first.number}."]}


@pytest.mark.parametrize(
    ("sent", "why"),
    [
        (b"<nmaprun><host></nmaprun>", "Line 1: this is not XML (mismatched tag)."),
        (b"", "Line 1: this is not XML (no element found)."),
        (b"<openvas/>", "This is XML, but not nmap's: its root is <openvas>."),
        (
            b'<!DOCTYPE n [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><nmaprun args="&b;"/>',
            "The file defines entities; nmap writes none, so it is refused.",
        ),
        (b'<?xml version="1.0" encoding="nonsense"?><nmaprun/>', "The file's encoding cannot be read."),
    ],
)
def test_a_broken_or_hostile_file_is_refused_with_the_reason_and_changes_nothing(customer, sent, why):
    with pytest.raises(ValidationError) as refused:
        take_in(sent, "a.xml", customer, [], system_actor())
    assert refused.value.message_dict == {"file": [why]}
    assert not NetworkScan.objects.exists()


def test_networks_that_are_none_are_named(customer):
    with pytest.raises(ValidationError) as refused:
        take_in(nmap(host("10.1.0.1")), "a.xml", customer, ["10.1.0.0/24", "the office"], system_actor())
    assert "the office" in refused.value.message_dict["networks"][0]


@pytest.mark.skipif(not SCANS.exists(), reason="the shared scans are not here")
def test_every_open_port_of_the_real_scans_is_read():
    expected = {
        "issue12411.xml": 4, "issue4406.xml": 25, "nmap_0port.xml": 0, "nmap_1port.xml": 1, "nmap_multiple_port.xml": 13,
        "nmap_script_vulners.xml": 1,
    }  # fmt: skip
    listed = {
        row["file"].partition("/")[2]
        for row in csv.DictReader((SCANS / "EXPECTED.csv").open())
        if "nmap/" in row["file"]
    }
    found = {}
    for name in listed:
        with (SCANS / "nmap" / name).open("rb") as stream:
            found[name] = sum(len(each.ports) for each in read_nmap(stream).hosts)
    assert found == expected


@pytest.mark.skipif(not SCANS.exists(), reason="the shared scans are not here")
def test_the_real_scans_are_taken_in_and_reconciled(customer):
    for file in sorted((SCANS / "nmap").glob("*.xml")):
        scan = take_in(file.read_bytes(), file.name, customer, [], system_actor())
        assert scan.found.count() == scan.hosts, file.name
    assert FoundHost.objects.filter(finding="unknown").count() == FoundHost.objects.count() > 0


MAC = "00:16:3E:5B:A1:0C"


def host_with_mac(address, mac, name=""):
    return host(address, name).replace("<ports>", f'<address addr="{mac}" addrtype="mac" vendor="Xensource"/><ports>')


def register(customer, name, address, mac="", state="IN_USE"):
    made = asset(customer, name, address, state)
    made.mac = mac
    return made.save_as(system_actor())


def test_a_mac_address_is_kept_in_one_form_and_what_is_none_is_refused(customer):
    made = register(customer, "web-01", "10.1.0.1", "0016.3e5b.a10c")
    assert made.mac == MAC
    made.mac = "00-16-3e-5b-a1"
    with pytest.raises(ValidationError) as refused:
        made.save_as(system_actor())
    assert refused.value.message_dict == {"mac": ["“00-16-3e-5b-a1” is not a MAC address."]}


def test_a_host_with_a_new_address_and_no_name_is_recognised_by_its_mac(customer):
    web = register(customer, "web-01", "10.1.0.1", MAC)
    scan = take_in(nmap(host_with_mac("10.1.0.77", MAC.lower())), "a.xml", customer, [], system_actor())
    found = scan.found.get()
    assert (found.asset, found.matched_by, found.finding) == (web, ["mac"], "different")
    assert found.differences == [{"field": "address", "register": "10.1.0.1", "found": "10.1.0.77"}]
    found.move("correct", system_actor())
    web.refresh_from_db()
    assert (web.address, web.mac) == ("10.1.0.77", MAC)


def test_it_says_by_what_a_host_is_recognised_and_that_its_card_is_another(customer):
    register(customer, "web-01", "10.1.0.1", "00:16:3E:00:00:01")
    scan = take_in(nmap(host_with_mac("10.1.0.1", MAC, "web-01.lan")), "a.xml", customer, [], system_actor())
    found = scan.found.get()
    assert (found.matched_by, found.finding) == (["address", "name"], "different")
    assert found.differences == [{"field": "mac", "register": "00:16:3E:00:00:01", "found": MAC}]


def test_what_is_learnt_of_a_host_is_entered_when_a_person_settles_it(customer):
    scan = take_in(nmap(host_with_mac("10.1.0.50", MAC, "printer")), "a.xml", customer, [], system_actor())
    scan.found.get().move("register", system_actor(), new_name="Printer", new_kind="endpoint")
    assert Asset.objects.get(name="Printer").mac == MAC


@pytest.mark.parametrize("first", [0, 1])
def test_signs_that_point_to_different_assets_are_a_contradiction_for_a_person_to_decide(customer, first):
    made = [("web-01", "10.1.0.1", ""), ("db-01", "10.1.0.2", MAC)]
    for each in (made[first], made[1 - first]):
        register(customer, *each)
    web, db = Asset.objects.get(name="web-01"), Asset.objects.get(name="db-01")
    scan = take_in(nmap(host_with_mac("10.1.0.1", MAC, "db-01")), "a.xml", customer, [], system_actor())
    found = scan.found.get()
    assert (found.finding, found.state, found.asset, found.matched_by) == ("conflict", "OPEN", None, [])
    assert {each["asset"]: each["by"] for each in found.candidates} == {web.pk: ["address"], db.pk: ["mac", "name"]}
    with pytest.raises(Refused, match="1 findings are not settled yet"):
        scan.move("finish", system_actor())
    with pytest.raises(Refused):
        found.move("correct", system_actor())
    found.refresh_from_db()
    found.move("link", system_actor(), asset=db)
    db.refresh_from_db()
    web.refresh_from_db()
    assert (db.address, web.address) == ("10.1.0.1", "10.1.0.1")


def test_two_assets_of_the_same_name_are_told_apart_by_the_address_or_not_at_all(customer):
    one, _two = register(customer, "web-01", "10.1.0.1"), register(customer, "WEB-01.lan", "10.1.0.2")
    sent = nmap(host("10.1.0.1", "web-01"), host("10.1.0.9", "web-01"))
    scan = take_in(sent, "a.xml", customer, [], system_actor())
    clear, torn = scan.found.order_by("pk")
    assert (clear.asset, clear.matched_by) == (one, ["address", "name"])
    assert (torn.finding, len(torn.candidates)) == ("conflict", 2)


def test_the_page_of_a_contradiction_names_the_assets_and_what_points_to_each(customer):
    register(customer, "web-01", "10.1.0.1")
    register(customer, "db-01", "10.1.0.2", MAC)
    scan = take_in(nmap(host_with_mac("10.1.0.1", MAC)), "a.xml", customer, [], system_actor())
    role = Role(code="administrator", name="all").save_as(system_actor())
    RoleGrant(role=role, record_type="*", action="*", reach="all").save_as(system_actor())
    browser = Client(headers={"Accept-Language": "en"})
    browser.force_login(User.objects.create_superuser("root"), backend="django.contrib.auth.backends.ModelBackend")
    page = browser.get(f"/assets/findings/{scan.found.get().pk}/").content.decode()
    for words in ("points to different assets", "web-01", "db-01", MAC, "network address", "contradictory"):
        assert words in page
