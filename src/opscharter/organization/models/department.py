"""Departments, as a tree."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from opscharter.kernel.access.actor import Actor, system_actor
from opscharter.kernel.access.scope import Scope
from opscharter.kernel.records.record import Record


class Department(Record):
    """A unit of the company, under another or at the top; teams are departments too."""

    code = models.CharField(_("code"), max_length=20, unique=True)
    name = models.CharField(_("name"), max_length=80)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("parent department")
    )
    head = models.ForeignKey(
        "organization.Employee", models.PROTECT, null=True, blank=True, related_name="heads", verbose_name=_("head")
    )
    path = models.CharField(max_length=200, editable=False, db_index=True, blank=True)
    """The ids from the top down, as in `/1/4/`: everything below a department begins with its path."""

    decides_access = True
    scope = Scope(public=True)
    name_fields = ("name",)
    search_fields = ("name", "code")

    class Meta:
        verbose_name = _("department")
        verbose_name_plural = _("departments")

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Refuse a department that would lie under itself."""
        if self.pk and self.parent is not None and f"/{self.pk}/" in self.parent.path:
            raise ValidationError({"parent": _("A department cannot lie under itself.")})

    def on_create(self, actor: Actor) -> None:
        """Set the path now that the id is known."""
        self._place(actor)

    def on_change(self, actor: Actor, changes: Mapping[str, list[Any]]) -> None:
        """Move everything below along."""
        if "parent_id" in changes:
            self._place(actor)

    def _place(self, actor: Actor) -> None:
        path = f"{self.parent.path if self.parent else '/'}{self.pk}/"
        if path == self.path:
            return
        self.path = path
        self.save_as(system_actor(), note="path")
        for child in Department.objects.filter(parent=self):
            child.parent = self
            child._place(actor)
