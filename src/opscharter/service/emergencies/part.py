"""Contingency plans and major incidents: the part's table of contents."""

import datetime as dt

from django.utils.translation import gettext_lazy as _

from opscharter.kernel.jobs.schedule import Schedule
from opscharter.kernel.resources.site import Part
from opscharter.service.emergencies import checks, resources
from opscharter.service.emergencies.grants import GRANTS
from opscharter.service.emergencies.matching import name_of_plan
from opscharter.service.emergencies.pages import URLS
from opscharter.service.emergencies.services import begin, escalate_silence_job
from opscharter.service.emergencies.tasks import emergency_tasks
from opscharter.service.tickets import hooks

CONTROLS = (checks,)
"""Imported so that their checks are registered."""

hooks.choose_plan.append(name_of_plan)
hooks.after_declare.append(begin)

PART = Part(
    label=_("Emergencies"),
    icon="urgent",
    resources=[resources.emergencies, resources.plans, resources.steps, resources.emergency_tasks],
    grants=GRANTS,
    tasks=[emergency_tasks],
    schedules=[Schedule("service.escalate-silence", escalate_silence_job, every=dt.timedelta(minutes=1))],
    urls=URLS,
    panels={"service.incident": [resources.ROOM_PANEL]},
)
