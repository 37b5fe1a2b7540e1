"""The words of the mailbox: where a message stands, what it is, and why it went where it went."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Outcome(models.TextChoices):
    """What became of a message."""

    RECEIVED = "RECEIVED", _("just come in")
    TAKEN_IN = "TAKEN_IN", _("taken in")
    QUARANTINED = "QUARANTINED", _("quarantined")
    SILENCED = "SILENCED", _("silenced")
    REFUSED = "REFUSED", _("not taken in")
    COPY = "COPY", _("received again")


class Kind(models.TextChoices):
    """What wrote a message."""

    ORDINARY = "ordinary", _("written by somebody")
    AUTO = "auto-reply", _("automatic answer")
    BOUNCE = "bounce", _("mail returned undelivered")
    RECEIPT = "receipt", _("receipt")
    LIST = "list", _("mailing list")
    OWN = "own", _("our own mail")
    LOOP = "loop", _("mail going in circles")


class Source(models.TextChoices):
    """By which way a message came."""

    IMAP = "imap", _("fetched from the mailbox")
    PIPE = "pipe", _("handed over by a command")


class Why(models.TextChoices):
    """Why a message went where it went."""

    NEW = "new", _("a new request")
    REPLY = "reply", _("an answer to an open ticket")
    FOLLOW_UP = "follow-up", _("an answer to a closed ticket: a linked one was opened")
    ACCEPTED = "accepted", _("somebody decided to take it in")
    UNKNOWN = "unknown-sender", _("the sender is nobody's contact")
    AMBIGUOUS = "ambiguous-sender", _("the sender is a contact of several customers")
    NO_SENDER = "no-sender", _("it does not say who sent it")
    UNPROVEN = "unproven-sender", _("the sender's domain says that it is not from there")
    SPAM = "spam", _("marked as unsolicited on its way")
    MANY = "too-many", _("too many messages of one sender in a short time")
    NOT_TAKEN = "not-taken", _("the ticket could not be opened")
    TROUBLE = "trouble", _("it could not be processed")
    AUTO = "auto-reply", _("answers of machines are not answered")
    BOUNCE = "bounce", _("a mail of ours came back")
    RECEIPT = "receipt", _("receipts are not answered")
    LIST = "list", _("mailing lists are not answered")
    OWN = "own", _("our own mail came back to us")
    LOOP = "loop", _("it has been going in circles")
    REPEATED = "repeated", _("the sender said the same a moment ago")
    EMPTY = "empty", _("it is empty")
    NO_MAIL = "no-mail", _("it is no mail: it has no header")
    OUTLOOK = "outlook-file", _("it is an Outlook file; save it as .eml first")
    TOO_LARGE = "too-large", _("it is larger than mails may be")
    DISCARDED = "discarded", _("somebody decided not to take it in")
    COPY = "copy", _("the same message was taken in before")


class Proof(models.TextChoices):
    """What our own mail server found out about where a message came from."""

    PASSED = "passed", _("sender's domain confirmed")
    FAILED = "failed", _("sender's domain denies it")
    UNKNOWN = "unknown", _("sender's domain says nothing")


class OnFailure(models.TextChoices):
    """What becomes of a message whose sender's domain denies it."""

    TAKE = "take", _("take it in, and show it")
    QUARANTINE = "quarantine", _("let somebody decide")
    REFUSE = "refuse", _("do not take it in")


class SignIn(models.TextChoices):
    """How we sign in to a mail server."""

    PASSWORD = "password", _("password")
    TOKEN = "token", _("OAuth 2: token from a file or command")
    CLIENT = "client", _("OAuth 2: client credentials")


class Opens(models.TextChoices):
    """Which kind of ticket a mailbox opens."""

    INCIDENT = "incident", _("incidents")
    REQUEST = "request", _("service requests")


class Language(models.TextChoices):
    """The languages in which customers are written to."""

    TRADITIONAL = "zh-hant", _("Traditional Chinese")
    SIMPLIFIED = "zh-hans", _("Simplified Chinese")
    ENGLISH = "en", _("English (language)")


class Security(models.TextChoices):
    """How a connection to a mail server is protected."""

    TLS = "tls", _("TLS")
    STARTTLS = "starttls", _("STARTTLS")
    NONE = "none", _("none (same machine only)")
