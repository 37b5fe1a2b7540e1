"""What people can do, how well, and until when that holds."""

from __future__ import annotations

import datetime as dt

from django.db import models
from django.utils.translation import gettext_lazy as _

from opscharter.customers.models import Service
from opscharter.kernel.access.scope import Scope
from opscharter.kernel.records.record import Record
from opscharter.organization.models import Employee


class Skill(Record):
    """Something that somebody must know to deal with a service's tickets."""

    name = models.CharField(_("name"), max_length=80, unique=True)
    services = models.ManyToManyField(
        Service, blank=True, related_name="+", verbose_name=_("services"),
        help_text=_("Tickets of these services ask for the skill."),
    )  # fmt: skip
    description = models.TextField(_("description"), blank=True)

    scope = Scope(public=True)
    name_fields = ("name",)
    search_fields = ("name", "description")

    class Meta:
        verbose_name = _("skill")
        verbose_name_plural = _("skills")

    def __str__(self) -> str:
        return self.name


class EmployeeSkill(Record):
    """A skill that a person has, with its level, until a day when it is not renewed."""

    class Level(models.IntegerChoices):
        KNOWS = 1, _("1 knows it")
        HELPED = 2, _("2 with help")
        ALONE = 3, _("3 alone")
        EXPERT = 4, _("4 expert")
        TEACHES = 5, _("5 teaches it")

    employee = models.ForeignKey(Employee, models.PROTECT, related_name="skills", verbose_name=_("employee"))
    skill = models.ForeignKey(Skill, models.PROTECT, related_name="people", verbose_name=_("skill"))
    level = models.PositiveSmallIntegerField(_("level"), choices=Level.choices, default=Level.ALONE)
    valid_until = models.DateField(_("valid until"), null=True, blank=True, help_text=_("Empty: without end."))
    proof = models.CharField(_("proof"), max_length=200, blank=True, help_text=_("Certificate, examination, project."))

    scope = Scope(owner="employee", department="employee__department")
    search_fields = ("employee__name", "skill__name", "proof")

    class Meta:
        verbose_name = _("skill of a person")
        verbose_name_plural = _("skills of people")
        constraints = [
            models.UniqueConstraint(
                fields=["employee", "skill"], condition=models.Q(archived_at__isnull=True), name="employee_skill_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.employee}: {self.skill}"

    def valid_on(self, day: dt.date) -> bool:
        """Say whether the skill counts on a day."""
        return self.valid_until is None or self.valid_until >= day
