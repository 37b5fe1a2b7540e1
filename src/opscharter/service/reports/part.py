"""Service reports and the analysis of service data: the part's table of contents."""

import datetime as dt

from django.utils.translation import gettext_lazy as _

from opscharter.kernel.jobs.schedule import Schedule
from opscharter.kernel.resources.site import Page, Part
from opscharter.service.reports import analysis_pages, checks, resources
from opscharter.service.reports.grants import GRANTS, POLICIES
from opscharter.service.reports.pages import URLS
from opscharter.service.reports.services import draft_due_job
from opscharter.service.reports.tasks import reports_to_do

CONTROLS = (checks,)
"""Imported so that its checks and figures are registered."""

PART = Part(
    label=_("Reports"),
    icon="report-analytics",
    resources=[resources.reports, resources.agreements],
    grants=GRANTS,
    policies=POLICIES,
    tasks=[reports_to_do],
    schedules=[Schedule("service.draft-reports", draft_due_job, at=dt.time(2, 30))],
    pages=[Page(_("Service analysis"), analysis_pages.URL, "chart-histogram", analysis_pages.may_analyse)],
    urls=[*URLS, *analysis_pages.URLS],
    panels={"customers.contract": [resources.ON_CONTRACT]},
)
