"""Maintenance: the part's table of contents."""

import datetime as dt

from django.utils.translation import gettext_lazy as _

from opscharter.kernel.jobs.schedule import Schedule
from opscharter.kernel.resources.site import Part
from opscharter.service.maintenance import checks, indicators, reporting, resources
from opscharter.service.maintenance.grants import GRANTS
from opscharter.service.maintenance.pages import URLS
from opscharter.service.maintenance.services import make_orders_job, notice_missed_job
from opscharter.service.maintenance.tasks import work_orders

CONTROLS = (checks,)
"""Imported so that their checks and figures are registered."""
FIGURES = (indicators,)
TOLD = (reporting,)
"""Imported so that service reports tell of maintenance."""

PART = Part(
    label=_("Maintenance"),
    icon="tool",
    resources=[resources.orders, resources.plans, resources.steps, resources.items],
    grants=GRANTS,
    tasks=[work_orders],
    schedules=[
        Schedule("service.make-work-orders", make_orders_job, at=dt.time(5, 40)),
        Schedule("service.notice-missed-work-orders", notice_missed_job, every=dt.timedelta(minutes=30)),
    ],
    urls=URLS,
    panels={"assets.asset": [resources.ON_ASSET]},
)
