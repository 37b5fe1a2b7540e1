"""Work orders and their checklists."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from opscharter.assets.models import Asset
from opscharter.customers.models import Customer, Service
from opscharter.kernel.access.scope import Scope
from opscharter.kernel.records.merging import changed_fields
from opscharter.kernel.records.numbering import Numbering
from opscharter.kernel.records.record import Record
from opscharter.organization.models import Department, Employee
from opscharter.service.maintenance.lifecycle import OPEN, ORDER
from opscharter.service.maintenance.models.plan import MaintenancePlan, PlanStep
from opscharter.service.tickets.models import Incident


class WorkOrder(Record):
    """One piece of planned work on a day, with its checklist; a plan makes exactly one for each of its days."""

    plan = models.ForeignKey(
        MaintenancePlan, models.PROTECT, editable=False, related_name="orders", verbose_name=_("maintenance plan")
    )
    planned_on = models.DateField(_("by the rule"), editable=False)
    due_on = models.DateField(_("due"), editable=False, db_index=True)
    due_at = models.DateTimeField(_("at the latest"), editable=False)
    title = models.CharField(_("title"), max_length=120, editable=False)
    instructions = models.TextField(_("instructions"), blank=True, editable=False)
    customer = models.ForeignKey(
        Customer, models.PROTECT, editable=False, related_name="work_orders", verbose_name=_("customer")
    )
    service = models.ForeignKey(
        Service, models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("service")
    )
    assets = models.ManyToManyField(
        Asset, blank=True, editable=False, related_name="work_orders", verbose_name=_("assets")
    )
    team = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("team")
    )
    engineer = models.ForeignKey(
        Employee, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("engineer")
    )
    result = models.TextField(_("result"), blank=True)
    started_at = models.DateTimeField(_("begun"), null=True, editable=False)
    done_at = models.DateTimeField(_("done at"), null=True, editable=False)
    done_by = models.ForeignKey(
        Employee, models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("done by")
    )
    missed_at = models.DateTimeField(_("missed since"), null=True, editable=False)
    late = models.BooleanField(_("late"), default=False, editable=False)
    findings = models.PositiveSmallIntegerField(_("not in order"), default=0, editable=False)
    skipped_because = models.CharField(_("left out because"), max_length=300, blank=True, editable=False)

    numbering = Numbering("MO-{date:%Y%m}-{seq:04}")
    scope = Scope(owner="engineer", department="team", customer="customer")
    lifecycle = ORDER
    name_fields = ("number", "title")
    search_fields = ("title", "customer__name", "result")
    timeline_fields = ("engineer", "team", "result")

    class Meta:
        verbose_name = _("work order")
        verbose_name_plural = _("work orders")
        constraints = [models.UniqueConstraint(fields=["plan", "planned_on"], name="work_order_once_a_day")]
        indexes = [models.Index(fields=["state", "due_at"], name="work_order_due")]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    def clean(self) -> None:
        """Refuse a work order that no plan has made."""
        if self.plan_id is None:
            raise ValidationError(_("Work orders come from a maintenance plan."))

    @property
    def is_open(self) -> bool:
        """Say whether work is still to be done."""
        return self.state in OPEN


class OrderItem(Record):
    """One line of a work order: what was found, with the figure read, a remark, and the incident it led to."""

    class Answer(models.TextChoices):
        OK = "ok", _("in order")
        NOT_OK = "not-ok", _("not in order")
        NOT_APPLICABLE = "not-applicable", _("does not apply")

    order = models.ForeignKey(
        WorkOrder, models.PROTECT, editable=False, related_name="items", verbose_name=_("work order")
    )
    position = models.PositiveSmallIntegerField(_("position"), default=1, editable=False)
    text = models.CharField(_("what is looked at"), max_length=200, editable=False)
    kind = models.CharField(
        _("kind"), max_length=8, choices=PlanStep.Kind.choices, default=PlanStep.Kind.CHECK, editable=False
    )
    unit = models.CharField(_("unit"), max_length=20, blank=True, editable=False)
    lower = models.DecimalField(_("lower limit"), max_digits=12, decimal_places=3, null=True, editable=False)
    upper = models.DecimalField(_("upper limit"), max_digits=12, decimal_places=3, null=True, editable=False)
    needs_photo = models.BooleanField(_("with a photo"), default=False, editable=False)
    answer = models.CharField(_("answer"), max_length=16, choices=Answer.choices, blank=True)
    value = models.DecimalField(_("reading"), max_digits=12, decimal_places=3, null=True, blank=True)
    remark = models.TextField(_("remark"), blank=True)
    incident = models.ForeignKey(
        Incident, models.PROTECT, null=True, editable=False, related_name="work_order_items",
        verbose_name=_("incident"),
    )  # fmt: skip

    scope = Scope(owner="order__engineer", department="order__team", customer="order__customer")
    search_fields = ("text", "remark")

    class Meta:
        verbose_name = _("work order line")
        verbose_name_plural = _("work order lines")
        indexes = [models.Index(fields=["order", "position"], name="order_item_order")]

    def __str__(self) -> str:
        return self.text

    @property
    def out_of_limits(self) -> bool:
        """Say whether the figure read lies outside what is allowed; the limits themselves are inside."""
        if self.value is None:
            return False
        below = self.lower is not None and self.value < self.lower
        return below or (self.upper is not None and self.value > self.upper)

    @property
    def needs_remark(self) -> bool:
        """Say whether what was found must be explained."""
        return self.answer == self.Answer.NOT_OK

    def full_clean(self, *args: Any, **kwargs: Any) -> None:
        """Let a reading answer by itself, then validate."""
        reading = self.kind == PlanStep.Kind.READING and self.value is not None
        if reading and self.answer != self.Answer.NOT_APPLICABLE:
            self.answer = self.Answer.NOT_OK if self.out_of_limits else self.Answer.OK
        super().full_clean(*args, **kwargs)

    def clean(self) -> None:
        """Refuse lines of nothing, answers to what is settled, and a reading without its figure."""
        if self.order_id is None:
            raise ValidationError(_("Work orders come from a maintenance plan."))
        if not self.order.is_open and changed_fields(self):
            raise ValidationError(_("The work order is settled."))
        if self.kind == PlanStep.Kind.READING:
            answered = self.answer in (self.Answer.OK, self.Answer.NOT_OK)
            if answered and self.value is None:
                raise ValidationError({"value": _("Enter the figure.")})
        elif self.value is not None:
            raise ValidationError({"value": _("Only a reading has a figure.")})
