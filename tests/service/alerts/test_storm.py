"""Acceptance case 10, scaled down, with exact figures: nothing lost, nothing doubled, one page each, one candidate."""

import datetime as dt

import pytest

from opscharter.customers.models import Customer
from opscharter.kernel import moment
from opscharter.kernel.access.actor import system_actor
from opscharter.kernel.errors import Refused
from opscharter.service.alerts import processing
from opscharter.service.alerts.incidents import settle_quiet
from opscharter.service.alerts.models import Alert, Delivery, MajorCandidate, Occurrence
from opscharter.service.alerts.processing import process_batch
from opscharter.service.emergencies.models import Emergency
from opscharter.service.oncall.models import Call
from opscharter.service.tickets.models import Incident
from tests.service.alerts.conftest import alert, work
from tests.service.conftest import MONDAY_NINE

pytestmark = pytest.mark.django_db
FINGERPRINTS, CUSTOMERS, DELIVERIES = 40, 3, 200
SECOND = dt.timedelta(seconds=1)


@pytest.fixture
def senders(sender, team):
    """Return a sender for each of three customers of one team."""
    made = []
    for number in range(CUSTOMERS):
        customer = Customer(name=f"Customer {number}", team=team).save_as(system_actor())
        made.append(sender(code=f"prom-{number}", customer=customer, service=None, quiet_minutes=5))
    return made


def storm(senders, recover: bool = False) -> None:
    """Deliver the storm: every delivery a new start of one of the fingerprints, or the end of the last ones."""
    for number in range(DELIVERIES):
        name = f"F{number % FINGERPRINTS:02}"
        started = MONDAY_NINE + number * SECOND / 100
        ended = MONDAY_NINE + 10 * SECOND if recover else None
        senders[number % FINGERPRINTS % CUSTOMERS].tell(alert(name, started, ended, instance=name))


def test_case_10_a_storm_is_3_incidents_1_candidate_and_one_page_per_engineer_per_incident(
    senders, on_duty, monkeypatch
):
    monkeypatch.setattr(processing, "BATCH", 25)
    with moment.at(MONDAY_NINE + 2 * SECOND):
        storm(senders)
        work()
    assert Delivery.objects.filter(state="done").count() == DELIVERIES
    assert Occurrence.objects.count() == DELIVERIES
    assert Alert.objects.count() == FINGERPRINTS
    assert Incident.objects.count() == CUSTOMERS
    assert Occurrence.objects.filter(incident=None).count() == 0
    assert MajorCandidate.objects.count() == 1
    assert MajorCandidate.objects.get().incidents.count() == CUSTOMERS
    assert Call.objects.count() == CUSTOMERS, "one engineer, three incidents"
    with moment.at(MONDAY_NINE + 12 * SECOND):
        storm(senders, recover=True)
        work()
    assert Occurrence.objects.count() == DELIVERIES
    assert not Alert.objects.filter(firing=True).exists()
    with moment.at(MONDAY_NINE + dt.timedelta(minutes=6)):
        assert settle_quiet() == CUSTOMERS
    assert set(Incident.objects.values_list("state", flat=True)) == {"RESOLVED"}


def test_a_worker_that_dies_in_the_midst_of_a_batch_loses_nothing_and_doubles_nothing(senders, on_duty, monkeypatch):
    with moment.at(MONDAY_NINE + 2 * SECOND):
        storm(senders)
        real = processing.Batch._settle

        def die(self, deliveries):
            raise KeyboardInterrupt

        for each in senders:
            monkeypatch.setattr(processing.Batch, "_settle", die)
            with pytest.raises(KeyboardInterrupt):
                process_batch(each.source.pk, 30)
            monkeypatch.setattr(processing.Batch, "_settle", real)
        assert (Occurrence.objects.count(), Incident.objects.count(), Call.objects.count()) == (0, 0, 0)
        work()
    assert Occurrence.objects.count() == DELIVERIES
    assert sum(Delivery.objects.values_list("fresh", flat=True)) == DELIVERIES
    assert (Incident.objects.count(), Call.objects.count()) == (CUSTOMERS, CUSTOMERS)


def test_a_candidate_is_declared_with_its_incidents_or_put_aside_with_the_reason(senders, on_duty, team):
    team.head = on_duty
    team.save_as(system_actor())
    with moment.at(MONDAY_NINE + 2 * SECOND):
        for each in senders:
            each.tell(alert("Down", MONDAY_NINE, instance="a"))
        work()
        candidate = MajorCandidate.objects.get()
        with pytest.raises(Refused):
            candidate.move("declare", system_actor())
        candidate.move("declare", system_actor(), reason="the same uplink")
    emergency = Emergency.objects.get()
    assert candidate.lead == emergency.incident
    assert Incident.objects.filter(parent=emergency.incident).count() == CUSTOMERS - 1
    assert (candidate.state, candidate.decide_seconds) == ("DECLARED", 0)


def test_another_incident_of_the_same_storm_joins_the_candidate_instead_of_raising_a_second(senders, sender, team):
    with moment.at(MONDAY_NINE + 2 * SECOND):
        for each in senders:
            each.tell(alert("Down", MONDAY_NINE, instance="a"))
        work()
        MajorCandidate.objects.get().move("dismiss", system_actor(), reason="three different causes")
        fourth = Customer(name="Customer 4", team=team).save_as(system_actor())
        sender(code="fourth", customer=fourth, service=None).tell(alert("Down", MONDAY_NINE, instance="a"))
        work()
    assert MajorCandidate.objects.get().incidents.count() == CUSTOMERS + 1
