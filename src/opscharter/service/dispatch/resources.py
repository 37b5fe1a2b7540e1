"""How skills and assignment rules appear."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from opscharter.kernel import moment
from opscharter.kernel.access.actor import Actor
from opscharter.kernel.resources.declaration import Panel, Resource, Section, View
from opscharter.service.dispatch.models import AssignmentRule, EmployeeSkill, Skill

WORKS_HERE = {"employee": lambda actor: Q(left_on__isnull=True)}


def _people_of(skill: Any, actor: Actor) -> Mapping[str, Any]:
    """Return who has a skill, the best first."""
    rows = EmployeeSkill.objects.visible_to(actor).current().filter(skill=skill).select_related("employee")
    return {"people": rows.order_by("-level", "employee__name"), "today": moment.today()}


def _skills_of(employee: Any, actor: Actor) -> Mapping[str, Any] | None:
    """Return what a person can do; nothing where there is nothing."""
    rows = EmployeeSkill.objects.visible_to(actor).current().filter(employee=employee).select_related("skill")
    found = list(rows.order_by("-level", "skill__name"))
    return {"skills": found, "today": moment.today()} if found else None


ON_EMPLOYEE = Panel(_("Skills"), "service/dispatch/skills.html", _skills_of)
skills = Resource(
    Skill, "skills", icon="certificate", columns=["name", "description"], order="name",
    form=["name", "services", "description"],
    panels=[Panel(_("Who has it"), "service/dispatch/people.html", _people_of, place="main")],
)  # fmt: skip
people_s_skills = Resource(
    EmployeeSkill, "people-skills", icon="user-star",
    columns=["employee", "skill", "level", "valid_until", "proof"],
    filters=["skill", "employee", "level", "valid_until"], order="-level", choices=WORKS_HERE,
    views=[View("run-out", _("Run out"), lambda actor: Q(valid_until__lt=moment.today()))],
)  # fmt: skip
rules = Resource(
    AssignmentRule, "assignment-rules", icon="route",
    columns=["rank", "name", "active", "method", "team", "from_priority", "to_priority", "channel"],
    filters=["active", "method", "team", "channel"], order="rank",
    form=[
        Section(_("Rule"), ["name", "rank", "active"]),
        Section(_("For which tickets"), ["customers", "services", "kind", "channel", "from_priority", "to_priority",
                                         "when", "calendar"]),
        Section(_("To whom"), ["team", "method", "skill", "least_level", "most_open"]),
    ],
)  # fmt: skip
