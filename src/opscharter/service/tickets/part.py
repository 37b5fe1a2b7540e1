"""Incidents and service requests: the part's table of contents."""

import datetime as dt

from django.utils.translation import gettext_lazy as _

from opscharter.kernel.jobs.schedule import Schedule
from opscharter.kernel.resources.site import Part
from opscharter.service.tickets import checks, following, indicators, resources, workload
from opscharter.service.tickets.grants import GRANTS
from opscharter.service.tickets.pages import URLS
from opscharter.service.tickets.services import close_unanswered_job, warn_of_deadlines_job
from opscharter.service.tickets.suggesting import URLS as SUGGESTION_URLS
from opscharter.service.tickets.tasks import tickets_to_handle
from opscharter.service.tickets.team_pages import URLS as TEAM_URLS

CONTROLS = (checks,)
"""Imported so that their checks and figures are registered."""
FIGURES = (indicators, workload)
FOLLOWING = (following,)

PART = Part(
    label=_("Tickets"),
    icon="headset",
    resources=[resources.incidents, resources.requests, resources.test_steps, resources.macros],
    grants=GRANTS,
    tasks=[tickets_to_handle],
    schedules=[
        Schedule("service.warn-of-deadlines", warn_of_deadlines_job, every=dt.timedelta(minutes=1)),
        Schedule("service.close-unanswered", close_unanswered_job, every=dt.timedelta(hours=1)),
    ],
    urls=[*URLS, *TEAM_URLS, *SUGGESTION_URLS],
)
