"""What the company decided about controls, and what guards decided about steps. Rows are dated and only appended."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from opscharter.kernel.controls.registry import Mode
from opscharter.kernel.controls.wording import told


class ControlSetting(models.Model):
    """The mode and parameters of one control from a moment on; the newest row not in the future is in force."""

    control = models.CharField(_("control"), max_length=80)
    valid_from = models.DateTimeField(_("valid from"))
    mode = models.CharField(_("mode"), max_length=10, choices=Mode.choices)
    parameters = models.JSONField(_("parameters"), default=dict)
    reason = models.TextField(_("reason"))
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["control", "valid_from"], name="control_setting_dated")]

    def __str__(self) -> str:
        return f"{self.control} {self.mode} {self.valid_from:%Y-%m-%d}"


class GuardDecision(models.Model):
    """One time a guard refused, warned or was overridden: the guard log."""

    class Outcome(models.TextChoices):
        REFUSED = "refused", _("refused")
        WARNED = "warned", _("warned")
        OVERRIDDEN = "overridden", _("overridden")

    at = models.DateTimeField(_("at"))
    guard = models.CharField(_("guard"), max_length=80)
    clause = models.CharField(_("clause"), max_length=12)
    outcome = models.CharField(_("outcome"), max_length=12, choices=Outcome.choices)
    step = models.CharField(_("step"), max_length=60)
    record_type = models.CharField(_("record type"), max_length=60)
    record_id = models.BigIntegerField(null=True)
    number = models.CharField(_("number"), max_length=60, blank=True)
    message = models.TextField(_("reason"))
    kept = models.JSONField(null=True)
    inputs = models.JSONField(_("inputs"), default=dict)
    edition = models.CharField(_("regulation version"), max_length=40, blank=True)
    via = models.CharField(_("by way of"), max_length=20)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    actor_label = models.CharField(_("who"), max_length=160)

    class Meta:
        indexes = [
            models.Index(fields=["guard", "at"], name="guard_decision_guard"),
            models.Index(fields=["record_type", "record_id"], name="guard_decision_record"),
        ]

    def __str__(self) -> str:
        return f"{self.guard} {self.outcome} {self.number}"

    @property
    def reason(self) -> str:
        """Return the reason in the active language; rows of before reasons were kept so have the words then said."""
        return told(self.kept) if self.kept else self.message


class ControlException(models.Model):
    """Leave, reasoned and expiring, for one record to pass one guard that would refuse it."""

    guard = models.CharField(_("guard"), max_length=80)
    clause = models.CharField(_("clause"), max_length=12)
    record_type = models.CharField(_("record type"), max_length=60)
    record_id = models.BigIntegerField()
    reason = models.TextField(_("reason"))
    granted_at = models.DateTimeField(_("granted at"))
    expires_at = models.DateTimeField(_("expires at"))
    granted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["record_type", "record_id", "guard"], name="control_exception_record")]

    def __str__(self) -> str:
        return f"{self.guard} {self.record_type} {self.record_id}"
