"""The messages of the mailbox."""

from django.utils.translation import gettext_lazy as _

from opscharter.kernel.notices.catalogue import notice_type

MAIL_WAITS = notice_type(
    "service.mail-waits", label=_("Mail waits for a decision"), clause="3.1.1",
    subject=_("Mail from %(who)s waits for a decision"), body=_("%(subject)s — %(why)s"),
)  # fmt: skip
MACHINE_ANSWERED = notice_type(
    "service.mail-machine", label=_("A machine answered our mail"), clause="3.1.1",
    subject=_("%(number)s: only a machine answered"), body=_("%(who)s: %(subject)s. It was kept and not answered."),
)  # fmt: skip
MAIL_RETURNED = notice_type(
    "service.mail-returned", label=_("Our mail came back"), clause="3.3.2",
    subject=_("%(number)s: our mail did not reach the customer"), body=_("%(who)s: %(subject)s"),
)  # fmt: skip
MAILBOX_FAILS = notice_type(
    "service.mailbox-fails", label=_("A mailbox cannot be fetched"), clause="3.1.1", urgent=True,
    subject=_("The mailbox %(name)s cannot be fetched"), body=_("Since %(since)s: %(error)s"),
)  # fmt: skip
