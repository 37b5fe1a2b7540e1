"""Chapter 3: the O&M service process, practice by practice."""

from django.utils.translation import gettext_lazy as _

from opscharter.kernel.resources.site import Chapter
from opscharter.service.alerts.part import PART as ALERTS
from opscharter.service.changes import hooks as change_hooks
from opscharter.service.changes.availability import away
from opscharter.service.changes.part import PART as CHANGES
from opscharter.service.chat.part import PART as CHAT
from opscharter.service.complaints.part import PART as COMPLAINTS
from opscharter.service.dispatch.part import PART as DISPATCH
from opscharter.service.emergencies.part import PART as EMERGENCIES
from opscharter.service.hotline.part import PART as HOTLINE
from opscharter.service.knowledge.part import PART as KNOWLEDGE
from opscharter.service.levels.part import PART as LEVELS
from opscharter.service.mailbox.part import PART as MAILBOX
from opscharter.service.maintenance.part import PART as MAINTENANCE
from opscharter.service.oncall.part import PART as ONCALL
from opscharter.service.oncall.rosters import first_on_call
from opscharter.service.portal.part import PART as PORTAL
from opscharter.service.problems.part import PART as PROBLEMS
from opscharter.service.reports.part import PART as REPORTS
from opscharter.service.satisfaction.part import PART as SATISFACTION
from opscharter.service.tickets.part import PART as TICKETS
from opscharter.service.worktime.part import PART as WORKTIME

change_hooks.roster += [away, first_on_call]

PARTS = [
    TICKETS,
    HOTLINE,
    ALERTS,
    CHAT,
    MAILBOX,
    PORTAL,
    MAINTENANCE,
    EMERGENCIES,
    ONCALL,
    LEVELS,
    DISPATCH,
    PROBLEMS,
    KNOWLEDGE,
    WORKTIME,
    CHANGES,
    REPORTS,
    SATISFACTION,
    COMPLAINTS,
]

CHAPTER = Chapter(code="service", number=3, label=_("O&M service"), icon="headset", parts=PARTS)
