"""Alerts become incidents: one for what belongs together, never a second for what flaps, none left when quiet (§2.2.4)."""

import datetime as dt
from pathlib import Path

import pytest

from opscharter.assets.models import Asset
from opscharter.kernel import moment
from opscharter.kernel.access.actor import system_actor
from opscharter.service.alerts.incidents import settle_quiet
from opscharter.service.alerts.models import Alert, AlertRule, Delivery, Occurrence
from opscharter.service.oncall.models import Call
from opscharter.service.tickets.models import Incident
from tests.service.alerts.conftest import Sender, alert, work
from tests.service.conftest import MONDAY_NINE, bring_to_work

pytestmark = pytest.mark.django_db
CAPTURED = Path(__file__).parents[4] / "shared/data/alertmanager"
MINUTE = dt.timedelta(minutes=1)
needs_captured = pytest.mark.skipif(not CAPTURED.is_dir(), reason="the shared data are not here")


def deliver(prom: Sender, number: int) -> None:
    """Deliver a captured body as it came, and let the worker work."""
    assert prom.post((CAPTURED / f"{number:02}_body.json").read_bytes()).status_code == 202
    work()


@needs_captured
def test_captured_deliveries_1_to_6_give_2_alerts_and_one_incident_and_leave_none_firing(sender):
    prom = sender()
    for number in (1, 2, 3):
        deliver(prom, number)
    assert list(Alert.objects.order_by("pk").values_list("fingerprint", flat=True)) == [
        "e4c79e303ce9b93c", "10ec13df986eb55b",
    ]  # fmt: skip
    assert Occurrence.objects.count() == 2
    assert Incident.objects.count() == 1
    before = [(each.pk, each.started_at, each.ended_at) for each in Occurrence.objects.order_by("pk")]
    deliver(prom, 4)  # the same bytes again
    assert [(each.pk, each.started_at, each.ended_at) for each in Occurrence.objects.order_by("pk")] == before
    deliver(prom, 5)
    deliver(prom, 6)
    assert not Alert.objects.filter(firing=True).exists()
    assert Occurrence.objects.count() == 2
    assert Incident.objects.count() == 1
    assert Alert.objects.get(fingerprint="10ec13df986eb55b").title == "主机 10.0.1.12 宕机"


@needs_captured
def test_a_truncated_delivery_says_how_many_were_left_out_and_one_without_severity_is_taken(sender):
    prom = sender()
    deliver(prom, 7)
    shown = Delivery.objects.get()
    assert (shown.alerts, shown.truncated) == (2, 3)
    deliver(prom, 8)
    assert Alert.objects.get(fingerprint="fd23da18be718445").severity == 2


@needs_captured
def test_the_alert_of_delivery_1_again_reopens_or_opens_and_is_never_swallowed(sender):
    prom = sender(quiet_minutes=0)
    with moment.at(MONDAY_NINE):
        for number in range(1, 7):
            deliver(prom, number)
        assert settle_quiet() == 1
        assert Incident.objects.get().state == "RESOLVED"
        deliver(prom, 9)
    incident = Incident.objects.get()
    assert (incident.state, incident.reopen_count) == ("IN_PROGRESS", 1)
    assert Occurrence.objects.filter(alert__fingerprint="e4c79e303ce9b93c").count() == 2


def test_20_flaps_are_one_incident_and_one_page(sender, on_duty):
    prom = sender(quiet_minutes=3)
    for flap in range(20):
        at = MONDAY_NINE + flap * 2 * MINUTE
        with moment.at(at):
            prom.tell(alert("Flap", at, instance="a"))
            work()
        with moment.at(at + MINUTE):
            prom.tell(alert("Flap", at, at + MINUTE, instance="a"))
            work()
            settle_quiet()
    assert Incident.objects.count() == 1
    assert Occurrence.objects.count() == 20
    assert Call.objects.count() == 1
    with moment.at(MONDAY_NINE + 43 * MINUTE):
        assert settle_quiet() == 1
    incident = Incident.objects.get()
    assert incident.state == "RESOLVED"
    assert incident.cause
    assert incident.assessed_at
    assert incident.tested_at
    assert not incident.test_steps.filter(result="pending").exists()


def test_flaps_slower_than_the_quiet_time_reopen_the_same_incident(sender):
    prom = sender(quiet_minutes=1)
    for flap in range(3):
        at = MONDAY_NINE + flap * 10 * MINUTE
        with moment.at(at):
            prom.tell(alert("Flap", at, instance="a"))
            prom.tell(alert("Flap", at, at, instance="a"))
            work()
        with moment.at(at + 2 * MINUTE):
            assert settle_quiet() == 1
    assert Incident.objects.get().reopen_count == 2
    late = MONDAY_NINE + dt.timedelta(hours=5)
    with moment.at(late):
        prom.tell(alert("Flap", late, instance="a"))
        work()
    assert Incident.objects.count() == 2


def test_the_same_start_told_again_is_the_same_occurrence_and_a_new_start_another(sender):
    prom = sender()
    for _again in range(3):
        prom.tell(alert("Down", MONDAY_NINE, instance="a"))
    prom.tell(alert("Down", MONDAY_NINE + MINUTE, instance="a"))
    work()
    first, second = Occurrence.objects.order_by("started_at")
    assert (first.deliveries, second.deliveries) == (3, 1)
    assert first.ended_at == second.started_at
    assert second.ended_at is None
    assert Alert.objects.get().occurrence_count == 2


