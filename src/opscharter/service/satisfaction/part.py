"""Satisfaction: the part's table of contents."""

import datetime as dt

from django.utils.translation import gettext_lazy as _

from opscharter.kernel.access.actor import Reach
from opscharter.kernel.jobs.schedule import Schedule
from opscharter.kernel.resources.site import GrantLine, Part
from opscharter.service.satisfaction import checks, resources
from opscharter.service.satisfaction.asking import ask_after_step, expire_job
from opscharter.service.satisfaction.pages import URLS
from opscharter.service.satisfaction.setup import install_rule
from opscharter.service.satisfaction.tasks import scores_to_follow
from opscharter.service.tickets import hooks

CONTROLS = (checks,)
"""Imported so that its check and figures are registered."""
hooks.after_step.append(ask_after_step)

SURVEY, RULE = "service.survey", "service.surveyrule"
ALL, TREE, OWN, CUSTOMER = Reach.ALL, Reach.DEPARTMENT_TREE, Reach.OWN, Reach.CUSTOMER
FOLLOW = "view comment settle hand-on"
GRANTS: dict[str, list[GrantLine]] = {
    "everyone": [(SURVEY, FOLLOW, OWN)],
    "engineer": [(SURVEY, "view", OWN)],
    "department-manager": [(SURVEY, f"{FOLLOW} history export", TREE)],
    "project-manager": [(SURVEY, FOLLOW, CUSTOMER)],
    "hotline": [(SURVEY, "view", ALL)],
    "service-manager": [
        (SURVEY, f"{FOLLOW} edit history export import archive share-view", ALL),
        (RULE, "view create edit archive", ALL),
    ],
    "quality-supervisor": [(SURVEY, "view comment history export", ALL), (RULE, "view", ALL)],
    "top-management": [(SURVEY, "view", ALL)],
}  # fmt: skip

PART = Part(
    label=_("Satisfaction"),
    icon="mood-smile",
    resources=[resources.surveys, resources.rules],
    grants=GRANTS,
    tasks=[scores_to_follow],
    setup=[install_rule],
    schedules=[Schedule("service.expire-surveys", expire_job, every=dt.timedelta(hours=1))],
    urls=URLS,
    panels={"service.incident": [resources.ON_TICKET], "service.servicerequest": [resources.ON_TICKET]},
)
