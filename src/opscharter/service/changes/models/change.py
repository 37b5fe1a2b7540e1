"""Changes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from opscharter.assets.models import Asset
from opscharter.customers.models import Contact, Customer, Service
from opscharter.kernel.access.actor import Actor, system_actor
from opscharter.kernel.access.scope import Scope
from opscharter.kernel.records.merging import changed_fields
from opscharter.kernel.records.numbering import Numbering
from opscharter.kernel.records.record import Record
from opscharter.organization.models import Department, Employee
from opscharter.service.changes import effects
from opscharter.service.changes.lifecycle import LIFECYCLE
from opscharter.service.changes.models.template import ChangeTemplate
from opscharter.service.changes.words import Answer, Feasibility, Impact, Kind, Likelihood, Outcome
from opscharter.service.tickets.models import Incident


class Change(Record):
    """An alteration of systems under care: requested, assessed, planned with a way back, approved, verified."""

    title = models.CharField(_("title"), max_length=200)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices, default=Kind.NORMAL)
    reason = models.TextField(_("reason for the change"), blank=True)
    content = models.TextField(_("content of the change"), blank=True)
    scope_note = models.TextField(_("scope of impact"), blank=True)
    customer = models.ForeignKey(
        Customer, models.PROTECT, null=True, blank=True, related_name="changes", verbose_name=_("customer")
    )
    service = models.ForeignKey(
        Service, models.PROTECT, null=True, blank=True, related_name="changes", verbose_name=_("service")
    )
    assets = models.ManyToManyField(Asset, blank=True, related_name="changes", verbose_name=_("affected assets"))
    template = models.ForeignKey(
        ChangeTemplate, models.PROTECT, null=True, blank=True, related_name="changes", verbose_name=_("template"),
        help_text=_("Of a standard change: everything left empty is taken from it, and its steps."),
    )  # fmt: skip
    incident = models.ForeignKey(
        Incident, models.PROTECT, null=True, blank=True, related_name="changes", verbose_name=_("arises from incident")
    )
    team = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, related_name="changes", verbose_name=_("team")
    )
    requester = models.ForeignKey(
        Employee, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("requester")
    )
    engineer = models.ForeignKey(
        Employee, models.PROTECT, null=True, blank=True, related_name="changes", verbose_name=_("implementing engineer")
    )

    feasibility = models.CharField(_("feasibility"), max_length=12, choices=Feasibility.choices, blank=True)
    feasibility_note = models.TextField(_("grounds of the verdict"), blank=True)
    likelihood = models.PositiveSmallIntegerField(
        _("likelihood of failure"), choices=Likelihood.choices, null=True, blank=True
    )
    impact = models.PositiveSmallIntegerField(_("impact of failure"), choices=Impact.choices, null=True, blank=True)
    risk_note = models.TextField(_("what is done against the risk"), blank=True)
    risk = models.PositiveSmallIntegerField(_("risk"), null=True, editable=False)

    window_start = models.DateTimeField(_("window from"), null=True, blank=True)
    window_end = models.DateTimeField(_("window to"), null=True, blank=True)
    rollback_trigger = models.TextField(_("when to roll back"), blank=True)
    point_of_no_return = models.DateTimeField(_("point of no return"), null=True, editable=False)
    flagged_at = models.DateTimeField(_("flagged"), null=True, editable=False)
    flag_note = models.CharField(_("flagged because"), max_length=200, blank=True, editable=False)

    customer_must_agree = models.BooleanField(_("the customer must agree to the window"), default=False)
    customer_answer = models.CharField(
        _("customer's answer"), max_length=10, choices=Answer.choices, blank=True, editable=False
    )
    customer_answered_at = models.DateTimeField(_("customer answered"), null=True, editable=False)
    customer_answered_by = models.ForeignKey(
        Contact, models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("answered by")
    )
    answered_hash = models.CharField(_("answered for what was shown"), max_length=64, blank=True, editable=False)
    answered_start = models.DateTimeField(_("answered for a window from"), null=True, editable=False)
    answered_end = models.DateTimeField(_("answered for a window to"), null=True, editable=False)

    approved_at = models.DateTimeField(_("approved at"), null=True, editable=False)
    started_at = models.DateTimeField(_("started"), null=True, editable=False, db_index=True)
    rollback_at = models.DateTimeField(_("roll-back begun"), null=True, editable=False)
    finished_at = models.DateTimeField(_("finished"), null=True, editable=False, db_index=True)
    outcome = models.CharField(_("outcome"), max_length=12, choices=Outcome.choices, blank=True, editable=False)
    caused_incident = models.ForeignKey(
        Incident, models.PROTECT, null=True, blank=True, related_name="caused_by", verbose_name=_("incident caused")
    )
    ratified_at = models.DateTimeField(_("approved afterwards"), null=True, editable=False)
    unauthorised_at = models.DateTimeField(_("unauthorised since"), null=True, editable=False)

    verification = models.TextField(_("verification"), blank=True)
    verified_at = models.DateTimeField(_("verified"), null=True, editable=False)
    verify_days = models.PositiveSmallIntegerField(_("working days to verification"), null=True, editable=False)
    evaluation = models.TextField(_("evaluation"), blank=True)
    evaluated_at = models.DateTimeField(_("evaluated"), null=True, editable=False)
    review_due_at = models.DateTimeField(_("review due"), null=True, editable=False)
    review_findings = models.TextField(_("findings of the review"), blank=True)
    review_actions = models.TextField(_("actions from the review"), blank=True)
    reviewed_at = models.DateTimeField(_("reviewed"), null=True, editable=False)

    numbering = Numbering("CHG-{date:%Y%m%d}-{seq:03}")
    scope = Scope(owner=("requester", "engineer"), department="team", customer="customer")
    lifecycle = LIFECYCLE
    timeline_fields = ("title", "kind", "customer", "window_start", "window_end", "engineer", "rollback_trigger")
    search_fields = ("title", "content", "reason", "customer__name")

    class Meta:
        verbose_name = _("change")
        verbose_name_plural = pgettext_lazy("changes of systems", "changes")
        indexes = [
            models.Index(fields=["state", "window_start"], name="change_calendar"),
            models.Index(fields=["customer", "window_start"], name="change_customer"),
            models.Index(fields=["engineer", "state"], name="change_engineer"),
            models.Index(fields=["team", "state"], name="change_team"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    def full_clean(self, *args: Any, **kwargs: Any) -> None:
        """Fill in what follows from what was given, then validate."""
        self.risk = self.likelihood * self.impact if self.likelihood and self.impact else None
        self.point_of_no_return = effects.point_of_no_return(self)
        if self.pk is None and self.template is not None:
            effects.take_from_template(self)
        if self.pk is None and self.team_id is None:
            self.team = self._natural_team()
        super().full_clean(*args, **kwargs)

    def _natural_team(self) -> Department | None:
        """Return who serves: the service's team, else the customer's."""
        return (self.service.team if self.service else None) or (self.customer.team if self.customer else None)

    def clean(self) -> None:
        """Refuse a window that ends before it begins, and a template for anything but a standard change."""
        if self.template_id is not None and self.kind != Kind.STANDARD:
            raise ValidationError({"template": _("Only standard changes follow a template.")})
        if self.window_start and self.window_end and self.window_end <= self.window_start:
            raise ValidationError({"window_end": _("This ends before it begins.")})
        begun = self.started_at is not None and "started_at" not in changed_fields(self)
        if begun and {"window_start", "window_end"} & set(changed_fields(self)):
            raise ValidationError({"window_end": _("The change has begun; its window can no longer be moved.")})

    def on_create(self, actor: Actor) -> None:
        """Whoever asks for the change is its requester, unless another was named."""
        if self.requester_id is None and actor.person_id is not None:
            self.requester_id = actor.person_id
            self.save_as(system_actor(), note="requester")
        if self.template is not None:
            self._take_steps(self.template)

    def _take_steps(self, template: ChangeTemplate) -> None:
        task: Any = self._meta.get_field("steps").related_model
        for phase, position, action, minutes, expected in template.plan:
            owner = self.engineer or self.requester
            step = task(change=self, phase=phase, position=position, action=action, minutes=minutes, owner=owner)
            step.expected = expected
            step.save_as(system_actor(), note=f"template {template.number}")

    def on_change(self, actor: Actor, changes: Mapping[str, list[Any]]) -> None:
        """A window that was moved is looked at afresh."""
        if {"window_start", "window_end"} & set(changes) and self.flagged_at is not None:
            effects.unflag(self)

    def on_approval(self, actor: Actor, move: str, state: str) -> None:
        """Take the step that the last vote has opened, or what follows from a rejection."""
        effects.approval_decided(self, move, state)
