"""The timeline of a record: comments, moves and events, each for the customer, for the house, or from the system."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Visibility(models.TextChoices):
    """Who reads an entry."""

    CUSTOMER = "customer", _("visible to the customer")
    INTERNAL = "internal", _("internal")
    SYSTEM = "system", _("system")


class TimelineEntry(models.Model):
    """One thing that happened to a record, or one thing somebody said about it; only ever appended."""

    class Kind(models.TextChoices):
        COMMENT = "comment", _("comment")
        CREATED = "created", _("created")
        MOVE = "move", _("step")
        FIELD = "field", _("field change")
        EVENT = "event", _("event")

    record_type = models.CharField(max_length=60)
    record_id = models.BigIntegerField()
    at = models.DateTimeField(_("at"))
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    visibility = models.CharField(_("visibility"), max_length=10, choices=Visibility.choices)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    who = models.CharField(_("who"), max_length=160)
    verb = models.CharField(_("what"), max_length=60, blank=True)
    text = models.TextField(_("text"), blank=True)
    data = models.JSONField(default=dict, blank=True)
    clause = models.CharField(_("clause"), max_length=12, blank=True)
    source_key = models.CharField(max_length=80, blank=True)

    class Meta:
        indexes = [models.Index(fields=["record_type", "record_id", "at", "id"], name="timeline_record")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.kind} {self.verb}"
