"""Mailboxes: the part's table of contents."""

import datetime as dt

from django.utils.translation import gettext_lazy as _

from opscharter.kernel.jobs.schedule import Schedule
from opscharter.kernel.resources.site import Part
from opscharter.service.mailbox import checks, indicators, resources, writing
from opscharter.service.mailbox.fetching import fetch_mailboxes
from opscharter.service.mailbox.grants import GRANTS
from opscharter.service.mailbox.pages import URLS
from opscharter.service.mailbox.tasks import messages_to_decide
from opscharter.service.tickets import hooks

CONTROLS = (checks,)
"""Imported so that their checks and figures are registered."""
FIGURES = (indicators,)

hooks.after_comment.append(writing.follow_comment)
hooks.after_step.append(writing.follow_step)

PART = Part(
    label=_("Mail"),
    icon="mail",
    resources=[resources.messages, resources.outgoing, resources.mailboxes],
    grants=GRANTS,
    tasks=[messages_to_decide],
    schedules=[Schedule("service.fetch-mail", fetch_mailboxes, every=dt.timedelta(minutes=1))],
    urls=URLS,
    panels={"service.incident": [resources.ON_TICKET], "service.servicerequest": [resources.ON_TICKET]},
)
