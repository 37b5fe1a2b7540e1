"""The messages of chapter 3."""

from django.utils.translation import gettext_lazy as _

from opscharter.kernel.notices.catalogue import notice_type

ASSIGNED = notice_type(
    "service.assigned", label=_("Assigned to me"), clause="3.1.2",
    subject=_("%(number)s is yours: %(title)s"), body=_("Priority P%(priority)s, customer %(customer)s."),
)  # fmt: skip
DECLINED = notice_type(
    "service.declined", label=_("A ticket was declined and nobody else has it"), clause="3.1.2", urgent=True,
    subject=_("%(number)s waits for somebody: %(who)s declined"), body=_("%(title)s: %(reason)s"),
)  # fmt: skip
CLOCK_WARNING = notice_type(
    "service.clock-warning", label=_("A deadline is near"), clause="3.3.2",
    subject=_("%(number)s: %(share)s %% of the time is gone"), body=_("%(title)s: the clock “%(kind)s” runs on."),
)  # fmt: skip
CLOCK_BREACHED = notice_type(
    "service.clock-breached", label=_("A deadline has passed"), clause="3.3.2", urgent=True,
    subject=_("%(number)s is overdue: %(kind)s"), body=_("%(title)s: the promised time has passed."),
)  # fmt: skip
CLOCK_ESCALATED = notice_type(
    "service.clock-escalated", label=_("A missed deadline is escalated"), clause="3.3.2", urgent=True,
    subject=_("%(number)s: “%(kind)s” stands at %(share)s %% of its time"),
    body=_("%(title)s, customer %(customer)s: the promised time has passed and nobody has ended it."),
)  # fmt: skip
EMERGENCY = notice_type(
    "service.emergency", label=_("Emergency declared"), clause="3.3.1", urgent=True,
    subject=_("Emergency: %(number)s %(title)s"), body=_("The emergency plan has been started by %(who)s."),
)  # fmt: skip
CUSTOMER_WROTE = notice_type(
    "service.customer-wrote", label=_("The customer has written"), clause="3.3.2",
    subject=_("%(number)s: the customer has written"), body=_("%(title)s"),
)  # fmt: skip
MENTIONED = notice_type(
    "service.mentioned", label=_("Somebody names me"), clause="3.3.2",
    subject=_("%(who)s names you in %(number)s"), body=_("%(title)s"),
)  # fmt: skip
WATCHED = notice_type(
    "service.watched", label=_("News of a ticket I watch"), clause="3.3.2",
    subject=_("%(number)s: %(what)s"), body=_("%(title)s"),
)  # fmt: skip
