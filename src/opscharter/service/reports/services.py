"""Verbs of service reports: drafting what is due exactly once, and making suggestions with a report."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from opscharter.charter.improvements.models import Improvement
from opscharter.charter.improvements.services import open_improvement
from opscharter.customers.models import Contract
from opscharter.kernel import moment
from opscharter.kernel.access.actor import Actor, system_actor
from opscharter.kernel.indicators.periods import Period
from opscharter.kernel.jobs.queue import job
from opscharter.kernel.records.writing import permitted
from opscharter.kernel.users.models import User
from opscharter.service.reports.lifecycle import ReportState
from opscharter.service.reports.models import Citation, ReportDefinition, ServiceReport
from opscharter.service.reports.naming import citable

CATCH_UP = 3
"""So many past periods at most are drafted for an agreement whose reports are missing."""


def missing_periods(definition: ReportDefinition) -> list[Period]:
    """Return the closed periods of an agreement that have no report yet, the oldest first."""
    last = definition.period_of(moment.today()).shift(-definition.months)
    first = definition.period_of(definition.starts_on)
    wanted = [last.shift(-definition.months * back) for back in range(CATCH_UP - 1, -1, -1)]
    wanted = [period for period in wanted if period >= first and period.first <= definition.contract.ends_on]
    made = ServiceReport.objects.current().filter(definition=definition, period__in=[str(each) for each in wanted])
    known = set(made.values_list("period", flat=True))
    return [period for period in wanted if str(period) not in known]


def draft_due() -> int:
    """Draft the reports of every period that is over; returns how many. However often it runs, each once."""
    rows = ReportDefinition.objects.current().filter(contract__state=Contract.State.ACTIVE)
    drafted = 0
    for definition in rows.select_related("contract__customer", "contract__calendar", "author").order_by("pk"):
        for period in missing_periods(definition):
            try:
                with transaction.atomic():
                    ServiceReport(definition=definition, period=str(period)).save_as(system_actor())
            except ValidationError:  # another worker was quicker
                continue
            drafted += 1
    return drafted


@job()
def draft_due_job() -> int:
    """Run `draft_due` every night."""
    return draft_due()


def suggest(
    report: ServiceReport, actor: Actor, *, title: str, text: str, owner: User | None = None, figure: str = ""
) -> Improvement:
    """Make a suggestion with a draft: it enters the register of improvements and the report's figures.

    `figure` names the figure of the report upon which it rests, such as `maintenance.readings`. Raises ValidationError
    once the report is no draft or for a figure that it does not tell, and what `save_as` raises.
    """
    if report.state != ReportState.DRAFT or not permitted(report, actor, "edit"):
        raise ValidationError(_("Suggestions are made while the report is a draft."))
    if figure and figure not in dict(citable(report.content)):
        raise ValidationError({"figure": _("The report tells no such figure.")})
    with transaction.atomic():
        made = open_improvement(
            actor, title=title, description=text or title, source=Improvement.Source.REPORT, record=report,
            owner=owner, clauses=["3.5.2"],
        )  # fmt: skip
        if figure:
            Citation.objects.create(report=report, improvement=made, figure=figure)
        report.move("gather", system_actor())
    return made
