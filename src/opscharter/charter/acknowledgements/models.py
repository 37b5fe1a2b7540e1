"""Confirmations that a version of the regulation was read."""

from __future__ import annotations

import hashlib
import json

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from opscharter.charter.acknowledgements import lifecycle
from opscharter.charter.models.edition import Edition
from opscharter.kernel.access.scope import Scope
from opscharter.kernel.errors import Reason
from opscharter.kernel.records.record import Record


class Acknowledgement(Record):
    """One person asked to read and confirm one version of the regulation, and the sealed answer.

    A person is an employee's id, as in approvals; name, department and manager are kept as they were when asked,
    and follow the organization as long as the answer is open.
    """

    edition = models.ForeignKey(
        Edition, models.PROTECT, related_name="acknowledgements", verbose_name=_("edition"), editable=False
    )
    person = models.BigIntegerField(_("person"), editable=False)
    name = models.CharField(_("name"), max_length=80, editable=False)
    department = models.BigIntegerField(null=True, editable=False)
    manager = models.BigIntegerField(null=True, editable=False)
    asked_on = models.DateField(_("asked on"), editable=False)
    asked_at = models.DateTimeField(_("asked"), editable=False)
    reminders = models.PositiveSmallIntegerField(_("reminders"), default=0, editable=False)
    reminded_on = models.DateField(_("reminded on"), null=True, editable=False)
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True, editable=False)
    text_hash = models.CharField(_("hash of the text"), max_length=64, blank=True, editable=False)
    seal = models.CharField(_("seal"), max_length=64, blank=True, editable=False)

    scope = Scope(owner=("person", "manager"), department="department")
    search_fields = ("name",)
    lifecycle = lifecycle.LIFECYCLE

    class Meta:
        verbose_name = _("confirmation of reading")
        verbose_name_plural = _("confirmations of reading")
        constraints = [models.UniqueConstraint(fields=["edition", "person"], name="acknowledged_once")]
        indexes = [models.Index(fields=["person", "state"], name="acknowledgement_open")]

    def __str__(self) -> str:
        return f"{self.name} · {self.edition.label}"

    def clean(self) -> None:
        """Refuse one entered by hand: the campaign asks."""
        if self.pk is None:
            raise ValidationError(_("The campaign asks for confirmations; none is entered by hand."))

    def archiving(self) -> list[Reason]:
        """Refuse: a confirmation is never lost, nor is the question."""
        return [Reason(_t("A confirmation of reading is never taken away."), clause="1.2.1")]

    def seal_of(self) -> str:
        """Return the SHA-256 over the text, the person and the time of the confirmation."""
        said = {
            "edition": self.edition.label, "text": self.text_hash, "person": self.person, "name": self.name,
            "at": self.confirmed_at.timestamp() if self.confirmed_at else None,
        }  # fmt: skip
        return hashlib.sha256(json.dumps(said, sort_keys=True, ensure_ascii=False).encode()).hexdigest()

    @property
    def intact(self) -> bool:
        """Say whether a confirmation still says what was sealed."""
        return self.seal == self.seal_of()
