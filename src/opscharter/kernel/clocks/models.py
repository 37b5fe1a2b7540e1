"""Clocks of records: append-only intervals from which deadlines are derived."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from opscharter.kernel.calendars.models import BusinessCalendar
from opscharter.kernel.clocks.reasons import told

REASON_LENGTH = 300


class Clock(models.Model):
    """One promise running against one record: so much working time, by this calendar, under this policy.

    `carried_seconds` is what had passed when the present policy began at `counts_from`.
    `due_at` is empty while the clock is paused. A breach, once recorded, stays.
    """

    class State(models.TextChoices):
        RUNNING = "running", _("running")
        PAUSED = "paused", _("paused")
        STOPPED = "stopped", _("stopped")
        CANCELLED = "cancelled", _("cancelled")

    record_type = models.CharField(max_length=60)
    record_id = models.BigIntegerField()
    kind = models.CharField(_("kind"), max_length=20)
    round = models.PositiveIntegerField(_("round"), default=1)
    target_seconds = models.PositiveIntegerField(_("target"))
    calendar = models.ForeignKey(BusinessCalendar, models.PROTECT, null=True, related_name="+")
    calendar_version = models.PositiveIntegerField(default=0)
    policy = models.CharField(_("policy"), max_length=120, blank=True)
    working_days = models.PositiveSmallIntegerField(default=0)
    started_at = models.DateTimeField(_("started"))
    counts_from = models.DateTimeField()
    carried_seconds = models.PositiveIntegerField(default=0)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.RUNNING)
    due_at = models.DateTimeField(_("due"), null=True)
    next_warning_at = models.DateTimeField(null=True)
    warned = models.PositiveSmallIntegerField(default=0)
    breached_at = models.DateTimeField(_("breached"), null=True)
    stopped_at = models.DateTimeField(_("stopped"), null=True)
    elapsed_seconds = models.PositiveIntegerField(_("elapsed"), null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["record_type", "record_id", "kind", "round"], name="clock_once_a_round"),
        ]
        indexes = [
            models.Index(fields=["state", "next_warning_at"], name="clock_next_warning"),
            models.Index(fields=["record_type", "kind", "started_at"], name="clock_kind_started"),
            models.Index(fields=["record_type", "kind", "due_at"], condition=Q(state="running"), name="clock_running"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.record_type} {self.record_id}"

    @property
    def met(self) -> bool | None:
        """Say whether the promise was kept; None while it is not decided."""
        if self.breached_at is not None:
            return False
        return True if self.state == self.State.STOPPED else None


class ClockInterval(models.Model):
    """A stretch of a clock's life that counts or does not, with the reason; written once, ended once."""

    clock = models.ForeignKey(Clock, models.CASCADE, related_name="intervals")
    start = models.DateTimeField(_("from"))
    end = models.DateTimeField(_("to"), null=True)
    counted = models.BooleanField(_("counts"))
    reason = models.CharField(_("reason"), max_length=REASON_LENGTH)
    seconds = models.PositiveIntegerField(_("working seconds"), null=True)
    policy = models.CharField(max_length=120, blank=True)
    calendar_version = models.PositiveIntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["clock", "start"], name="clock_interval_order")]

    def __str__(self) -> str:
        return f"{self.clock_id}: {self.reason}"

    @property
    def why(self) -> str:
        """Return the reason in the active language."""
        return told(self.reason)
