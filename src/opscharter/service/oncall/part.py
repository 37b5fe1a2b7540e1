"""On-call duty: the part's table of contents."""

import datetime as dt

from django.utils.translation import gettext_lazy as _

from opscharter.kernel.jobs.schedule import Schedule
from opscharter.kernel.notices.answering import Answer, answerable
from opscharter.kernel.resources.site import Page, Part
from opscharter.service.oncall import indicators, notices, resources
from opscharter.service.oncall.grants import GRANTS
from opscharter.service.oncall.pages import URLS
from opscharter.service.oncall.paging import answer_page, climb_on_job, facts_of_page, page_on_call, why_closed
from opscharter.service.oncall.tasks import duty_tasks
from opscharter.service.tickets import hooks

FIGURES = (indicators,)
"""Imported so that its figures are registered."""

hooks.pagers.append(page_on_call)
answerable(notices.PAGE, Answer("answer", _("I am on it"), answer_page), closed=why_closed, facts=facts_of_page)

PART = Part(
    label=_("On call"),
    icon="calendar-user",
    pages=[
        Page(_("On-call calendar"), "/service/on-call/", "calendar", lambda actor: actor.may("service.roster", "view")),
    ],
    resources=[
        resources.rosters, resources.shifts, resources.members, resources.overrides, resources.steps,
        resources.callouts, resources.handovers,
    ],
    grants=GRANTS,
    tasks=[duty_tasks],
    schedules=[Schedule("service.call-next-on-duty", climb_on_job, every=dt.timedelta(minutes=1))],
    urls=URLS,
    panels={"service.incident": [resources.ON_CALL_PANEL]},
)  # fmt: skip
