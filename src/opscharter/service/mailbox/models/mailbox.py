"""The company's mailboxes."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

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
from opscharter.service.mailbox.words import Language, OnFailure, Opens, Security, SignIn

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

    sign_in = models.CharField(_("signs in with"), max_length=10, choices=SignIn.choices, default=SignIn.PASSWORD)
    token_url = models.URLField(
        _("address for tokens"),
        max_length=300,
        blank=True,
        help_text=_("Of the OAuth 2 server, for client credentials."),
    )
    client_id = models.CharField(_("client ID"), max_length=200, blank=True)
    token_scope = models.CharField(_("scope of the token"), max_length=300, blank=True)
    smtp_host = models.CharField(
        _("SMTP server"), max_length=253, blank=True, help_text=_("Empty: answers go out by the installation's own.")
    )
    smtp_port = models.PositiveIntegerField(
        _("SMTP port"), default=587, validators=[MinValueValidator(1), MaxValueValidator(65535)]
    )
    smtp_security = models.CharField(
        _("protection of SMTP"), max_length=10, choices=Security.choices, default=Security.STARTTLS
    )
    smtp_username = models.CharField(
        _("SMTP user name"), max_length=200, blank=True, help_text=_("Empty: the server asks for no sign-in.")
    )
    smtp_secret_name = models.CharField(
        _("SMTP password from the environment"), max_length=80, blank=True,
        help_text=_("Named as above; empty: the same sign-in as for fetching."),
    )  # fmt: skip
    authserv_id = models.CharField(
        _("name in Authentication-Results"), max_length=253, blank=True,
        help_text=_("As our own mail server writes it; what others write there counts for nothing. Empty: not read."),
    )  # fmt: skip
    on_failure = models.CharField(
        _("if the sender's domain denies it"), max_length=10, choices=OnFailure.choices, default=OnFailure.QUARANTINE
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
        for name in ("host", "smtp_host", "authserv_id"):
            if getattr(self, name) and not _HOST.match(getattr(self, name)):
                raise ValidationError({name: _("This is no name of a server.")})
        for name in ("secret_name", "smtp_secret_name"):
            if getattr(self, name) and not re.fullmatch(rf"{SECRET_PREFIX}[A-Z0-9_]{{1,60}}", getattr(self, name)):
                raise ValidationError({name: _("The name begins with OPSCHARTER_MAIL_ and has capital letters.")})
        self._check_sign_in()
        texts = (self.folder, self.done_folder, self.username, self.smtp_username, self.client_id, self.token_scope)
        if any(ord(character) < 32 for character in "".join(texts)):
            raise ValidationError(_("Control characters are not allowed here."))

    def _check_sign_in(self) -> None:
        """Refuse what would send a password or a token over an open line, or leaves out what signing in needs."""
        here = ("localhost", "127.0.0.1", "::1")
        if self.smtp_host and self.smtp_security == Security.NONE and self.smtp_host not in here:
            raise ValidationError(
                {"smtp_security": _("Without protection only a server on this machine may be asked.")}
            )
        if self.sign_in == SignIn.TOKEN and not self.secret_name:
            raise ValidationError({"secret_name": _("Name the variables that say where the token comes from.")})
        if self.sign_in != SignIn.CLIENT:
            return
        for name in ("token_url", "client_id"):
            if not getattr(self, name):
                raise ValidationError({name: _("This is needed for client credentials.")})
        place = urlsplit(self.token_url)
        if place.scheme != "https" and place.hostname not in here:
            raise ValidationError({"token_url": _("The address begins with https://.")})


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
