"""The messages of the campaign."""

from django.utils.translation import gettext_lazy as _

from opscharter.kernel.notices.catalogue import notice_type

READ = notice_type(
    "charter.read", label=_("A new version of the regulation"), clause="1.2.1",
    subject=_("Please read and confirm the regulation, version %(label)s"),
    body=_("“%(title)s”, version %(label)s, is in force. Read it and confirm by %(due)s."),
)  # fmt: skip
REMINDER = notice_type(
    "charter.read-reminder", label=_("The regulation is not confirmed yet"), clause="1.2.1",
    subject=_("Not confirmed yet: the regulation, version %(label)s"),
    body=_("“%(title)s”, version %(label)s, waits for your confirmation; it is due by %(due)s."),
)  # fmt: skip
