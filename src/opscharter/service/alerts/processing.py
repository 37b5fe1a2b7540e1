"""Working through what was delivered: in order per source, each delivery exactly once, many in one transaction."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.conf import settings
from django.db import DatabaseError, transaction
from django.utils.translation import override

from opscharter.kernel import moment
from opscharter.kernel.access.actor import system_actor
from opscharter.kernel.jobs.queue import job
from opscharter.kernel.records import bulk
from opscharter.service.alerts import shapes
from opscharter.service.alerts.incidents import follow_up
from opscharter.service.alerts.models import Alert, AlertDoor, AlertSource, Delivery, Occurrence
from opscharter.service.alerts.placing import Placer, settle
from opscharter.service.alerts.shapes import Malformed, Signal

logger = logging.getLogger(__name__)

BATCH = 200
"""Deliveries in one transaction."""
ROUNDS = 5
"""Transactions in one job: then others have their turn."""
AGAIN = dt.timedelta(seconds=1)
LEFT_AFTER = dt.timedelta(seconds=20)
VOLATILE = ["title", "text", "labels", "link", "severity", "customer", "service", "asset", "ignored", "team", "group",
            "incident", "firing", "occurrence_count", "last_started_at", "last_seen_at"]  # fmt: skip


@job(in_transaction=False)
def process_alerts(source_id: int) -> int:
    """Work through what waits of one source; returns how many deliveries.

    The door's row is locked by whoever delivers: once it says that nobody is called, all earlier deliveries are seen,
    and the next one calls again.
    """
    with transaction.atomic():
        AlertDoor.objects.select_for_update(no_key=True).filter(source_id=source_id, queued=True).update(queued=False)
    done = 0
    with override(settings.LANGUAGE_CODE):
        for _round in range(ROUNDS):
            count = process_next(source_id)
            if count is None:  # another worker is at it
                process_alerts.using(run_after=moment.now() + AGAIN).enqueue(source_id)
                return done
            done += count
            if count < BATCH:
                return done
    process_alerts.enqueue(source_id)
    return done


@job()
def process_left_over() -> int:
    """Call the worker for deliveries whose job was lost with its worker; returns for how many sources."""
    waiting = Delivery.objects.filter(state=Delivery.State.WAITING, received_at__lt=moment.now() - LEFT_AFTER)
    sources = list(waiting.order_by("source_id").values_list("source_id", flat=True).distinct())
    for source_id in sources:
        process_alerts.enqueue(source_id)
    return len(sources)


def process_next(source_id: int) -> int | None:
    """Work through the oldest deliveries of a source; one that cannot be worked through holds up no others."""
    try:
        return process_batch(source_id)
    except DatabaseError:  # the job is tried again as a whole
        raise
    except Exception:
        logger.exception("a batch of alerts of source %s failed; its deliveries go one by one", source_id)
    done = 0
    for _each in range(BATCH):
        try:
            count = process_batch(source_id, 1)
        except DatabaseError:
            raise
        except Exception as error:
            logger.exception("a delivery of source %s cannot be processed", source_id)
            count = _set_aside(source_id, f"{type(error).__name__}: {error}")
        if not count:
            return count if count is None else done
        done += count
    return done


@transaction.atomic
def _set_aside(source_id: int, reason: str) -> int:
    """Put the oldest waiting delivery aside, for people to look at and to try again."""
    waiting = Delivery.objects.filter(source_id=source_id, state=Delivery.State.WAITING).order_by("pk").first()
    if waiting is not None:
        waiting.state, waiting.reason, waiting.processed_at = Delivery.State.FAILED, reason[:300], moment.now()
        waiting.save(update_fields=["state", "reason", "processed_at"])
    return 1


@transaction.atomic
def process_batch(source_id: int, size: int = BATCH) -> int | None:
    """Work through the oldest deliveries of a source; returns how many, None while another worker does."""
    rows = AlertSource.objects.select_for_update(skip_locked=True, no_key=True, of=("self",))
    source = rows.filter(pk=source_id).first()
    if source is None:
        return None
    waiting = Delivery.objects.filter(source_id=source_id, state=Delivery.State.WAITING)
    deliveries = list(waiting.order_by("pk")[:size])
    if deliveries:
        Batch(source).take(deliveries)
    return len(deliveries)


@dataclass
class Batch:
    """The alerts and occurrences that some deliveries of one source speak of, as they stand after them."""

    source: AlertSource
    alerts: dict[str, Alert] = field(default_factory=dict)
    occurrences: dict[int, dict[dt.datetime, Occurrence]] = field(default_factory=dict)
    """By alert and by when it began."""
    changed: set[tuple[int, dt.datetime]] = field(default_factory=set)
    fired: dict[int, Alert] = field(default_factory=dict)
    """The alerts that have begun to fire anew, whether or not they have ended since."""

    def take(self, deliveries: Sequence[Delivery]) -> None:
        """Read the deliveries, keep what they say, and let the incidents follow."""
        told: list[tuple[Delivery, Signal]] = []
        for delivery in deliveries:
            told += [(delivery, signal) for signal in self._read(delivery)]
        if told:
            self._know_alerts([signal for _delivery, signal in told])
            self._know_occurrences([signal for _delivery, signal in told])
            for delivery, signal in told:
                self._hear(delivery, signal)
            self._close_superseded()
            follow_up(self.source, list(self.alerts.values()), list(self.fired.values()))
            self._write()
        self._settle(deliveries)

    def _read(self, delivery: Delivery) -> list[Signal]:
        try:
            reading = shapes.read(self.source.kind, bytes(delivery.body))
        except Malformed as error:  # the source's kind was changed after it was taken in
            delivery.state, delivery.reason = Delivery.State.REFUSED, str(error)[:300]
            return []
        delivery.alerts, delivery.truncated = len(reading.signals), reading.truncated
        return reading.signals

    def _know_alerts(self, signals: Sequence[Signal]) -> None:
        """Read the alerts that are known and make the others; the newest words about each hold."""
        latest = {signal.fingerprint: signal for signal in signals}
        rows = Alert.objects.select_for_update(of=("self",)).filter(source=self.source, fingerprint__in=latest)
        self.alerts = {row.fingerprint: row for row in rows.select_related("service", "customer")}
        placer = Placer(self.source, [signal.labels for signal in latest.values()])
        fresh = []
        for fingerprint, signal in latest.items():
            alert = self.alerts.get(fingerprint)
            if alert is None:
                alert = Alert(source=self.source, fingerprint=fingerprint, first_seen_at=moment.now())
                fresh.append(alert)
            alert.title, alert.text, alert.labels = signal.title[:200], signal.text[:10_000], signal.labels
            alert.severity, alert.link, alert.last_seen_at = signal.severity, signal.link, moment.now()
            settle(alert, placer.place(signal.labels), self.source)
        for alert in bulk.create_many(fresh, system_actor()):
            self.alerts[alert.fingerprint] = alert

    def _know_occurrences(self, signals: Sequence[Signal]) -> None:
        """Read what is open of these alerts, and the occurrences that the signals speak of."""
        alerts = [alert.pk for alert in self.alerts.values()]
        times = {signal.started_at for signal in signals if signal.started_at is not None}
        rows = Occurrence.objects.filter(alert_id__in=alerts)
        for found in (rows.filter(ended_at__isnull=True), rows.filter(started_at__in=times)):
            for occurrence in found:
                self.occurrences.setdefault(occurrence.alert_id, {}).setdefault(occurrence.started_at, occurrence)

    def _open(self, alert: Alert) -> list[Occurrence]:
        return [each for each in self.occurrences.get(alert.pk, {}).values() if each.ended_at is None]

    def _hear(self, delivery: Delivery, signal: Signal) -> None:
        """Take in one signal: a new beginning, the same told again, or an end."""
        alert = self.alerts[signal.fingerprint]
        started = signal.started_at
        if started is None:  # a source without times: what is open goes on, or it begins now
            standing = max(self._open(alert), key=lambda each: each.started_at, default=None)
            started = standing.started_at if standing else delivery.received_at
        of_alert = self.occurrences.setdefault(alert.pk, {})
        known = of_alert.get(started)
        if known is None:
            known = Occurrence(
                alert=alert, started_at=started, first_delivery=delivery, last_delivery=delivery, deliveries=1
            )
            of_alert[started] = known
            alert.occurrence_count += 1
            delivery.fresh += 1
            if signal.firing and (alert.last_started_at is None or started > alert.last_started_at):
                self.fired[alert.pk] = alert
            alert.last_started_at = max(alert.last_started_at or started, started)
        else:
            known.deliveries += 1
            known.last_delivery = delivery
        if not signal.firing and known.ended_at is None:
            known.ended_at = max(signal.ended_at or delivery.received_at, started)
        self.changed.add((alert.pk, started))

    def _close_superseded(self) -> None:
        """End what is still open although the alert has fired anew since; say whether each alert fires."""
        for alert in self.alerts.values():
            standing = self._open(alert)
            for occurrence in standing:
                if alert.last_started_at is not None and occurrence.started_at < alert.last_started_at:
                    occurrence.ended_at = alert.last_started_at
                    self.changed.add((alert.pk, occurrence.started_at))
            alert.firing = any(each.ended_at is None for each in standing)

    def _write(self) -> None:
        touched = [self.occurrences[pk][at] for pk, at in sorted(self.changed)]
        fresh, known = ([each for each in touched if (each.pk is None) == new] for new in (True, False))
        fired = {alert.pk for alert in self.fired.values()}
        for each in fresh:
            if each.alert_id in fired or each.ended_at is None:
                each.incident_id = each.alert.incident_id
        Occurrence.objects.bulk_create(fresh, batch_size=500)
        Occurrence.objects.bulk_update(known, ["ended_at", "last_delivery", "deliveries"], batch_size=200)
        bulk.update_many(list(self.alerts.values()), system_actor(), VOLATILE)

    def _settle(self, deliveries: Sequence[Delivery]) -> None:
        now = moment.now()
        for delivery in deliveries:
            if delivery.state == Delivery.State.WAITING:
                delivery.state = Delivery.State.DONE
            delivery.processed_at = now
            delivery.wait_seconds = max(0, int((now - delivery.received_at).total_seconds()))
        fields = ["state", "reason", "alerts", "fresh", "truncated", "processed_at", "wait_seconds"]
        Delivery.objects.bulk_update(deliveries, fields, batch_size=200)
