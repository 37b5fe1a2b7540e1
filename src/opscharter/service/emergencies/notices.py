"""The messages of emergencies."""

from django.utils.translation import gettext_lazy as _

from opscharter.kernel.notices.catalogue import notice_type

TASK = notice_type(
    "service.emergency-task", label=_("A task in an emergency"), clause="3.3.1", urgent=True,
    subject=_("%(number)s: your task — %(title)s"), body=_("%(what)s"),
)  # fmt: skip
ROLE = notice_type(
    "service.emergency-role", label=_("A role in an emergency"), clause="3.3.1", urgent=True,
    subject=_("%(number)s: you are %(role)s"), body=_("%(what)s"),
)  # fmt: skip
SILENT = notice_type(
    "service.emergency-silent", label=_("The customer waits for word in an emergency"), clause="3.3.2", urgent=True,
    subject=_("%(number)s: word to the customer is overdue"),
    body=_("%(what)s: the customer was to hear from us by %(due)s."),
)  # fmt: skip
