"""Approvals: policies as data, requests bound to what was shown, votes that are never changed."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from opscharter.kernel.access.scope import Scope
from opscharter.kernel.records.record import Record

WHO = ("role", "head_of", "person")
OPERATORS = ("=", "!=", ">", ">=", "<", "<=", "in")


class ApprovalPolicy(Record):
    """Who must agree before a certain step of a certain kind of record.

    `steps` are taken in order: [{"role": "change-manager", "quorum": 1, "veto": true}, {"head_of": "department"}, …].
    `conditions` must all hold for the policy to apply: [["risk", ">=", 12]]. The first that applies, by rank, is used.
    """

    name = models.CharField(_("name"), max_length=120)
    record_type = models.CharField(_("record type"), max_length=60)
    action = models.CharField(_("step"), max_length=60)
    """The name of the move; a record's own `move` is how it takes one."""
    rank = models.PositiveSmallIntegerField(_("rank"), default=100)
    conditions = models.JSONField(_("conditions"), default=list, blank=True)
    steps = models.JSONField(_("steps"), default=list)
    four_eyes = models.BooleanField(_("not the requester"), default=True)
    by_link = models.BooleanField(
        _("by the link of a message"), default=True,
        help_text=_("Voters may answer by the personal link in their message; without it they sign in first."),
    )  # fmt: skip
    deadline_hours = models.PositiveIntegerField(_("deadline (hours)"), null=True, blank=True)
    escalate_to = models.CharField(_("escalate to role"), max_length=40, blank=True)

    scope = Scope(public=True)
    search_fields = ("name",)

    class Meta:
        verbose_name = _("approval policy")
        verbose_name_plural = _("approval policies")
        indexes = [models.Index(fields=["record_type", "action", "rank"], name="approval_policy_lookup")]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Refuse policies that nobody could satisfy or that could not be read."""
        if not isinstance(self.steps, list) or not self.steps:
            raise ValidationError({"steps": _("An approval has at least one step.")})
        try:
            model: Any = apps.get_model(self.record_type)
            step_taken = model.lifecycle.move(self.action)
        except (LookupError, ValueError, AttributeError):
            raise ValidationError({"action": _("There is no such step of such a record.")}) from None
        if step_taken.approval is None:
            raise ValidationError({"action": _("This step needs no approval.")})
        names = {name for field in model._meta.concrete_fields for name in (field.name, field.attname)}
        for number, step in enumerate(self.steps, start=1):
            self._check_step(number, step, names)
        for condition in self.conditions:
            if not isinstance(condition, list) or len(condition) != 3 or condition[1] not in OPERATORS:
                raise ValidationError({"conditions": _("A condition is a field, a comparison and a value.")})
            if condition[0] not in names:
                raise ValidationError({"conditions": _("The record has no field %(name)s.") % {"name": condition[0]}})

    def _check_step(self, number: int, step: Any, names: set[str]) -> None:
        if not isinstance(step, dict) or sum(key in step for key in WHO) != 1:
            raise ValidationError({"steps": _("Step %(n)s must name one of: role, head_of, person.") % {"n": number}})
        if "head_of" in step and step["head_of"] not in names:
            raise ValidationError({"steps": _("The record has no field %(name)s.") % {"name": step["head_of"]}})
        quorum = step.get("quorum", 1)
        if not isinstance(quorum, int) or quorum < 1:
            raise ValidationError({"steps": _("Step %(n)s needs a quorum of at least 1.") % {"n": number}})


class ApprovalRequest(models.Model):
    """One question put to people: may this record take this step, as it is now? Bound to a hash of what was shown."""

    class State(models.TextChoices):
        OPEN = "open", _("open")
        APPROVED = "approved", _("approved")
        REJECTED = "rejected", _("rejected")
        VOID = "void", _("void")
        WITHDRAWN = "withdrawn", _("withdrawn")

    record_type = models.CharField(max_length=60)
    record_id = models.BigIntegerField()
    move = models.CharField(max_length=60)
    subject = models.CharField(max_length=200, blank=True)
    policy = models.JSONField()
    shown = models.JSONField()
    hash = models.CharField(max_length=64)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.OPEN)
    step = models.PositiveSmallIntegerField(default=0)
    requested_at = models.DateTimeField()
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    requested_person = models.BigIntegerField(null=True)
    due_at = models.DateTimeField(_("due"), null=True)
    escalated_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["record_type", "record_id", "move", "state"], name="approval_request_record"),
            models.Index(fields=["state", "due_at"], name="approval_request_due"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["record_type", "record_id", "move"], condition=models.Q(state="open"), name="approval_one_open"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.move} {self.record_type} {self.record_id}: {self.state}"


class ApprovalSeat(models.Model):
    """A person who may vote in a step of a request, by office or standing in for somebody; drawn up when it opens."""

    request = models.ForeignKey(ApprovalRequest, models.CASCADE, related_name="seats")
    step = models.PositiveSmallIntegerField()
    person = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["request", "step", "person"], name="approval_seat_once")]
        indexes = [models.Index(fields=["person", "request"], name="approval_seat_person")]

    def __str__(self) -> str:
        return f"{self.request_id}.{self.step}: {self.person}"


class Vote(models.Model):
    """One person's answer in one step, for one seat; appended once and bound to the hash of what was shown."""

    class Decision(models.TextChoices):
        APPROVE = "approve", _("approve")
        REJECT = "reject", _("reject")
        ABSTAIN = "abstain", _("abstain")

    request = models.ForeignKey(ApprovalRequest, models.CASCADE, related_name="votes")
    step = models.PositiveSmallIntegerField()
    seat = models.BigIntegerField(_("for"))
    person = models.BigIntegerField(_("by"))
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decision = models.CharField(_("decision"), max_length=10, choices=Decision.choices)
    comment = models.TextField(_("comment"), blank=True)
    at = models.DateTimeField(_("at"))
    hash = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["request", "step", "seat"], name="approval_one_vote_a_seat"),
            models.UniqueConstraint(fields=["request", "step", "person"], name="approval_one_vote_a_person"),
        ]

    def __str__(self) -> str:
        return f"{self.request_id}.{self.step} {self.decision}"
