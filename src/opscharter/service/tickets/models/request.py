"""Service requests."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from opscharter.customers.models import Service
from opscharter.kernel.access.actor import Actor
from opscharter.kernel.attributes.models import Attributed
from opscharter.kernel.files.attachments import attach
from opscharter.kernel.records.merging import changed_fields
from opscharter.kernel.records.numbering import Numbering
from opscharter.service.tickets.answers import strange_assets, unpack
from opscharter.service.tickets.lifecycle import REQUEST
from opscharter.service.tickets.models.ticket import Channel, Ticket


class ServiceRequest(Attributed, Ticket):
    """Something a customer asks for that is not a fault: access, a change of settings, an answer."""

    answered_for = models.ForeignKey(
        Service,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("catalogue item answered for"),
    )
    """Whose questions the details answer; they stay answered when the request turns out to be for another service."""

    attributes_of = "answered_for"
    numbering = Numbering("REQ-{date:%Y%m%d}-{seq:04}")
    lifecycle = REQUEST

    class Meta(Ticket.Meta):
        verbose_name = _("service request")
        verbose_name_plural = _("service requests")

    @property
    def answers_afresh(self) -> bool:
        """Say whether the questions of the catalogue item are answered by this save.

        Who comes through the portal answers them; who takes a request down for a customer may.
        """
        if self.pk is not None:
            return "attributes" in changed_fields(self)
        return bool(self.attributes) or self.channel == Channel.PORTAL

    def full_clean(self, *args: Any, **kwargs: Any) -> None:
        """Take the files out of the answers, then validate."""
        if self.answers_afresh and isinstance(self.attributes, Mapping):
            self.answered_for = self.answered_for or self.service
            before = self._loaded.get("attributes") or {} if self.pk else {}
            unpack(self, before, self.__dict__.setdefault("_uploads", {}))
        super().full_clean(*args, **kwargs)

    def clean(self) -> None:
        """Hold the answers to the questions, once: a question that is taken out later takes no answer away."""
        if not self.answers_afresh:
            Ticket.clean(self)
            return
        super().clean()
        if problems := strange_assets(self):
            raise ValidationError({"attributes": problems})

    def on_create(self, actor: Actor) -> None:
        """Start the clocks and keep the files that came with the answers."""
        super().on_create(actor)
        self._keep_files(actor)

    def on_change(self, actor: Actor, changes: Mapping[str, list[Any]]) -> None:
        """Do what a ticket does, and keep the files that came with changed answers."""
        super().on_change(actor, changes)
        self._keep_files(actor)

    def _keep_files(self, actor: Actor) -> None:
        for file in self.__dict__.pop("_uploads", {}).values():
            attach(self, actor, file, visibility="customer")
