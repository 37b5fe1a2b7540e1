"""Employees, and which post each held when."""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from opscharter.kernel.access.scope import Scope
from opscharter.kernel.records.numbering import Numbering
from opscharter.kernel.records.record import Record
from opscharter.organization.models.department import Department
from opscharter.organization.models.post import Post


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
