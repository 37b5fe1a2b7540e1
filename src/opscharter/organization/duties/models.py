"""Duties."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from opscharter.charter.assurance.references import clause_numbers
from opscharter.kernel.access.scope import Scope
from opscharter.kernel.records.record import Record
from opscharter.organization.models.post import Post


class Duty(Record):
    """What the company asks of a post under a clause, in its own words, beside what the regulation says itself."""

    class Rhythm(models.TextChoices):
        ALWAYS = "always", _("always")
        DAILY = "daily", _("daily")
        WEEKLY = "weekly", _("weekly")
        MONTHLY = "monthly", _("monthly")
        QUARTERLY = "quarterly", _("quarterly")
        YEARLY = "yearly", _("yearly")

    post = models.ForeignKey(Post, models.PROTECT, related_name="own_duties", verbose_name=_("post"))
    clause = models.CharField(_("clause"), max_length=20)
    wording = models.CharField(_("what the post owes"), max_length=300)
    rhythm = models.CharField(_("how often"), max_length=10, choices=Rhythm.choices, default=Rhythm.ALWAYS)

    scope = Scope(public=True)
    search_fields = ("wording", "clause", "post__title")

    class Meta:
        verbose_name = _("duty")
        verbose_name_plural = _("duties")
        indexes = [models.Index(fields=["post", "clause"], name="duty_of_post")]

    def __str__(self) -> str:
        return f"{self.post} §{self.clause}"

    def clean(self) -> None:
        """Refuse a clause that the regulation lacks."""
        self.clause = self.clause.strip().removeprefix("§")
        known = clause_numbers()
        if known and self.clause not in known:
            message = _("The regulation in force has no clause %(numbers)s.") % {"numbers": self.clause}
            raise ValidationError({"clause": message})
