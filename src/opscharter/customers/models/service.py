"""The service catalogue."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from opscharter.kernel.access.scope import Scope
from opscharter.kernel.records.record import Record
from opscharter.organization.models import Department


class Service(Record):
    """Something the company offers to run for its customers, with the team and the tests that belong to it."""

    code = models.CharField(_("code"), max_length=20, unique=True)
    name = models.CharField(_("name"), max_length=80)
    description = models.TextField(_("description"), blank=True)
    team = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, related_name="services", verbose_name=_("team")
    )
    checklist = models.JSONField(
        _("test checklist"),
        default=list,
        blank=True,
        help_text=_('What is tested after every repair, such as ["Sign in", "Place an order"].'),
    )
    category = models.CharField(_("category"), max_length=60, blank=True, help_text=_("Its place in the portal."))
    requestable = models.BooleanField(_("customers can request it"), default=True)

    scope = Scope(public=True)
    name_fields = ("name",)
    search_fields = ("name", "code", "description")

    class Meta:
        verbose_name = _("service")
        verbose_name_plural = _("service catalogue")

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Refuse a checklist that is not a list of texts."""
        if not isinstance(self.checklist, list) or not all(isinstance(s, str) and s.strip() for s in self.checklist):
            raise ValidationError({"checklist": _("The checklist is a list of texts.")})
