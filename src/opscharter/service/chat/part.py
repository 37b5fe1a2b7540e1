"""Live chat: the part's table of contents."""

import datetime as dt

from django.utils.translation import gettext_lazy as _

from opscharter.kernel.jobs.schedule import Schedule
from opscharter.kernel.resources.site import Page, Part
from opscharter.service.chat import agent_pages, checks, customer_pages, resources
from opscharter.service.chat.grants import GRANTS
from opscharter.service.chat.tasks import chats_to_answer
from opscharter.service.chat.watching import watch_chats_job

CONTROLS = (checks,)
"""Imported so that its check and figures are registered."""

PART = Part(
    label=_("Live chat"),
    icon="message-circle",
    pages=[
        Page(_("Chat desk"), "/service/chat-desk/", "messages", agent_pages.may_answer),
        Page(_("Chat with us"), "/chat/", "message-circle", lambda actor: actor.external),
    ],
    resources=[resources.chats, resources.desks],
    grants=GRANTS,
    tasks=[chats_to_answer],
    schedules=[Schedule("service.watch-chats", watch_chats_job, every=dt.timedelta(seconds=20))],
    urls=[*agent_pages.URLS, *customer_pages.URLS],
    panels={"service.incident": [resources.ON_TICKET], "service.servicerequest": [resources.ON_TICKET]},
)
