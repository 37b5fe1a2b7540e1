"""Posts of the company and the roles that come with them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from opscharter.kernel.access.actor import Actor
from opscharter.kernel.access.scope import Scope
from opscharter.kernel.records.record import Record
from opscharter.organization.models.access import Role
from opscharter.organization.separation import refuse_to_oneself


class Post(Record):
    """A position that people hold, such as O&M engineer; its roles say what its holder may do."""

    class Level(models.TextChoices):
        TOP_MANAGEMENT = "top-management", _("top management")
        DEPARTMENT_MANAGER = "department-manager", _("department manager")
        PROJECT_MANAGER = "project-manager", _("project manager")
        ENGINEER = "engineer", _("O&M engineer")
        SUPPORT = "technical-support", _("technical support")
        STAFF = "staff", _("staff")

    title = models.CharField(_("title"), max_length=80, unique=True)
    level = models.CharField(_("level"), max_length=20, choices=Level.choices, default=Level.STAFF)
    roles = models.ManyToManyField(Role, verbose_name=_("roles"), blank=True, related_name="posts")
    duties = models.TextField(_("duties"), blank=True)

    decides_access = True
    scope = Scope(public=True)
    search_fields = ("title", "duties")

    class Meta:
        verbose_name = _("post")
        verbose_name_plural = _("posts")

    def __str__(self) -> str:
        return self.title

    def on_change(self, actor: Actor, changes: Mapping[str, list[Any]]) -> None:
        """Let nobody change the roles of a post of their own."""
        if "roles" in changes:
            refuse_to_oneself(self, actor)
