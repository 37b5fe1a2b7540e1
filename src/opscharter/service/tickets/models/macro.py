"""Macros: saved replies and sets of changes."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from opscharter.kernel.access.scope import Scope
from opscharter.kernel.records.record import Record
from opscharter.organization.models import Department


class Macro(Record):
    """A saved reply, with the changes that go with it: one click instead of five; a team's own or everybody's."""

    class Step(models.TextChoices):
        NONE = "", _("no step")
        ACCEPT = "accept", _("take on")
        WAIT_CUSTOMER = "wait-customer", _("wait for the customer")
        WAIT_VENDOR = "wait-vendor", _("wait for the vendor")
        RESUME = "resume", _("go on")

    class Reader(models.TextChoices):
        CUSTOMER = "customer", _("visible to the customer")
        INTERNAL = "internal", _("internal")

    name = models.CharField(_("name"), max_length=80)
    team = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, verbose_name=_("team"), help_text=_("Empty: every team.")
    )
    text = models.TextField(
        _("text"),
        blank=True,
        help_text=_("{number}, {title}, {customer}, {contact}, {service} and {me} are filled in."),
    )
    reader = models.CharField(_("read by"), max_length=10, choices=Reader.choices, default=Reader.CUSTOMER)
    step = models.CharField(_("step"), max_length=20, choices=Step.choices, default=Step.NONE, blank=True)
    category = models.CharField(_("type"), max_length=60, blank=True)
    plan = models.TextField(_("handling plan"), blank=True)
    take = models.BooleanField(_("the ticket becomes mine"), default=False)

    scope = Scope(public=True)
    search_fields = ("name", "text")

    class Meta:
        verbose_name = _("macro")
        verbose_name_plural = _("macros")

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Refuse a macro that does nothing."""
        if not any((self.text.strip(), self.step, self.category, self.plan, self.take)):
            raise ValidationError(_("A macro says or changes something."))

    def filled(self, ticket: Any, me: str) -> str:
        """Return the text with a ticket's own words."""
        words = {
            "number": ticket.number, "title": ticket.title, "customer": str(ticket.customer or ""),
            "contact": str(ticket.contact or ticket.reported_by or ""), "service": str(ticket.service or ""), "me": me,
        }  # fmt: skip
        text = self.text
        for name, value in words.items():
            text = text.replace("{" + name + "}", value)
        return text
