"""Deliveries are kept as they came, answered at once, and refused with the reason (§3.1.1)."""

import base64
import datetime as dt

import pytest
from django.test import Client
from django_tasks_db.models import DBTaskResult

from opscharter.kernel import moment
from opscharter.kernel.access.actor import system_actor
from opscharter.service.alerts.intake import MOST_BYTES, issue_token, try_again
from opscharter.service.alerts.models import Alert, Delivery, Occurrence
from opscharter.service.alerts.processing import process_alerts, process_left_over
from opscharter.service.tickets.models import Incident
from tests.service.alerts.conftest import alert, work
from tests.service.conftest import MONDAY_NINE

pytestmark = pytest.mark.django_db


def test_a_delivery_is_kept_byte_for_byte_and_answered_before_it_is_processed(sender):
    prom = sender()
    prom.tell(alert("Down", MONDAY_NINE, instance="a"))
    kept = Delivery.objects.get()
    assert (kept.state, kept.status, kept.alerts) == ("waiting", 202, 1)
    assert b'"alertname": "Down"' in bytes(kept.body)
    assert Incident.objects.count() == 0
    work()
    kept.refresh_from_db()
    assert (kept.state, kept.fresh) == ("done", 1)
    assert Incident.objects.get().channel == "monitoring"


def test_many_deliveries_call_the_worker_once(sender):
    prom = sender()
    for number in range(5):
        prom.tell(alert("Down", MONDAY_NINE, instance=str(number)))
    assert DBTaskResult.objects.filter(task_path=process_alerts.module_path).count() == 1
    work()
    prom.tell(alert("Down", MONDAY_NINE, instance="later"))
    assert DBTaskResult.objects.filter(task_path=process_alerts.module_path).count() == 2


@pytest.mark.parametrize("body", [b"not json", b'{"version": "4"}', b"\xff\x00"])
def test_a_malformed_delivery_gets_400_with_the_reason_and_is_kept_for_inspection(sender, body):
    answer = sender().post(body)
    assert answer.status_code == 400
    assert answer.json()["error"]
    kept = Delivery.objects.get()
    assert (kept.state, bytes(kept.body), kept.reason) == ("refused", body, answer.json()["error"])
    assert not DBTaskResult.objects.exists()


def test_a_body_that_is_too_long_is_refused_and_its_beginning_is_kept(sender):
    answer = sender().post(b" " * (MOST_BYTES + 5))
    assert answer.status_code == 413
    assert len(bytes(Delivery.objects.get().body)) == MOST_BYTES


def test_a_source_that_is_not_in_use_takes_nothing_in(sender):
    prom = sender(active=False)
    assert prom.post({"version": "4", "alerts": []}).status_code == 403
    assert Delivery.objects.get().state == "refused"


def test_without_the_sources_own_token_nothing_is_told_and_nothing_is_kept(sender):
    prom, other = sender(), sender(code="other")
    answers = {prom.post({}, token=token).content for token in ("", "oca_wrong", other.token)}
    answers.add(Client().post("/hooks/alerts/nowhere/", "{}", content_type="application/json").content)
    assert len(answers) == 1
    assert prom.post({}, token="").status_code == 401
    assert Client().get("/hooks/alerts/prom/").status_code == 405
    assert not Delivery.objects.exists()


def test_the_token_comes_as_bearer_or_as_password_and_is_kept_only_as_a_hash(sender):
    prom = sender()
    basic = Client(headers={"Authorization": "Basic " + base64.b64encode(f"x:{prom.token}".encode()).decode()})
    body = '{"version": "4", "alerts": []}'
    assert basic.post("/hooks/alerts/prom/", body, content_type="application/json").status_code == 202
    door = prom.source.door
    door.refresh_from_db()
    assert prom.token not in (door.token_hash, door.token_prefix)
    before = prom.token
    issue_token(prom.source, system_actor())
    assert prom.post({}, token=before).status_code == 401


def test_a_delivery_that_cannot_be_processed_holds_up_no_other_and_can_be_tried_again(sender, monkeypatch):
    prom = sender()
    for name in ("one", "two", "three"):
        prom.tell(alert(name, MONDAY_NINE, instance="a"))
    from opscharter.service.alerts import processing

    real = processing.follow_up

    def stumble(source, alerts, fired):
        if any(each.title.startswith("two") for each in alerts):
            raise ValueError("no")
        real(source, alerts, fired)

    monkeypatch.setattr(processing, "follow_up", stumble)
    work()
    assert list(Delivery.objects.order_by("pk").values_list("state", flat=True)) == ["done", "failed", "done"]
    assert set(Alert.objects.values_list("title", flat=True)) == {"one on a", "three on a"}
    monkeypatch.undo()
    try_again(Delivery.objects.get(state="failed"), system_actor())
    work()
    assert Occurrence.objects.count() == 3


def test_what_lies_about_because_a_worker_was_lost_is_taken_up_again(sender):
    with moment.at(MONDAY_NINE):
        sender().tell(alert("Down", MONDAY_NINE, instance="a"))
        DBTaskResult.objects.all().delete()
        assert process_left_over.func() == 0
    with moment.at(MONDAY_NINE + dt.timedelta(seconds=25)):
        assert process_left_over.func() == 1
    assert DBTaskResult.objects.count() == 1
