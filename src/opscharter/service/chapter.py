"""Chapter 3: the O&M service process."""

import datetime as dt

from django.utils.translation import gettext_lazy as _

from opscharter.kernel.jobs.schedule import Schedule
from opscharter.kernel.resources.site import Chapter
from opscharter.service import checks, indicators, resources
from opscharter.service.pages import URLS
from opscharter.service.services import close_unanswered_job, warn_of_deadlines_job

CONTROLS = (checks,)
"""Imported so that their checks and figures are registered."""
FIGURES = (indicators,)

CHAPTER = Chapter(
    code="service",
    number=3,
    label=_("O&M service"),
    icon="headset",
    resources=[resources.incidents, resources.requests, resources.test_steps],
    schedules=[
        Schedule("service.warn-of-deadlines", warn_of_deadlines_job, every=dt.timedelta(minutes=1)),
        Schedule("service.close-unanswered", close_unanswered_job, every=dt.timedelta(hours=1)),
    ],
    urls=URLS,
)
