"""Exceptions to a clause."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from opscharter.charter.assurance.references import clause_numbers
from opscharter.charter.waivers import guards, lifecycle, notices
from opscharter.kernel import moment
from opscharter.kernel.access.actor import Actor
from opscharter.kernel.access.scope import Scope
from opscharter.kernel.controls.registry import CHECKS, GUARDS, clause_of
from opscharter.kernel.records.numbering import Numbering
from opscharter.kernel.records.record import Record
from opscharter.kernel.resources.site import site


class Waiver(Record):
    """Leave not to keep a clause for a while: of one record to pass a guard, or of the company as a whole."""

    subject = models.CharField(_("subject"), max_length=200, blank=True)
    clause = models.CharField(_("clause"), max_length=12, blank=True)
    control = models.CharField(
        _("guard or check"), max_length=80, blank=True, help_text=_("The id of the guard that refused the step.")
    )
    record_type = models.CharField(_("record type"), max_length=60, blank=True)
    record_id = models.BigIntegerField(_("record"), null=True, blank=True)
    record_number = models.CharField(_("number"), max_length=80, blank=True, editable=False)
    reason = models.TextField(_("why the clause cannot be kept"))
    compensation = models.TextField(_("what is done instead"), blank=True)
    expires_at = models.DateTimeField(_("ends"))
    requested_person = models.BigIntegerField(null=True, editable=False)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+",
        verbose_name=_("decided by"),
    )  # fmt: skip
    decided_at = models.DateTimeField(_("decided"), null=True, editable=False)
    ended_at = models.DateTimeField(_("ended"), null=True, editable=False)

    numbering = Numbering("EXC-{date:%Y}-{seq:04}")
    scope = Scope()
    create_guards = (guards.bounded, guards.record_known)
    search_fields = ("subject", "number", "reason", "record_number", "control")
    timeline_fields = ("expires_at",)
    lifecycle = lifecycle.LIFECYCLE

    class Meta:
        verbose_name = _("exception to a clause")
        verbose_name_plural = _("exceptions to clauses")
        indexes = [models.Index(fields=["clause", "state"], name="waiver_clause")]

    def __str__(self) -> str:
        return f"{self.number} §{self.clause} {self.subject or self.record_number or self.control}".strip()

    def clean(self) -> None:
        """Take the clause from the control; refuse what names neither, or a record without its type."""
        control = GUARDS.get(self.control) or CHECKS.get(self.control)
        if self.control and control is None:
            raise ValidationError({"control": _t("There is no guard or check %(ids)s.") % {"ids": self.control}})
        if control is not None:
            self.clause = clause_of(control)
        known = clause_numbers()
        if not self.clause or (known and self.clause not in known):
            message = _t("The regulation in force has no clause %(numbers)s.") % {"numbers": self.clause or "—"}
            raise ValidationError({"clause": message})
        record = self.record
        self.record_number = str(getattr(record, "number", "") or record or "")[:80]
        if (self.record_id is None) != (not self.record_type) or (self.record_type and self.control not in GUARDS):
            raise ValidationError({"control": _t("Name the guard, the type and the id of the record together.")})

    @property
    def record(self) -> Any:
        """Return the record that may pass the guard, or None."""
        resource = site.find(self.record_type) if self.record_type else None
        return resource.model._base_manager.filter(pk=self.record_id).first() if resource else None

    @property
    def in_force(self) -> bool:
        """Say whether it holds at this moment."""
        return self.state == lifecycle.State.IN_FORCE and self.expires_at > moment.now()

    def on_create(self, actor: Actor) -> None:
        """Tell those who may approve it."""
        notices.tell_approvers(self)
