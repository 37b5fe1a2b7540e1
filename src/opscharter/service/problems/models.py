"""Problems."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from opscharter.assets.models import Asset
from opscharter.customers.models import Service
from opscharter.customers.models.contract import Priority
from opscharter.kernel import moment
from opscharter.kernel.access.scope import Scope
from opscharter.kernel.records.numbering import Numbering
from opscharter.kernel.records.record import Record
from opscharter.organization.models import Department, Employee
from opscharter.service.problems.lifecycle import PROBLEM
from opscharter.service.tickets.models import Incident


class Problem(Record):
    """The cause, known or not, of one or more incidents; with its workaround it is a known error."""

    class Method(models.TextChoices):
        FIVE_WHYS = "five-whys", _("five whys")
        ISHIKAWA = "ishikawa", _("cause and effect (Ishikawa)")
        FAULT_TREE = "fault-tree", _("fault tree")
        TIMELINE = "timeline", _("timeline of changes")
        KEPNER_TREGOE = "kepner-tregoe", _("is and is not (Kepner-Tregoe)")

    class Origin(models.TextChoices):
        REPEATS = "repeats", _("repeated incidents")
        MAJOR = "major", _("major incident")
        ANALYSIS = "analysis", _("analysis of figures")
        OTHER = "other", _("otherwise")

    title = models.CharField(_("title"), max_length=200)
    description = models.TextField(_("description"), blank=True)
    origin = models.CharField(_("found through"), max_length=12, choices=Origin.choices, default=Origin.OTHER)
    service = models.ForeignKey(Service, models.PROTECT, null=True, blank=True, verbose_name=_("service"))
    assets = models.ManyToManyField(Asset, blank=True, verbose_name=_("assets"))
    category = models.CharField(_("type"), max_length=60, blank=True)
    priority = models.PositiveSmallIntegerField(_("priority"), choices=Priority.choices, default=Priority.P3)
    team = models.ForeignKey(Department, models.PROTECT, null=True, blank=True, verbose_name=_("team"))
    owner = models.ForeignKey(Employee, models.PROTECT, null=True, blank=True, verbose_name=_("owner"))
    incidents = models.ManyToManyField(Incident, blank=True, related_name="problems", verbose_name=_("incidents"))
    method = models.CharField(_("method"), max_length=20, choices=Method.choices, blank=True)
    analysis = models.TextField(_("analysis"), blank=True)
    root_cause = models.TextField(_("root cause"), blank=True)
    workaround = models.TextField(_("workaround"), blank=True)
    solution = models.TextField(_("solution"), blank=True)
    review_on = models.DateField(_("review by"), null=True, blank=True)
    candidate_key = models.CharField(max_length=120, null=True, unique=True, editable=False)  # noqa: DJ001
    """What repeated, for problems raised by themselves: each repetition raises one (NULL: raised by people)."""
    opened_at = models.DateTimeField(_("opened"), editable=False, db_index=True)
    known_at = models.DateTimeField(_("known since"), null=True, editable=False)
    resolved_at = models.DateTimeField(_("resolved at"), null=True, editable=False)
    closed_at = models.DateTimeField(_("closed at"), null=True, editable=False)
    reviewed_at = models.DateTimeField(_("last reviewed"), null=True, editable=False)

    numbering = Numbering("PRB-{date:%Y%m%d}-{seq:03}")
    scope = Scope(owner="owner", department="team")
    lifecycle = PROBLEM
    search_fields = ("title", "description", "root_cause", "workaround")
    timeline_fields = ("title", "owner", "team", "priority", "root_cause", "workaround", "review_on")

    class Meta:
        verbose_name = _("problem")
        verbose_name_plural = _("problems")
        indexes = [models.Index(fields=["state", "review_on"], name="problem_review")]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    def full_clean(self, *args: object, **kwargs: object) -> None:
        """Fill in when it was opened and who is to look into it, then validate."""
        if self.opened_at is None:
            self.opened_at = moment.now()
        if self.team is None and self.service is not None:
            self.team = self.service.team
        super().full_clean(*args, **kwargs)  # type: ignore[arg-type]

    def clean(self) -> None:
        """Refuse a day of review before the problem was opened."""
        if self.review_on and self.opened_at and self.review_on < moment.in_office(self.opened_at).date():
            raise ValidationError({"review_on": _("This ends before it begins.")})

    @property
    def is_known_error(self) -> bool:
        """Say whether cause and workaround are known."""
        return bool(self.root_cause.strip() and self.workaround.strip())
