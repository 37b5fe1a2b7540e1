"""Employees, and which post each held when."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from opscharter.kernel import moment
from opscharter.kernel.access.actor import Actor, system_actor
from opscharter.kernel.access.scope import Scope
from opscharter.kernel.errors import Reason, Refused
from opscharter.kernel.records.numbering import Numbering
from opscharter.kernel.records.record import Record
from opscharter.organization.models.department import Department
from opscharter.organization.models.post import Post
from opscharter.organization.separation import refuse_to_oneself, rights_by_another


class Employee(Record):
    """A person who works for the company, with the post and department of today."""

    name = models.CharField(_("name"), max_length=80)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    department = models.ForeignKey(Department, models.PROTECT, related_name="members", verbose_name=_("department"))
    post = models.ForeignKey(Post, models.PROTECT, related_name="holders", verbose_name=_("post"))
    manager = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="reports", verbose_name=_("reports to")
    )
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="employee",
        verbose_name=_("account"),
    )
    joined_on = models.DateField(_("joined"))
    left_on = models.DateField(_("left"), null=True, blank=True)

    numbering = Numbering("E{seq:05}")
    decides_access = True
    scope = Scope(owner="id", department="department")
    name_fields = ("name",)
    search_fields = ("name", "email", "phone")

    class Meta:
        verbose_name = _("employee")
        verbose_name_plural = _("employees")
        indexes = [models.Index(fields=["department", "name"], name="employee_department")]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Refuse reporting to oneself and leaving before joining."""
        if self.pk and self.manager_id == self.pk:
            raise ValidationError({"manager": _("Nobody reports to themselves.")})
        if self.left_on and self.left_on < self.joined_on:
            raise ValidationError({"left_on": _("This ends before it begins.")})

    def on_create(self, actor: Actor) -> None:
        """Begin the first reporting line."""
        if self.manager_id is not None:
            self._report_to(self.joined_on)

    def on_change(self, actor: Actor, changes: Mapping[str, list[Any]]) -> None:
        """Let the reporting line change from today on; refuse another post than the one assigned for today."""
        if "manager_id" in changes:
            self._report_to(moment.today())
        if {"post_id", "department_id"} & set(changes):
            held = Assignment.objects.current().filter(employee=self, valid_from__lte=moment.today())
            held = held.filter(models.Q(valid_to__isnull=True) | models.Q(valid_to__gte=moment.today()))
            if held.exists() and not held.filter(post=self.post_id, department=self.department_id).exists():
                text = _t("Posts change by an assignment with its day: permissions follow from it.")
                raise Refused([Reason(text, "organization.assigned-post", "2.1.1", "post")])

    def _report_to(self, day: dt.date) -> None:
        """End the line that runs and begin the new one on the day; this follows from the employee's own record."""
        for line in ReportingLine.objects.current().filter(employee=self, valid_to__isnull=True):
            if line.valid_from >= day:
                line.archive_as(system_actor(), reason="replaced on the same day")
            else:
                line.valid_to = day - dt.timedelta(days=1)
                line.save_as(system_actor())
        if self.manager is not None:
            ReportingLine(employee=self, manager=self.manager, valid_from=day).save_as(system_actor())


class ReportingLine(Record):
    """Whom a person reports to from a day to a day: kept by itself whenever an employee's manager changes."""

    employee = models.ForeignKey(Employee, models.PROTECT, related_name="reporting_lines", verbose_name=_("employee"))
    manager = models.ForeignKey(Employee, models.PROTECT, related_name="led_lines", verbose_name=_("reports to"))
    valid_from = models.DateField(_("from"))
    valid_to = models.DateField(_("to"), null=True, blank=True)

    scope = Scope(owner=("employee", "manager"), department="employee__department")
    search_fields = ("employee__name", "manager__name")

    class Meta:
        verbose_name = _("reporting line")
        verbose_name_plural = _("reporting lines")
        indexes = [models.Index(fields=["employee", "valid_from"], name="reporting_line_dated")]

    def __str__(self) -> str:
        return f"{self.employee} → {self.manager}"

    def clean(self) -> None:
        """Refuse reporting to oneself and an end before the beginning."""
        if self.employee_id == self.manager_id:
            raise ValidationError({"manager": _("Nobody reports to themselves.")})
        if self.valid_to and self.valid_to < self.valid_from:
            raise ValidationError({"valid_to": _("This ends before it begins.")})


class Assignment(Record):
    """A post held by a person in a department from a day to a day: who was what, when."""

    employee = models.ForeignKey(Employee, models.PROTECT, related_name="assignments", verbose_name=_("employee"))
    post = models.ForeignKey(Post, models.PROTECT, related_name="assignments", verbose_name=_("post"))
    department = models.ForeignKey(Department, models.PROTECT, related_name="assignments", verbose_name=_("department"))
    valid_from = models.DateField(_("from"))
    valid_to = models.DateField(_("to"), null=True, blank=True)

    decides_access = True
    scope = Scope(owner="employee", department="department")
    search_fields = ("employee__name", "post__title")
    create_guards = (rights_by_another,)

    class Meta:
        verbose_name = _("assignment")
        verbose_name_plural = _("assignments")
        indexes = [models.Index(fields=["employee", "valid_from"], name="assignment_dated")]

    def __str__(self) -> str:
        return f"{self.employee}: {self.post}"

    def clean(self) -> None:
        """Refuse an end before the beginning."""
        if self.valid_to and self.valid_to < self.valid_from:
            raise ValidationError({"valid_to": _("This ends before it begins.")})

    def on_change(self, actor: Actor, changes: Mapping[str, list[Any]]) -> None:
        """Let nobody change a post of their own."""
        refuse_to_oneself(self, actor)
