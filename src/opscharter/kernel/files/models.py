"""Files attached to records."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Attachment(models.Model):
    """One file of a record: who added it, what it is, and whether the customer sees it. Never overwritten."""

    record_type = models.CharField(max_length=60)
    record_id = models.BigIntegerField()
    name = models.CharField(_("name"), max_length=200)
    path = models.CharField(max_length=200)
    size = models.PositiveBigIntegerField(_("size"))
    content_type = models.CharField(_("type"), max_length=100)
    sha256 = models.CharField(max_length=64)
    visibility = models.CharField(max_length=10)
    added_at = models.DateTimeField(_("added"))
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    archived_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["record_type", "record_id"], name="attachment_record")]

    def __str__(self) -> str:
        return self.name
