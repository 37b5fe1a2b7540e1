"""What ties tickets and people together: links between tickets, and who watches one."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class TicketLink(models.Model):
    """One ticket's tie to another, read in both directions; who sees it follows from the tickets themselves."""

    class Kind(models.TextChoices):
        RELATES = "relates", _("relates to")
        DUPLICATES = "duplicates", _("duplicates")
        CAUSED_BY = "caused-by", _("is caused by")
        SPLIT_FROM = "split-from", _("was split from")

    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    source_type = models.CharField(max_length=60)
    source_id = models.BigIntegerField()
    target_type = models.CharField(max_length=60)
    target_id = models.BigIntegerField()
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "source_type", "source_id", "target_type", "target_id"], name="ticket_link_once"
            )
        ]
        indexes = [
            models.Index(fields=["source_type", "source_id"], name="ticket_link_source"),
            models.Index(fields=["target_type", "target_id"], name="ticket_link_target"),
        ]

    def __str__(self) -> str:
        return f"{self.source_type} {self.source_id} {self.kind} {self.target_type} {self.target_id}"


INVERSE = {
    TicketLink.Kind.RELATES: _("relates to"),
    TicketLink.Kind.DUPLICATES: _("is duplicated by"),
    TicketLink.Kind.CAUSED_BY: _("causes"),
    TicketLink.Kind.SPLIT_FROM: _("was split into"),
}
"""How a link reads from its other end."""


class Watcher(models.Model):
    """Somebody who wants to hear what happens to a ticket; it shows them nothing they may not see anyway."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    record_type = models.CharField(max_length=60)
    record_id = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["record_type", "record_id", "user"], name="watcher_once")]

    def __str__(self) -> str:
        return f"{self.user} → {self.record_type} {self.record_id}"
