"""The company's mailboxes."""

from __future__ import annotations

import re

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from opscharter.customers.models import Customer, Service
from opscharter.kernel.access.scope import Scope
from opscharter.kernel.records.lifecycle import Lifecycle, Move
from opscharter.kernel.records.record import Record
from opscharter.organization.models import Department, Employee
from opscharter.service.mailbox import guards
from opscharter.service.mailbox.words import Language, Opens, Security

SECRET_PREFIX = "OPSCHARTER_MAIL_"  # how such names begin, no secret
_HOST = re.compile(r"^[A-Za-z0-9]([A-Za-z0-9.-]{0,250}[A-Za-z0-9])?$|^[0-9A-Fa-f:]{2,45}$")


class Mailbox(Record):
    """An address that customers write to: where its mail is fetched, and what is made of it."""

    class State(models.TextChoices):
        OFF = "OFF", _("not fetched")
        ON = "ON", _("fetched")

    name = models.CharField(_("name"), max_length=80)
    address = models.EmailField(_("address"), help_text=_("Customers write to it, and answers come from it."))
    team = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("team"),
        help_text=_("Sees the messages that belong to no ticket."),
    )  # fmt: skip
    keeper = models.ForeignKey(
        Employee, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("looked after by"),
        help_text=_("Is told when messages wait for a decision or mail cannot be fetched."),
    )  # fmt: skip
    opens = models.CharField(_("opens"), max_length=10, choices=Opens.choices, default=Opens.INCIDENT)
    service = models.ForeignKey(
        Service, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("service")
    )
    customer = models.ForeignKey(
        Customer, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("customer"),
        help_text=_("For an address that one customer alone knows: unknown senders count as this customer's."),
    )  # fmt: skip
    acknowledge = models.BooleanField(_("acknowledges new requests"), default=True)
    language = models.CharField(
        _("language"), max_length=10, choices=Language.choices, default=Language.TRADITIONAL,
        help_text=_("For answers to people whose own language is not known."),
    )  # fmt: skip
    host = models.CharField(_("IMAP server"), max_length=253, blank=True)
    port = models.PositiveIntegerField(
        _("port"), default=993, validators=[MinValueValidator(1), MaxValueValidator(65535)]
    )
    security = models.CharField(_("protection"), max_length=10, choices=Security.choices, default=Security.TLS)
    username = models.CharField(_("user name"), max_length=200, blank=True)
    secret_name = models.CharField(
        _("password from the environment"), max_length=80, blank=True,
        help_text=_("Name of an environment variable beginning with OPSCHARTER_MAIL_; else set the password below."),
    )  # fmt: skip
    folder = models.CharField(_("folder"), max_length=120, default="INBOX")
    done_folder = models.CharField(
        _("move fetched mail to"), max_length=120, blank=True, help_text=_("Empty: it stays and is marked as read.")
    )

    scope = Scope(department="team", public=False)
    name_fields = ("name", "address")
    search_fields = ("name", "address")
    lifecycle = Lifecycle(
        State,
        start=State.OFF,
        moves=[
            Move("switch-on", State.OFF, State.ON, _("Fetch mail"), primary=True, guards=[guards.can_be_fetched]),
            Move("switch-off", State.ON, State.OFF, _("Stop fetching"), needs_reason=True),
        ],
    )

    class Meta:
        verbose_name = _("mailbox")
        verbose_name_plural = _("mailboxes")
        constraints = [models.UniqueConstraint(fields=["address"], name="mailbox_address_once")]

    def __str__(self) -> str:
        return f"{self.name} <{self.address}>"

    def full_clean(self, *args: object, **kwargs: object) -> None:
        """Write the address in small letters, then validate."""
        self.address = self.address.strip().lower()
        super().full_clean(*args, **kwargs)  # type: ignore[arg-type]

    def clean(self) -> None:
        """Refuse a server name that is none, and the name of a variable that is not meant for mail passwords."""
        if self.host and not _HOST.match(self.host):
            raise ValidationError({"host": _("This is no name of a server.")})
        if self.secret_name and not re.fullmatch(rf"{SECRET_PREFIX}[A-Z0-9_]{{1,60}}", self.secret_name):
            raise ValidationError({"secret_name": _("The name begins with OPSCHARTER_MAIL_ and has capital letters.")})
        if any(ord(character) < 32 for character in f"{self.folder}{self.done_folder}{self.username}"):
            raise ValidationError(_("Control characters are not allowed here."))


class MailboxSecret(models.Model):
    """The password of a mailbox, encrypted with a key derived from the installation's; never shown again."""

    mailbox = models.OneToOneField(Mailbox, models.PROTECT, related_name="secret")
    sealed = models.TextField()
    set_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.mailbox_id}"


class MailboxProgress(models.Model):
    """How far a mailbox has been fetched, and how the last try went."""

    mailbox = models.OneToOneField(Mailbox, models.PROTECT, related_name="progress")
    uid_validity = models.BigIntegerField(default=0)
    last_uid = models.BigIntegerField(default=0)
    looked_at = models.DateTimeField(null=True)
    """When the mailbox was last looked at with success."""
    failing_since = models.DateTimeField(null=True)
    error = models.CharField(max_length=300, blank=True)
    held_until = models.DateTimeField(null=True)
    """While one process fetches, others leave the mailbox alone."""

    def __str__(self) -> str:
        return f"{self.mailbox_id}: {self.uid_validity}/{self.last_uid}"
