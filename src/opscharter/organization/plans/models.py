"""Plans of departments, and what is to be done under them."""

from __future__ import annotations

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from opscharter.kernel.access.scope import Scope
from opscharter.kernel.indicators.periods import Period
from opscharter.kernel.records.numbering import Numbering
from opscharter.kernel.records.record import Record
from opscharter.organization.aims import check_aim
from opscharter.organization.models.department import Department
from opscharter.organization.models.employee import Employee
from opscharter.organization.models.goal import Goal
from opscharter.organization.plans.lifecycle import ITEM, PLAN


class DepartmentPlan(Record):
    """What a department means to reach and to do in a year, a quarter or a month."""

    department = models.ForeignKey(Department, models.PROTECT, related_name="plans", verbose_name=_("department"))
    period = models.CharField(_("period"), max_length=8, help_text=_("2026, 2026-Q4 or 2026-11."))
    starts_on = models.DateField(_("from"), editable=False)
    ends_on = models.DateField(_("to"), editable=False)
    summary = models.TextField(_("focus"))
    owner = models.ForeignKey(Employee, models.PROTECT, related_name="plans", verbose_name=_("responsible"))
    submitted_by = models.ForeignKey(
        Employee, models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("submitted by")
    )
    approved_by = models.ForeignKey(
        Employee, models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("approved by")
    )
    approved_on = models.DateField(_("approved on"), null=True, editable=False)
    review = models.TextField(_("review"), blank=True)

    numbering = Numbering("PLN-{date:%Y}-{seq:04}")
    scope = Scope(owner="owner", department="department")
    search_fields = ("summary", "number", "department__name", "period")
    lifecycle = PLAN

    class Meta:
        verbose_name = _("department plan")
        verbose_name_plural = _("department plans")
        constraints = [
            models.UniqueConstraint(
                fields=["department", "period"], condition=models.Q(archived_at__isnull=True), name="plan_once_a_period"
            ),
        ]
        indexes = [models.Index(fields=["department", "starts_on"], name="plan_dated")]

    def __str__(self) -> str:
        return f"{self.number} {self.department} {self.period}"

    def clean_fields(self, exclude: object = None) -> None:
        """Read the period's days first: they are stored beside it."""
        try:
            period = Period.parse(self.period)
        except ValueError as error:
            message = _("“%(value)s” is not a period like 2026, 2026-Q4 or 2026-11.") % {"value": self.period}
            raise ValidationError({"period": message}) from error
        self.starts_on = period.first
        self.ends_on = period.shift(period.months).first - dt.timedelta(days=1)
        super().clean_fields(exclude=exclude)  # type: ignore[arg-type]

    @property
    def months(self) -> Period:
        """Return the period."""
        return Period.parse(self.period)


class PlanItem(Record):
    """One line of a department's plan: a goal measured by a figure, or a task for a person until a day."""

    plan = models.ForeignKey(DepartmentPlan, models.PROTECT, related_name="items", verbose_name=_("plan"))
    title = models.CharField(_("title"), max_length=200)
    goal = models.ForeignKey(
        Goal, models.PROTECT, null=True, blank=True, related_name="plan_items", verbose_name=_("serves the goal")
    )
    indicator = models.CharField(_("figure"), max_length=80, blank=True)
    target = models.DecimalField(_("target"), max_digits=12, decimal_places=2, null=True, blank=True)
    assignee = models.ForeignKey(
        Employee, models.PROTECT, null=True, blank=True, related_name="plan_items", verbose_name=_("assignee")
    )
    due_on = models.DateField(_("due"), null=True, blank=True)
    done_on = models.DateField(_("done on"), null=True, editable=False)
    result = models.TextField(_("result"), blank=True)

    scope = Scope(owner=("assignee", "plan__owner"), department="plan__department")
    search_fields = ("title", "plan__number")
    timeline_fields = ("assignee", "due_on")
    lifecycle = ITEM

    class Meta:
        verbose_name = _("plan item")
        verbose_name_plural = _("plan items")
        indexes = [models.Index(fields=["assignee", "state"], name="plan_item_load")]

    def __str__(self) -> str:
        return self.title

    def clean(self) -> None:
        """Refuse an unknown figure, and a task without a person."""
        check_aim(self.indicator, self.target)
        if self.due_on and self.assignee_id is None:
            raise ValidationError({"assignee": _("A task with a due day needs a person.")})
