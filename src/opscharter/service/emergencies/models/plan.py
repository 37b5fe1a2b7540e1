"""Contingency plans, edition by edition."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from opscharter.customers.models import Customer, Service
from opscharter.kernel.access.scope import Scope
from opscharter.kernel.records.merging import changed_fields
from opscharter.kernel.records.record import Record
from opscharter.service.emergencies.lifecycle import PLAN, PlanState

KEPT_OPEN = {"state", "edition", "in_force_since", "review_on"}
"""What may still change when a plan is in force; its text is then changed by the next edition only."""


class TaskRole(models.TextChoices):
    """Who owns a step of a plan: a part somebody plays in the emergency, turned into a person when it starts."""

    COMMANDER = "commander", _("incident commander")
    COMMUNICATIONS = "communications", _("communications")
    HANDLER = "handler", _("handling engineer")
    TEAM_HEAD = "team-head", _("head of the team")
    ACCOUNT_MANAGER = "account-manager", _("account manager")
    SERVICE_MANAGER = "service-manager", _("service manager")


class ContingencyPlan(Record):
    """What is done, by whom and within how many minutes when a service fails badly; one edition of it."""

    code = models.CharField(_("code"), max_length=20, help_text=_("The same for every edition, such as EP-03."))
    title = models.CharField(_("title"), max_length=120)
    edition = models.PositiveSmallIntegerField(_("edition"), default=1, editable=False)
    service = models.ForeignKey(
        Service, models.PROTECT, null=True, blank=True, verbose_name=_("service"), help_text=_("Empty: any service.")
    )
    customer = models.ForeignKey(
        Customer, models.PROTECT, null=True, blank=True, verbose_name=_("customer"), help_text=_("Empty: any customer.")
    )
    category = models.CharField(_("type of incident"), max_length=60, blank=True, help_text=_("Empty: any type."))
    purpose = models.TextField(_("when it applies"), blank=True)
    contacts = models.TextField(_("contacts"), blank=True, help_text=_("One a line: who, telephone, for what."))
    text_started = models.TextField(_("text to the customer: started"), blank=True)
    text_update = models.TextField(_("text to the customer: progress"), blank=True)
    text_resolved = models.TextField(_("text to the customer: resolved"), blank=True)
    review_on = models.DateField(_("review by"), null=True, blank=True)
    in_force_since = models.DateTimeField(_("in force since"), null=True, editable=False)
    replaces = models.ForeignKey(
        "self", models.PROTECT, null=True, editable=False, related_name="replaced_by", verbose_name=_("replaces")
    )

    scope = Scope(public=True)
    search_fields = ("title", "code", "purpose")
    lifecycle = PLAN

    class Meta:
        verbose_name = _("contingency plan")
        verbose_name_plural = _("contingency plans")
        constraints = [models.UniqueConstraint(fields=["code", "edition"], name="contingency_plan_edition")]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"

    def clean(self) -> None:
        """Refuse to change the text of a plan that is, or was, in force."""
        if self.pk and self.state != PlanState.DRAFT and set(changed_fields(self)) - KEPT_OPEN:
            raise ValidationError(_("A plan in force is changed by its next edition: take the step “Revise”."))


class ContingencyStep(Record):
    """One step of a contingency plan: what, by whom, and within how many minutes of the declaration."""

    plan = models.ForeignKey(ContingencyPlan, models.PROTECT, related_name="steps", verbose_name=_("plan"))
    position = models.PositiveSmallIntegerField(_("position"), default=1)
    title = models.CharField(_("what is done"), max_length=200)
    role = models.CharField(_("owner"), max_length=20, choices=TaskRole.choices, default=TaskRole.HANDLER)
    minutes = models.PositiveSmallIntegerField(
        _("within minutes"), default=15, validators=[MinValueValidator(1)], help_text=_("Counted from the declaration.")
    )

    scope = Scope(public=True)
    search_fields = ("title",)

    class Meta:
        verbose_name = _("step of a contingency plan")
        verbose_name_plural = _("steps of contingency plans")
        indexes = [models.Index(fields=["plan", "position"], name="contingency_step_order")]

    def __str__(self) -> str:
        return self.title

    def clean(self) -> None:
        """Refuse to change the steps of a plan that is, or was, in force."""
        if self.plan_id is not None and self.plan.state != PlanState.DRAFT and (not self.pk or changed_fields(self)):
            raise ValidationError(_("A plan in force is changed by its next edition: take the step “Revise”."))
