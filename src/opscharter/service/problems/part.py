"""Problems and known errors: the part's table of contents."""

import datetime as dt

from django.utils.translation import gettext_lazy as _

from opscharter.kernel.jobs.schedule import Schedule
from opscharter.kernel.resources.site import Part
from opscharter.service.problems import checks, resources
from opscharter.service.problems.candidates import raise_candidates_job
from opscharter.service.problems.grants import GRANTS
from opscharter.service.problems.pages import URLS
from opscharter.service.problems.suggesting import suggest
from opscharter.service.problems.tasks import problems_to_solve
from opscharter.service.tickets import hooks

CONTROLS = (checks,)
"""Imported so that their checks are registered."""

hooks.suggesters.append(suggest)

PART = Part(
    label=_("Problems"),
    icon="bug",
    resources=[resources.problems],
    grants=GRANTS,
    tasks=[problems_to_solve],
    schedules=[Schedule("service.problem-candidates", raise_candidates_job, at=dt.time(5, 30))],
    urls=URLS,
    panels={"service.incident": [resources.ON_INCIDENT], "service.emergency": [resources.ON_ROOM]},
)
