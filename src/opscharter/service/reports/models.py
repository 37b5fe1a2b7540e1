"""What is agreed to be reported, and the reports themselves."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from opscharter.charter.improvements.models import Improvement
from opscharter.customers.models import Contact, Contract, Customer
from opscharter.kernel import moment
from opscharter.kernel.access.actor import Actor
from opscharter.kernel.access.scope import Scope
from opscharter.kernel.calendars.models import BusinessCalendar, calendar_of
from opscharter.kernel.errors import Reason
from opscharter.kernel.indicators.periods import Period
from opscharter.kernel.records.merging import changed_fields
from opscharter.kernel.records.numbering import Numbering
from opscharter.kernel.records.record import Record
from opscharter.organization.models import Employee
from opscharter.service.reports import effects, guards
from opscharter.service.reports.lifecycle import IN_WORK, REPORT, SENT, ReportState
from opscharter.service.reports.sections import DEFAULT, NOTES, Language, SectionKind

FIGURES_STAY = _("This report was delivered; its words and figures stay as they are. Correct it as a new version.")
NOT_A_DRAFT = _("Only a draft can be edited: send it back to its author first.")


class Frequency(models.TextChoices):
    """How often a report is due."""

    MONTH = "month", _("every month")
    QUARTER = "quarter", _("every quarter")


MONTHS = {Frequency.MONTH.value: 1, Frequency.QUARTER.value: 3}


def default_sections() -> list[str]:
    """Return the sections a new definition asks for."""
    return list(DEFAULT)


class ReportDefinition(Record):
    """What a contract asks to be reported: which sections, how often, by when, in which language, to whom."""

    contract = models.ForeignKey(Contract, models.PROTECT, related_name="reports", verbose_name=_("contract"))
    frequency = models.CharField(_("period"), max_length=8, choices=Frequency.choices, default=Frequency.MONTH)
    starts_on = models.DateField(_("first period from"))
    due_days = models.PositiveSmallIntegerField(
        _("due after (working days)"), default=5, validators=[MinValueValidator(1), MaxValueValidator(60)],
        help_text=_("Counted from the end of the period by the service hours of the contract."),
    )  # fmt: skip
    language = models.CharField(_("language"), max_length=8, choices=Language.choices, default=Language.ZH_HANT)
    sections = models.JSONField(_("sections"), default=default_sections)
    exclude_planned = models.BooleanField(
        _("planned windows do not count"), default=True,
        help_text=_("Time within the agreed windows of planned changes is no outage."),
    )  # fmt: skip
    author = models.ForeignKey(
        Employee, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("author"),
        help_text=_("Empty: the contract's project manager, else the customer's account manager."),
    )  # fmt: skip
    recipients = models.ManyToManyField(Contact, blank=True, related_name="+", verbose_name=_("recipients"))

    scope = Scope(owner="author", department="contract__customer__team", customer="contract__customer")
    search_fields = ("contract__name", "contract__customer__name")
    timeline_fields = ("frequency", "due_days", "language", "author")

    class Meta:
        verbose_name = _("report agreement")
        verbose_name_plural = _("report agreements")
        constraints = [
            models.UniqueConstraint(
                fields=["contract", "frequency"], condition=Q(archived_at__isnull=True), name="report_definition_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.contract} · {self.get_frequency_display()}"

    def clean(self) -> None:
        """Refuse sections that there are not, and a report of nothing."""
        known = set(SectionKind.values)
        if not isinstance(self.sections, list) or not self.sections or set(map(str, self.sections)) - known:
            raise ValidationError({"sections": _("Choose at least one section.")})
        self.sections = [kind for kind in SectionKind.values if kind in self.sections]

    @property
    def months(self) -> int:
        """Return how many months a report covers."""
        return MONTHS[self.frequency]

    def period_of(self, day: dt.date) -> Period:
        """Return the period in which a day falls."""
        month = (day.month - 1) // self.months * self.months + 1
        return Period(dt.date(day.year, month, 1), self.months)

    def due_on(self, period: Period) -> dt.date:
        """Return by when the report of a period is to be delivered."""
        office = self.contract.calendar or BusinessCalendar.objects.current().order_by("pk").first()
        last_noon = period.end - dt.timedelta(hours=12)
        return moment.in_office(calendar_of(office).add_days(last_noon, self.due_days)).date()

    def natural_author(self) -> Employee | None:
        """Return who writes the reports."""
        return self.author or self.contract.project_manager or self.contract.customer.account_manager


class ServiceReport(Record):
    """What a customer is told of one period: figures with the records behind them, words, suggestions; one version."""

    definition = models.ForeignKey(
        ReportDefinition, models.PROTECT, related_name="issued", verbose_name=_("report agreement")
    )
    period = models.CharField(_("period"), max_length=7, help_text=_("Such as 2026-10 or 2026-Q3."))
    revision = models.PositiveSmallIntegerField(_("version"), default=1, editable=False)
    corrects = models.ForeignKey(
        "self", models.PROTECT, null=True, editable=False, related_name="corrections", verbose_name=_("corrects")
    )
    correction_reason = models.TextField(_("why it was corrected"), blank=True, editable=False)
    contract = models.ForeignKey(
        Contract, models.PROTECT, editable=False, related_name="service_reports", verbose_name=_("contract")
    )
    customer = models.ForeignKey(
        Customer, models.PROTECT, editable=False, related_name="service_reports", verbose_name=_("customer")
    )
    language = models.CharField(_("language"), max_length=8, choices=Language.choices, editable=False)
    due_on = models.DateField(_("due"), editable=False, db_index=True)
    author = models.ForeignKey(
        Employee, models.PROTECT, null=True, blank=True, related_name="service_reports", verbose_name=_("author")
    )
    summary = models.TextField(_("summary"), blank=True)
    note_state = models.TextField(_("on availability and system state"), blank=True)
    note_tickets = models.TextField(_("on requests and incidents"), blank=True)
    note_changes = models.TextField(_("on changes"), blank=True)
    note_maintenance = models.TextField(_("on maintenance"), blank=True)
    note_risks = models.TextField(_("on open risks"), blank=True)
    note_suggestions = models.TextField(_("on suggestions"), blank=True)
    content = models.JSONField(_("figures"), default=dict, editable=False)
    content_hash = models.CharField(_("hash of words and figures"), max_length=64, blank=True, editable=False)

    gathered_at = models.DateTimeField(_("figures gathered"), null=True, editable=False)
    reviewed_at = models.DateTimeField(_("report reviewed at"), null=True, editable=False)
    reviewed_by = models.ForeignKey(
        Employee, models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("report reviewed by")
    )
    approved_at = models.DateTimeField(_("approved at"), null=True, editable=False)
    delivered_at = models.DateTimeField(_("delivered at"), null=True, editable=False)
    delivered_on = models.DateField(_("delivered on"), null=True, editable=False)
    signed_at = models.DateTimeField(_("signed at"), null=True, editable=False)
    signed_by = models.ForeignKey(
        Contact, models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("signed by")
    )
    signed_name = models.CharField(_("name signed"), max_length=80, blank=True, editable=False)
    signed_by_link = models.BooleanField(_("signed by the link in the mail"), default=False, editable=False)
    signed_hash = models.CharField(_("hash of the PDF signed"), max_length=64, blank=True, editable=False)
    refused_at = models.DateTimeField(_("refused at"), null=True, editable=False)
    refusal = models.TextField(_("why it was refused"), blank=True, editable=False)

    numbering = Numbering("SR-{date:%Y}-{seq:04}")
    scope = Scope(
        owner="author", department="customer__team", customer="customer",
        outside=Q(state__in=SENT, archived_at__isnull=True),
    )  # fmt: skip
    lifecycle = REPORT
    create_guards = (guards.period_over,)
    search_fields = ("period", "customer__name", "contract__name")
    timeline_fields = ("author", "summary")

    class Meta:
        verbose_name = _("service report")
        verbose_name_plural = _("service reports")
        constraints = [
            models.UniqueConstraint(
                fields=["definition", "period", "revision"], condition=Q(archived_at__isnull=True),
                name="service_report_once",
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["state", "due_on"], name="service_report_due"),
            models.Index(fields=["customer", "state"], name="service_report_customer"),
        ]

    def __str__(self) -> str:
        version = f" v{self.revision}" if self.revision > 1 else ""
        return f"{self.number} {self.period}{version}"

    @property
    def span(self) -> Period:
        """Return the period that is reported."""
        return Period.parse(self.period)

    def clean_fields(self, exclude: Any = None) -> None:
        """Take from the agreement what follows from it, then validate."""
        if self.pk is None and self.definition_id is not None:
            self._check_period()
            definition = self.definition
            self.contract, self.customer = definition.contract, definition.contract.customer
            self.language = definition.language
            self.due_on = self.due_on or definition.due_on(self.span)
            self.author = self.author or definition.natural_author()
        super().clean_fields(exclude=exclude)

    def _check_period(self) -> None:
        try:
            months = self.span.months
        except ValueError:
            months = 0
        if months != self.definition.months:
            text = _("“%(value)s” is not a period of this agreement, such as %(example)s.")
            example = self.definition.period_of(moment.today())
            raise ValidationError({"period": text % {"value": self.period, "example": example}})

    def _check_first(self) -> None:
        """Refuse a second report of the same period: what is there already is corrected instead."""
        rows = type(self).objects.current().filter(definition_id=self.definition_id, period=self.period)
        known = rows.filter(revision=self.revision).first()
        if known is not None:
            raise ValidationError({"period": _("There is %(report)s already.") % {"report": known}})

    def clean(self) -> None:
        """Gather the figures of a new draft; refuse to change words once reviewed, and anything once delivered."""
        if self.pk is None:
            self._check_first()
            if not self.content and self.customer_id is not None:
                effects.gather_figures(self)
            return
        stored = self._loaded.get("state")
        touched = set(changed_fields(self))
        if stored in SENT and touched & {"summary", *NOTES, "content", "content_hash", "period", "definition_id"}:
            raise ValidationError(FIGURES_STAY)
        if stored in IN_WORK and stored != ReportState.DRAFT and touched & {"summary", *NOTES}:
            raise ValidationError(NOT_A_DRAFT)
        if touched & {"period", "definition_id"}:
            raise ValidationError({"period": _("A report stays the one of its agreement and period.")})

    def on_create(self, actor: Actor) -> None:
        """Tell the author that there is something to write."""
        effects.tell_drafted(self, actor)

    def on_approval(self, actor: Actor, move: str, state: str) -> None:
        """Take the step that the last vote has opened, or send it back to its author."""
        effects.approval_decided(self, state)

    def archiving(self) -> Sequence[Reason]:
        """A report that the customer has stays."""
        return [Reason(_t("What was delivered stays on record."))] if self.state in SENT else []

    @property
    def notes(self) -> Mapping[str, str]:
        """Return the author's words by section."""
        return {kind.value: getattr(self, f"note_{kind.value}") for kind in SectionKind}

    @property
    def frozen(self) -> bool:
        """Say whether words and figures are those that the customer has."""
        return self.state in SENT

    @property
    def unchanged(self) -> bool:
        """Say whether words and figures are still those that were frozen."""
        return bool(self.content_hash) and effects.digest(self) == self.content_hash


class Citation(models.Model):
    """Upon which figure of a report a suggestion rests."""

    report = models.ForeignKey(ServiceReport, models.PROTECT, related_name="citations")
    improvement = models.OneToOneField(Improvement, models.PROTECT, related_name="+")
    figure = models.CharField(_("figure"), max_length=80)

    def __str__(self) -> str:
        return f"{self.improvement_id} ← {self.figure}"


class ReportMail(models.Model):
    """One report on its way to one recipient."""

    report = models.ForeignKey(ServiceReport, models.PROTECT, related_name="mails")
    contact = models.ForeignKey(Contact, models.PROTECT, related_name="+")
    address = models.EmailField(_("address"))
    sent_at = models.DateTimeField(_("sent"), null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["report", "contact"], name="report_mail_once")]

    def __str__(self) -> str:
        return f"{self.report_id} → {self.address}"
