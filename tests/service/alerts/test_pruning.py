"""Deliveries go when their time is over; what incidents and standing alerts rest on stays, and the trail tells of it."""

from __future__ import annotations

import ast
import datetime as dt
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError

import opscharter
from opscharter.kernel import moment
from opscharter.kernel.access.actor import system_actor
from opscharter.kernel.audit.checking import verify_now
from opscharter.kernel.audit.models import AuditEntry
from opscharter.service.alerts import pruning
from opscharter.service.alerts.models import Alert, AlertRule, Delivery, Occurrence
from opscharter.service.alerts.pruning import prune, prune_deliveries
from tests.service.alerts.conftest import alert, work
from tests.service.conftest import MONDAY_NINE

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)
LATER = MONDAY_NINE + dt.timedelta(days=91)


@pytest.fixture(autouse=True)
def _monday_nine():
    with moment.at(MONDAY_NINE):
        yield


@pytest.fixture
def noise(sender):
    """Return a sender whose alerts named "Noise" open no incident."""
    sender = sender()
    AlertRule(source=sender.source, label="alertname", value="Noise", ignore=True).save_as(system_actor())
    return sender


def fire(sender, name, *, ended=True):
    """Let an alert fire and end: two deliveries."""
    sender.tell(alert(name, MONDAY_NINE, instance="db-01"))
    if ended:
        sender.tell(alert(name, MONDAY_NINE, MONDAY_NINE + MINUTE, instance="db-01"))
    work(sender.source)


def test_nothing_goes_before_its_time(noise):
    fire(noise, "Noise")
    with moment.at(MONDAY_NINE + dt.timedelta(days=89)):
        assert prune(noise.source) == 0
    assert Delivery.objects.count() == 2


def test_what_is_over_goes_and_the_occurrence_stays_with_its_figures(noise):
    fire(noise, "Noise")
    with moment.at(LATER):
        assert prune_deliveries.func() == {noise.source.code: 2}
    occurrence = Occurrence.objects.get()
    assert (occurrence.deliveries, occurrence.first_delivery, occurrence.last_delivery) == (2, None, None)
    assert Alert.objects.get().occurrence_count == 1


def test_what_an_incident_rests_on_stays(noise):
    fire(noise, "DiskFull")
    assert Occurrence.objects.get().incident is not None
    with moment.at(LATER):
        assert prune(noise.source) == 0
    assert Delivery.objects.count() == 2


def test_what_still_fires_stays_and_so_does_what_waits_or_failed(noise):
    fire(noise, "Noise", ended=False)
    rest = {"source": noise.source, "received_at": MONDAY_NINE, "body": b"{}", "size": 2, "status": 202}
    for state in ("waiting", "failed"):
        Delivery.objects.create(state=state, **rest)
    Delivery.objects.create(state="refused", **rest)
    with moment.at(LATER):
        assert prune(noise.source) == 1
    assert sorted(Delivery.objects.values_list("state", flat=True)) == ["done", "failed", "waiting"]


def test_a_source_says_how_long_and_may_keep_for_ever(noise):
    fire(noise, "Noise")
    noise.source.keep_days = 7
    noise.source.save_as(system_actor())
    with moment.at(MONDAY_NINE + dt.timedelta(days=8)):
        assert prune(noise.source) == 2
    fire(noise, "Noise")
    noise.source.keep_days = None
    noise.source.save_as(system_actor())
    with moment.at(MONDAY_NINE + dt.timedelta(days=9000)):
        assert prune(noise.source) == 0
    noise.source.keep_days = 6
    with pytest.raises(ValidationError):
        noise.source.save_as(system_actor())


def test_every_batch_is_told_in_the_trail_which_stays_intact(noise, monkeypatch):
    monkeypatch.setattr(pruning, "BATCH", 1)
    fire(noise, "Noise")
    with moment.at(LATER):
        prune(noise.source)
        told = AuditEntry.objects.filter(action="prune", record_id=noise.source.pk)
        assert [each.changes["deliveries"][1] for each in told] == [1, 1]
        assert verify_now().intact


def test_an_alert_whose_delivery_is_gone_can_still_be_read_and_told_of(noise):
    fire(noise, "Noise")
    with moment.at(LATER):
        prune(noise.source)
        noise.tell(alert("Noise", LATER, instance="db-01"))
        work(noise.source)
    assert Occurrence.objects.count() == 2


def test_only_the_pruning_deletes_deliveries():
    """No other file of the alerts calls delete() on anything."""
    folder = Path(opscharter.__file__).parent / "service/alerts"
    deleting = {
        file.name
        for file in folder.rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.Attribute) and node.attr in ("delete", "_raw_delete")
    }
    assert deleting == {"pruning.py"}
