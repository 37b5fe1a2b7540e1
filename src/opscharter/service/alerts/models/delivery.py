"""What a source delivered, byte for byte."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from opscharter.service.alerts.models.source import AlertSource


class Delivery(models.Model):
    """One delivery as it came, kept before anybody reads it; refused ones say why.

    No record: a machine writes ten thousand of them in a minute, nobody edits them, and the row is its own evidence.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        DONE = "done", _("processed")
        REFUSED = "refused", _("turned away")
        FAILED = "failed", _("could not be processed")

    source = models.ForeignKey(AlertSource, models.PROTECT, related_name="deliveries")
    received_at = models.DateTimeField()
    address = models.CharField(max_length=64, blank=True)
    agent = models.CharField(max_length=200, blank=True)
    body = models.BinaryField()
    size = models.PositiveIntegerField()
    state = models.CharField(max_length=8, choices=State.choices)
    status = models.PositiveSmallIntegerField()
    """What was answered."""
    reason = models.CharField(max_length=300, blank=True)
    processed_at = models.DateTimeField(null=True)
    wait_seconds = models.PositiveIntegerField(null=True)
    alerts = models.PositiveIntegerField(default=0)
    """How many alerts it spoke of."""
    fresh = models.PositiveIntegerField(default=0)
    """How many occurrences nobody knew of before it came."""
    truncated = models.PositiveIntegerField(default=0)
    """How many alerts the source says it left out."""

    class Meta:
        indexes = [
            models.Index(fields=["source", "state", "id"], name="alert_delivery_next"),
            models.Index(fields=["state", "received_at"], name="alert_delivery_state"),
            models.Index(fields=["received_at"], name="alert_delivery_time"),
        ]

    def __str__(self) -> str:
        return f"{self.source_id} #{self.pk}"
