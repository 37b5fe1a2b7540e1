"""The messages of worked time."""

from django.utils.translation import gettext_lazy as _

from opscharter.kernel.notices.catalogue import notice_type

HOURS_NEAR_END = notice_type(
    "service.hours-near-end", label=_("The hours of a contract near their end"), clause="3.1.2",
    subject=_("%(contract)s: %(share)s %% of the prepaid time is used"), body=_("%(left)s minutes are left."),
)  # fmt: skip
