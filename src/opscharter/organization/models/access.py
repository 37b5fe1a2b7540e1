"""Roles, what they grant, who holds them beside a post, and who stands in for whom."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from opscharter.kernel.access.actor import Actor, Reach
from opscharter.kernel.access.scope import Scope
from opscharter.kernel.records.record import Record
from opscharter.organization.separation import deputy_by_the_absent, refuse_to_oneself, rights_by_another


class Role(Record):
    """A set of grants under a name; people get it by their post or given by hand."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=80)
    description = models.TextField(_("description"), blank=True)

    decides_access = True
    scope = Scope(public=True)
    search_fields = ("name", "code")

    class Meta:
        verbose_name = _("role")
        verbose_name_plural = _("roles")

    def __str__(self) -> str:
        return self.name


class RoleGrant(Record):
    """Leave for a role: one action on one kind of record, as far as one reach."""

    role = models.ForeignKey(Role, models.PROTECT, related_name="grants", verbose_name=_("role"))
    record_type = models.CharField(
        _("record type"), max_length=60, help_text=_("Such as service.incident; service.* for a chapter; * for all.")
    )
    action = models.CharField(
        _("action"), max_length=60, help_text=_("view, create, edit, comment, export, a step's name; * for all.")
    )
    reach = models.CharField(_("reach"), max_length=20, choices=Reach.choices)

    decides_access = True
    scope = Scope(public=True)
    search_fields = ("record_type", "action", "role__name")
    create_guards = (rights_by_another,)

    class Meta:
        verbose_name = _("grant")
        verbose_name_plural = _("grants")
        constraints = [
            models.UniqueConstraint(
                fields=["role", "record_type", "action", "reach"],
                condition=models.Q(archived_at__isnull=True),
                name="role_grant_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role}: {self.action} {self.record_type}"

    def on_change(self, actor: Actor, changes: Mapping[str, list[Any]]) -> None:
        """Let nobody change what a role of their own may do."""
        refuse_to_oneself(self, actor)


class EmployeeRole(Record):
    """A role given to one person beside what their post brings, from a day to a day."""

    employee = models.ForeignKey(
        "organization.Employee", models.PROTECT, related_name="given_roles", verbose_name=_("employee")
    )
    role = models.ForeignKey(Role, models.PROTECT, related_name="given", verbose_name=_("role"))
    valid_from = models.DateField(_("from"))
    valid_to = models.DateField(_("to"), null=True, blank=True)

    decides_access = True
    scope = Scope(owner="employee", department="employee__department")
    search_fields = ("employee__name", "role__name")
    create_guards = (rights_by_another,)

    class Meta:
        verbose_name = _("given role")
        verbose_name_plural = _("given roles")

    def __str__(self) -> str:
        return f"{self.employee}: {self.role}"

    def clean(self) -> None:
        """Refuse an end before the beginning."""
        if self.valid_to and self.valid_to < self.valid_from:
            raise ValidationError({"valid_to": _("This ends before it begins.")})

    def on_change(self, actor: Actor, changes: Mapping[str, list[Any]]) -> None:
        """Let nobody change a role of their own."""
        refuse_to_oneself(self, actor)


class Delegation(Record):
    """A person standing in for another while they are away: the roles go along, votes are cast once."""

    person = models.ForeignKey(
        "organization.Employee", models.PROTECT, related_name="delegations", verbose_name=_("absent")
    )
    deputy = models.ForeignKey(
        "organization.Employee", models.PROTECT, related_name="deputises", verbose_name=_("deputy")
    )
    valid_from = models.DateField(_("from"))
    valid_to = models.DateField(_("to"))
    reason = models.CharField(_("reason"), max_length=200)

    decides_access = True
    scope = Scope(owner=("person", "deputy"), department="person__department")
    search_fields = ("reason", "person__name", "deputy__name")
    create_guards = (deputy_by_the_absent,)

    class Meta:
        verbose_name = _("delegation")
        verbose_name_plural = _("delegations")

    def __str__(self) -> str:
        return f"{self.person} → {self.deputy}"

    def clean(self) -> None:
        """Refuse a deputy of oneself and an end before the beginning."""
        if self.person_id == self.deputy_id:
            raise ValidationError({"deputy": _("Nobody stands in for themselves.")})
        if self.valid_to < self.valid_from:
            raise ValidationError({"valid_to": _("This ends before it begins.")})

    def on_change(self, actor: Actor, changes: Mapping[str, list[Any]]) -> None:
        """Let nobody change for whom they stand in."""
        refuse_to_oneself(self, actor, deputy_by_the_absent)
