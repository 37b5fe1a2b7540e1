"""Notices to people, the ways they want them, and every delivery."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import models
from django.utils.translation import gettext_lazy as _

SERVICES = ("wecombot", "dingtalk", "feishu", "lark", "slack", "msteams", "json", "jsons")
"""The kinds of Apprise addresses taken: WeCom, DingTalk, Feishu/Lark, Slack, Teams, and plain webhooks."""


class Notice(models.Model):
    """One message of the catalogue to one person about one event; there is one per event and person."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notices")
    type = models.CharField(max_length=60)
    key = models.CharField(max_length=120)
    data = models.JSONField(default=dict)
    url = models.CharField(max_length=200, blank=True)
    record_type = models.CharField(max_length=60, blank=True)
    record_id = models.BigIntegerField(null=True)
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        constraints = [models.UniqueConstraint(fields=["user", "type", "key"], name="notice_once_an_event")]
        indexes = [models.Index(fields=["user", "read_at", "-created_at"], name="notice_inbox")]

    def __str__(self) -> str:
        return f"{self.type} {self.key}"


class Channel(models.Model):
    """A way to reach one person outside the product: e-mail, or an Apprise address (WeCom, DingTalk, Feishu, webhook).

    The address may hold a secret; pages show only its scheme.
    """

    class Kind(models.TextChoices):
        EMAIL = "email", _("e-mail")
        APPRISE = "apprise", _("chat or webhook")

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="channels")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    address = models.CharField(_("address"), max_length=500)
    types = models.JSONField(default=list, blank=True, help_text=_("Message types; empty: all."))
    digest = models.BooleanField(_("once a day"), default=False)
    quiet_from = models.TimeField(_("quiet from"), null=True, blank=True)
    quiet_to = models.TimeField(_("quiet to"), null=True, blank=True)
    active = models.BooleanField(_("active"), default=True)

    def __str__(self) -> str:
        return self.address.partition(":")[0] if self.kind == self.Kind.APPRISE else self.address

    def clean(self) -> None:
        """Refuse what is no address of its kind; chat services and webhooks are those named here."""
        if self.kind == self.Kind.EMAIL:
            validate_email(self.address)
        elif self.address.partition("://")[0].lower() not in SERVICES:
            known = ", ".join(f"{name}://" for name in SERVICES)
            raise ValidationError({"address": _("The address begins with one of: %(known)s.") % {"known": known}})


class Delivery(models.Model):
    """One notice on its way through one channel."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        SENT = "sent", _("sent")
        FAILED = "failed", _("failed")

    notice = models.ForeignKey(Notice, models.CASCADE, related_name="deliveries")
    channel = models.ForeignKey(Channel, models.CASCADE, related_name="+")
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    not_before = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["notice", "channel"], name="delivery_once")]
        indexes = [models.Index(fields=["state", "not_before"], name="delivery_due")]

    def __str__(self) -> str:
        return f"{self.notice_id} → {self.channel_id}"
