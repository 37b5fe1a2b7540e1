"""Chapter 2: the organization and its duties."""

import datetime as dt

from django.utils.translation import gettext_lazy as _

from opscharter.kernel.jobs.schedule import Schedule
from opscharter.kernel.resources.site import Chapter
from opscharter.organization import resources
from opscharter.organization.accounts.part import PART as ACCOUNTS
from opscharter.organization.decisions.part import PART as DECISIONS
from opscharter.organization.duties.part import PART as DUTIES
from opscharter.organization.goals.part import PART as GOALS
from opscharter.organization.overview.part import PART as OVERVIEW
from opscharter.organization.plans.part import PART as PLANS
from opscharter.organization.requests.part import PART as REQUESTS
from opscharter.organization.reviews.part import PART as REVIEWS
from opscharter.organization.roles import GRANTS
from opscharter.organization.services import take_up_posts

CHAPTER = Chapter(
    code="organization",
    number=2,
    label=_("Organization and duties"),
    icon="sitemap",
    resources=[
        resources.departments,
        resources.employees,
        resources.posts,
        resources.assignments,
        resources.reporting_lines,
        resources.delegations,
        resources.roles,
        resources.grants,
        resources.given_roles,
    ],
    parts=[OVERVIEW, ACCOUNTS, DUTIES, GOALS, PLANS, DECISIONS, REVIEWS, REQUESTS],
    grants=GRANTS,
    schedules=[Schedule("organization.take-up-posts", take_up_posts, at=dt.time(0, 5))],
)
