"""Chats, what is said in them, and the desks that answer."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from opscharter.customers.models import Contact, Customer, Service
from opscharter.kernel import moment
from opscharter.kernel.access.actor import Actor
from opscharter.kernel.access.scope import Scope
from opscharter.kernel.calendars.models import BusinessCalendar
from opscharter.kernel.files.models import Attachment
from opscharter.kernel.live.channels import channel_of, touch
from opscharter.kernel.records.numbering import Numbering
from opscharter.kernel.records.record import Record
from opscharter.organization.models import Department, Employee
from opscharter.service.chat.effects import DESK
from opscharter.service.chat.lifecycle import LIFE
from opscharter.service.tickets.models import Incident, ServiceRequest


class ChatDesk(Record):
    """A desk that answers live chats: whose it is, when it is open, how soon it answers, whether strangers may come."""

    name = models.CharField(_("name"), max_length=80)
    code = models.SlugField(
        _("address"), max_length=40, unique=True, help_text=_("Visitors come by /chat/door/ and this.")
    )
    team = models.ForeignKey(Department, models.PROTECT, related_name="+", verbose_name=_("team"))
    calendar = models.ForeignKey(
        BusinessCalendar, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("opening hours"),
        help_text=_("Empty: round the clock. Outside of them a form is offered instead."),
    )  # fmt: skip
    greeting = models.CharField(_("greeting"), max_length=200, blank=True)
    visitors = models.BooleanField(
        _("open to visitors"),
        default=False,
        help_text=_("People without an account give a name and an e-mail address."),
    )
    answer_seconds = models.PositiveIntegerField(
        _("answer within (seconds)"), default=60, validators=[MinValueValidator(5)],
        help_text=_("Whoever waits longer is shown in red, and the team is told."),
    )  # fmt: skip
    give_up_minutes = models.PositiveIntegerField(
        _("given up after (minutes)"), default=10, validators=[MinValueValidator(1)],
        help_text=_("Who waits and has closed the page for so long has given up."),
    )  # fmt: skip

    scope = Scope(department="team")
    name_fields = ("name",)
    search_fields = ("name", "code")

    class Meta:
        verbose_name = _("chat desk")
        verbose_name_plural = _("chat desks")

    def __str__(self) -> str:
        return self.name


class Chat(Record):
    """A conversation of a customer's contact, or of a visitor, with the company as it happens."""

    class Outcome(models.TextChoices):
        TICKET = "ticket", _("became a ticket")
        ANSWERED = "answered", _("answered at once")
        NOTHING = "nothing", _("nothing to do")
        UNWANTED = "unwanted", _("unwanted")

    desk = models.ForeignKey(ChatDesk, models.PROTECT, related_name="chats", verbose_name=_("desk"))
    subject = models.CharField(_("subject"), max_length=200)
    customer = models.ForeignKey(
        Customer, models.PROTECT, null=True, blank=True, related_name="chats", verbose_name=_("customer")
    )
    contact = models.ForeignKey(
        Contact, models.PROTECT, null=True, blank=True, related_name="chats", verbose_name=_("contact")
    )
    service = models.ForeignKey(
        Service, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("service")
    )
    visitor_name = models.CharField(_("visitor"), max_length=80, blank=True)
    visitor_email = models.EmailField(_("visitor's e-mail"), blank=True)
    agent = models.ForeignKey(
        Employee, models.PROTECT, null=True, blank=True, related_name="chats", verbose_name=_("agent")
    )
    team = models.ForeignKey(Department, models.PROTECT, editable=False, related_name="+", verbose_name=_("team"))
    address = models.GenericIPAddressField(null=True, editable=False)
    started_at = models.DateTimeField(_("started"), editable=False, db_index=True)
    answered_at = models.DateTimeField(_("answered"), null=True, editable=False)
    answer_seconds = models.PositiveIntegerField(_("seconds to the answer"), null=True, editable=False)
    answered_in_time = models.BooleanField(_("answered in time"), null=True, editable=False)
    warned_at = models.DateTimeField(_("team told of the waiting"), null=True, editable=False)
    left_at = models.DateTimeField(_("customer left"), null=True, editable=False)
    ended_at = models.DateTimeField(_("ended at"), null=True, editable=False)
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome.choices, blank=True)
    note = models.CharField(_("note"), max_length=200, blank=True)
    request = models.ForeignKey(
        ServiceRequest, models.PROTECT, null=True, editable=False, related_name="chats", verbose_name=_("request")
    )
    incident = models.ForeignKey(
        Incident, models.PROTECT, null=True, editable=False, related_name="chats", verbose_name=_("incident")
    )
    rating = models.PositiveSmallIntegerField(
        _("rating"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(5)]
    )
    rating_text = models.CharField(_("what the customer adds"), max_length=400, blank=True)
    rated_at = models.DateTimeField(_("rated"), null=True, editable=False)

    numbering = Numbering("CHAT-{date:%Y%m%d}-{seq:04}")
    scope = Scope(owner="agent", department="team", customer="customer")
    search_fields = ("subject", "customer__name", "visitor_name")
    name_fields = ("number", "subject")
    timeline_fields = ("agent", "customer", "contact", "outcome", "rating")
    lifecycle = LIFE

    class Meta:
        verbose_name = _("live chat")
        verbose_name_plural = _("live chats")
        indexes = [
            models.Index(fields=["state", "started_at"], name="chat_queue"),
            models.Index(fields=["customer", "started_at"], name="chat_customer"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.subject}"

    @property
    def customer_side(self) -> str:
        """Return the name of whoever asks."""
        return self.visitor_name or (self.contact.name if self.contact else "") or str(self.customer or "—")

    @property
    def proven(self) -> bool:
        """Say whether the contact had signed in, rather than a visitor said who they are."""
        return self.contact_id is not None and not self.visitor_email

    @property
    def ticket(self) -> Any:
        """Return the request or incident it has become."""
        return self.request or self.incident

    def clean_fields(self, exclude: Any = None) -> None:
        """Set what follows from the desk and the moment."""
        if self.pk is None:
            self.started_at = self.started_at or moment.now()
            if self.desk_id is not None:
                self.team_id = self.desk.team_id
        super().clean_fields(exclude=exclude)

    def clean(self) -> None:
        """Refuse a contact of another customer, and a chat with nobody."""
        if self.contact is not None and self.customer_id is None:
            self.customer_id = self.contact.customer_id
        if self.contact is not None and self.contact.customer_id != self.customer_id:
            raise ValidationError({"contact": _("This contact belongs to another customer.")})
        if self.contact is None and not self.visitor_name:
            raise ValidationError({"visitor_name": _("Say who asks: a contact, or a visitor's name.")})

    def on_create(self, actor: Actor) -> None:
        """Begin the thread of messages and wake the agents' pages."""
        ChatThread.objects.create(chat=self)
        touch(channel_of(self), DESK)


class ChatThread(models.Model):
    """The running numbers of one chat, apart from the record because they change with every message."""

    chat = models.OneToOneField(Chat, models.CASCADE, related_name="thread")
    last_seq = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField(null=True)
    unanswered_since = models.DateTimeField(null=True)
    read_by_agent = models.PositiveIntegerField(default=0)
    read_by_customer = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.chat_id}: {self.last_seq}"


class ChatMessage(models.Model):
    """One thing said in a chat; only ever appended."""

    class Side(models.TextChoices):
        CUSTOMER = "customer", _("customer")
        AGENT = "agent", _("agent")
        NOTE = "note", _("internal")
        EVENT = "event", _("event")

    chat = models.ForeignKey(Chat, models.CASCADE, related_name="messages")
    seq = models.PositiveIntegerField()
    client_key = models.CharField(max_length=40, blank=True)
    at = models.DateTimeField()
    side = models.CharField(max_length=8, choices=Side.choices)
    who = models.CharField(max_length=160)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    text = models.TextField()
    file = models.ForeignKey(Attachment, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["chat", "seq"], name="chat_message_number"),
            models.UniqueConstraint(
                fields=["chat", "client_key"], condition=~Q(client_key=""), name="chat_message_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.chat_id}:{self.seq} {self.who}"
