"""Change management: the part's table of contents."""

import datetime as dt

from django.utils.translation import gettext_lazy as _

from opscharter.kernel.jobs.schedule import Schedule
from opscharter.kernel.resources.site import Part
from opscharter.service.changes import checks, indicators, resources
from opscharter.service.changes.grants import GRANTS, POLICIES
from opscharter.service.changes.watching import watch_changes

CONTROLS = (checks,)
"""Imported so that its checks and figures are registered."""
FIGURES = (indicators,)

PART = Part(
    label=_("Changes"),
    icon="arrows-exchange",
    resources=[
        resources.changes, resources.steps, resources.templates, resources.freezes, resources.windows,
        resources.meetings, resources.unauthorised,
    ],
    schedules=[Schedule("service.watch-changes", watch_changes, every=dt.timedelta(minutes=1))],
    grants=GRANTS,
    policies=POLICIES,
)  # fmt: skip
