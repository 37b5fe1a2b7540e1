"""Change management: the part's table of contents."""

import datetime as dt

from django.utils.translation import gettext_lazy as _

from opscharter.kernel.access.actor import Actor
from opscharter.kernel.jobs.schedule import Schedule
from opscharter.kernel.resources.site import Page, Part
from opscharter.service.changes import checks, indicators, resources
from opscharter.service.changes.finding import watch_alterations
from opscharter.service.changes.grants import GRANTS, POLICIES
from opscharter.service.changes.pages import calendar, execution, planning
from opscharter.service.changes.tasks import change_tasks
from opscharter.service.changes.watching import watch_changes

CONTROLS = (checks,)
"""Imported so that its checks and figures are registered."""
FIGURES = (indicators,)


def sees_calendar(actor: Actor) -> bool:
    """Say whether a person sees changes at all."""
    return actor.may("service.change", "view")


PART = Part(
    label=_("Changes"),
    icon="arrows-exchange",
    resources=[
        resources.changes, resources.steps, resources.templates, resources.freezes, resources.windows,
        resources.meetings, resources.alterations, resources.unauthorised,
    ],
    schedules=[
        Schedule("service.watch-changes", watch_changes, every=dt.timedelta(minutes=1)),
        Schedule("service.watch-alterations", watch_alterations, every=dt.timedelta(minutes=10)),
    ],
    pages=[Page(_("Calendar of changes"), "/service/changes/calendar/", "calendar", sees_calendar)],
    urls=[*calendar.URLS, *planning.URLS, *execution.URLS],
    tasks=[change_tasks],
    grants=GRANTS,
    policies=POLICIES,
)  # fmt: skip
