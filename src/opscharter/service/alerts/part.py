"""Monitoring alerts: the part's table of contents."""

import datetime as dt

from django.utils.translation import gettext_lazy as _

from opscharter.kernel.jobs.schedule import Schedule
from opscharter.kernel.resources.site import Page, Part
from opscharter.service.alerts import checks, hooks, indicators, resources
from opscharter.service.alerts.grants import GRANTS
from opscharter.service.alerts.incidents import place_by_hand, settle_quiet_job, why_not_quiet
from opscharter.service.alerts.pages import URLS
from opscharter.service.alerts.processing import process_left_over
from opscharter.service.alerts.pruning import prune_deliveries
from opscharter.service.alerts.tasks import alert_tasks
from opscharter.service.tickets import hooks as ticket_hooks

CONTROLS = (checks,)
"""Imported so that their checks and figures are registered."""
FIGURES = (indicators,)

hooks.after_placing.append(place_by_hand)
ticket_hooks.monitoring.append(why_not_quiet)

PART = Part(
    label=_("Monitoring"),
    icon="bell-ringing",
    pages=[
        Page(
            _("Deliveries"), "/service/alert-deliveries/", "inbox",
            lambda actor: actor.may("service.alertsource", "view"),
        ),
    ],
    resources=[resources.alerts, resources.candidates, resources.sources, resources.rules],
    grants=GRANTS,
    tasks=[alert_tasks],
    schedules=[
        Schedule("service.process-alerts-left-over", process_left_over, every=dt.timedelta(seconds=30)),
        Schedule("service.prune-alert-deliveries", prune_deliveries, at=dt.time(3, 10)),
        Schedule("service.settle-quiet-alerts", settle_quiet_job, every=dt.timedelta(minutes=1)),
    ],
    urls=URLS,
    panels={"service.incident": [resources.ON_INCIDENT, resources.CANDIDATE_ON_INCIDENT]},
)  # fmt: skip
