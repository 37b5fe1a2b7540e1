"""The audit trail: one row for everything that was done, seen off or taken away; never changed, never deleted."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class AuditEntry(models.Model):
    """One thing done: who, when, from where, on which record, with what before and after."""

    at = models.DateTimeField(_("at"), db_index=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    actor_label = models.CharField(_("who"), max_length=160)
    action = models.CharField(_("action"), max_length=60)
    record_type = models.CharField(_("record type"), max_length=60, blank=True)
    record_id = models.BigIntegerField(null=True)
    record_version = models.PositiveIntegerField(default=0)
    number = models.CharField(_("number"), max_length=60, blank=True)
    changes = models.JSONField(_("changes"), default=dict)
    note = models.TextField(_("note"), blank=True)
    via = models.CharField(_("by way of"), max_length=20)
    address = models.CharField(_("address"), max_length=64, blank=True)
    edition = models.CharField(_("regulation version"), max_length=40, blank=True)
    hash = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit trail")
        indexes = [
            models.Index(fields=["record_type", "record_id", "id"], name="audit_record"),
            models.Index(fields=["user", "id"], name="audit_user"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S} {self.action} {self.number or self.record_type}"


class AuditBlock(models.Model):
    """A sealed run of audit entries of one day; each block's hash takes in the block before it.

    `members` lists the entry ids as ranges ("1-499,501"), so that a missing row is named, not only noticed.
    """

    day = models.DateField(_("day"), db_index=True)
    sealed_at = models.DateTimeField(_("sealed at"))
    members = models.TextField(_("entries"))
    count = models.PositiveIntegerField(_("count"))
    last_entry = models.BigIntegerField(db_index=True)
    previous_hash = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("audit block")
        verbose_name_plural = _("audit blocks")

    def __str__(self) -> str:
        return f"{self.day} {self.members}"


class AuditVerification(models.Model):
    """What a verification of the whole trail found; the newest anchor of its own must still be in the chain."""

    at = models.DateTimeField(_("at"))
    entries = models.PositiveBigIntegerField(_("entries"))
    blocks = models.PositiveBigIntegerField(_("blocks"))
    intact = models.BooleanField(_("intact"))
    findings = models.JSONField(_("findings"), default=dict)
    anchor = models.CharField(max_length=64, blank=True)

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.entries}"
