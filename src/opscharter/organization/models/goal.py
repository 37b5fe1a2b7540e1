"""Goals: the tree from the strategy of a year down to the posts."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from opscharter.kernel.access.scope import Scope
from opscharter.kernel.records.lifecycle import Lifecycle, Move
from opscharter.kernel.records.numbering import Numbering
from opscharter.kernel.records.record import Record
from opscharter.organization.aims import check_aim
from opscharter.organization.models.department import Department
from opscharter.organization.models.employee import Employee
from opscharter.organization.models.post import Post


class State(models.TextChoices):
    DRAFT = "DRAFT", _("draft")
    ACTIVE = "ACTIVE", _("pursued")
    CLOSED = "CLOSED", _("closed")


LIFECYCLE = Lifecycle(
    State,
    start=State.DRAFT,
    moves=[
        Move("pursue", State.DRAFT, State.ACTIVE, _("Put into force"), primary=True),
        Move("close", State.ACTIVE, State.CLOSED, _("Close"), primary=True, inputs=["outcome"], required=["outcome"]),
    ],
    final=[State.CLOSED],
)


class Goal(Record):
    """What the company, a department or a post aims at in a year; measured by a figure, weighed by its parent."""

    class Level(models.TextChoices):
        STRATEGY = "strategy", _("strategy")
        COMPANY = "company", _("company")
        DEPARTMENT = "department", _("department")
        POST = "post", _("post")

    year = models.PositiveSmallIntegerField(_("year"), validators=[MinValueValidator(2000), MaxValueValidator(2200)])
    level = models.CharField(_("level"), max_length=12, choices=Level.choices)
    title = models.CharField(_("title"), max_length=160)
    description = models.TextField(_("description"), blank=True)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("serves the goal")
    )
    department = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, related_name="goals", verbose_name=_("department")
    )
    post = models.ForeignKey(Post, models.PROTECT, null=True, blank=True, related_name="goals", verbose_name=_("post"))
    owner = models.ForeignKey(
        Employee, models.PROTECT, null=True, blank=True, related_name="goals", verbose_name=_("responsible")
    )
    indicator = models.CharField(_("figure"), max_length=80, blank=True)
    target = models.DecimalField(_("target"), max_digits=12, decimal_places=2, null=True, blank=True)
    weight = models.PositiveSmallIntegerField(
        _("weight (%)"), default=100, validators=[MinValueValidator(1), MaxValueValidator(100)],
        help_text=_("Its share among the goals that serve the same goal."),
    )  # fmt: skip
    outcome = models.TextField(_("outcome"), blank=True)

    numbering = Numbering("G{date:%Y}-{seq:03}")
    scope = Scope(owner="owner", department="department")
    search_fields = ("title", "number", "description")
    timeline_fields = ("target", "weight")
    lifecycle = LIFECYCLE

    class Meta:
        verbose_name = _("goal")
        verbose_name_plural = _("goals")
        indexes = [models.Index(fields=["year", "level"], name="goal_year")]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    def clean(self) -> None:
        """Refuse a goal at the wrong level, of another year, for nobody, or weighing more than the whole."""
        check_aim(self.indicator, self.target)
        levels = self.Level.values
        if self.level == self.Level.DEPARTMENT and self.department_id is None:
            raise ValidationError({"department": _("A department's goal names the department.")})
        if self.level == self.Level.POST and self.post_id is None:
            raise ValidationError({"post": _("A post's goal names the post.")})
        parent = self.parent
        if parent is None:
            return
        if parent.year != self.year:
            raise ValidationError({"parent": _("This goal belongs to another year.")})
        if levels.index(parent.level) > levels.index(self.level) or parent.pk == self.pk:
            raise ValidationError({"parent": _("A goal serves one of a higher level.")})
        if self.pk is not None and parent.level == self.level and self._below(parent):
            raise ValidationError({"parent": _("A goal cannot serve itself.")})
        siblings = Goal.objects.current().filter(parent=parent).exclude(pk=self.pk)
        taken = siblings.aggregate(total=Sum("weight"))["total"] or 0
        if taken + self.weight > 100:
            message = _("The goals that serve %(goal)s would weigh %(sum)s %%; at most %(rest)s is left.")
            raise ValidationError(
                {"weight": message % {"goal": parent, "sum": taken + self.weight, "rest": max(0, 100 - taken)}}
            )

    def _below(self, goal: Goal) -> bool:
        """Say whether a goal lies under this one."""
        step: Goal | None = goal
        while step is not None:
            if step.pk == self.pk:
                return True
            step = step.parent
        return False