def test_a_delivery_that_overtook_its_successor_changes_nothing_of_what_stands(sender):
    prom = sender()
    prom.tell(alert("Down", MONDAY_NINE + MINUTE, MONDAY_NINE + 2 * MINUTE, instance="a"))
    work()
    assert Incident.objects.count() == 0, "an end without a beginning is no incident"
    prom.tell(alert("Down", MONDAY_NINE, instance="a"))
    work()
    assert not Alert.objects.get().firing
    assert Incident.objects.count() == 0
    assert Occurrence.objects.count() == 2


def test_several_alerts_of_one_service_share_an_incident_and_the_graver_makes_it_more_urgent(sender, service):
    prom = sender()
    prom.tell(alert("Slow", MONDAY_NINE, instance="a"))
    work()
    assert Incident.objects.get().priority == 3
    prom.tell(alert("Down", MONDAY_NINE, instance="b", severity="critical"))
    work()
    incident = Incident.objects.get()
    assert (incident.urgency, incident.priority, incident.service) == (1, 2, service)
    assert Alert.objects.filter(incident=incident).count() == 2


def test_rules_by_label_say_whose_an_alert_is_and_what_is_nobodys_business(sender, customer, service):
    prom = sender(customer=None, service=None)
    for number, (label, how, value, what) in enumerate([
        ("tenant", "is", "east", {"customer": customer}),
        ("job", "matches", "^pay(ment)?-", {"service": service}),
        ("alertname", "contains", "Watchdog", {"ignore": True}),
    ]):  # fmt: skip
        rule = AlertRule(source=prom.source, position=number, label=label, how=how, value=value, **what)
        rule.save_as(system_actor())
    prom.tell(
        alert("Down", MONDAY_NINE, instance="a", tenant="east", job="payment-gateway"),
        alert("Watchdog", MONDAY_NINE, instance="b", tenant="east"),
        alert("Lost", MONDAY_NINE, instance="c", tenant="west"),
    )
    work()
    incident = Incident.objects.get()
    assert (incident.customer, incident.service) == (customer, service)
    placed = {each.title: (each.customer, each.ignored, each.incident) for each in Alert.objects.all()}
    assert placed["Watchdog on b"] == (customer, True, None)
    assert placed["Lost on c"] == (None, False, None)


def test_saying_by_hand_whose_an_alert_is_opens_its_incident_and_holds(sender, customer):
    prom = sender(customer=None, service=None)
    prom.tell(alert("Lost", MONDAY_NINE, instance="c"))
    work()
    lost = Alert.objects.get()
    lost.customer = customer
    lost.save_as(system_actor())
    incident = Incident.objects.get()
    assert incident.customer == customer
    assert Occurrence.objects.get().incident == incident
    prom.tell(alert("Lost", MONDAY_NINE + MINUTE, instance="c"))
    work()
    lost.refresh_from_db()
    assert (lost.customer, lost.by_hand, lost.incident) == (customer, True, incident)


def test_the_asset_is_found_by_its_name_or_address_and_says_whose_it_is(sender, customer, service, team):
    prom = sender(customer=None, service=None)
    made = {"kind": "server", "customer": customer, "service": service, "team": team, "criticality": 1}
    Asset(name="db-01", address="10.0.1.11", **made).save_as(system_actor())
    Asset(name="web-01", **made).save_as(system_actor())
    prom.tell(alert("Down", MONDAY_NINE, instance="10.0.1.11:9100"), alert("Slow", MONDAY_NINE, host="web-01.east.cn"))
    work()
    incident = Incident.objects.get()
    assert {str(asset) for asset in incident.assets.all()} == {"db-01", "web-01"}
    assert (incident.customer, incident.service, incident.impact) == (customer, service, 1)


def test_an_incident_that_somebody_works_on_is_not_taken_out_of_their_hands(sender, engineer, on_duty):
    prom = sender(quiet_minutes=5)
    with moment.at(MONDAY_NINE):
        prom.tell(alert("Down", MONDAY_NINE, instance="a"))
        work()
        incident = Incident.objects.get()
        incident.move("assign", system_actor(), assignee=engineer, team=incident.team)
        bring_to_work(incident)
        prom.tell(alert("Down", MONDAY_NINE, MONDAY_NINE, instance="a"))
        work()
    with moment.at(MONDAY_NINE + 4 * MINUTE):
        assert settle_quiet() == 0
    with moment.at(MONDAY_NINE + 6 * MINUTE):
        assert settle_quiet() == 1
        assert settle_quiet() == 0, "told once"
    incident.refresh_from_db()
    assert incident.state == "IN_PROGRESS"
    from opscharter.kernel.notices.models import Notice

    assert Notice.objects.filter(type="service.alerts-recovered", user=engineer.user).count() == 1


def test_nothing_is_resolved_while_anything_of_it_fires(sender):
    prom = sender(quiet_minutes=0)
    prom.tell(alert("Down", MONDAY_NINE, instance="a"), alert("Slow", MONDAY_NINE, instance="b"))
    prom.tell(alert("Down", MONDAY_NINE, MONDAY_NINE + MINUTE, instance="a"))
    work()
    assert settle_quiet() == 0
    assert Incident.objects.get().state == "NEW"
