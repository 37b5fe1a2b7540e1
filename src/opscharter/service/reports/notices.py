"""The messages of service reports."""

from django.utils.translation import gettext_lazy as _

from opscharter.kernel.notices.catalogue import notice_type

DRAFTED = notice_type(
    "service.report-drafted", label=_("A service report is to be written"), clause="3.5.1",
    subject=_("%(number)s: report to %(customer)s for %(period)s"), body=_("The figures are there; due on %(due)s."),
)  # fmt: skip
APPROVED = notice_type(
    "service.report-approved", label=_("A service report is approved"), clause="3.5.1",
    subject=_("%(number)s is approved"), body=_("Deliver the report to %(customer)s for %(period)s."),
)  # fmt: skip
RETURNED = notice_type(
    "service.report-returned", label=_("A service report comes back"), clause="3.5.1",
    subject=_("%(number)s comes back to you"), body=_("%(reason)s"),
)  # fmt: skip
DELIVERED = notice_type(
    "service.report-delivered", label=_("A service report has arrived"), clause="3.5.1",
    subject=_("Service report for %(period)s"), body=_("%(number)s waits for your signature."),
)  # fmt: skip
SIGNED = notice_type(
    "service.report-signed", label=_("A service report is signed"), clause="3.5.1",
    subject=_("%(number)s: signed by %(name)s"), body=_("%(customer)s has signed the report for %(period)s."),
)  # fmt: skip
REFUSED = notice_type(
    "service.report-refused", label=_("A service report is refused"), clause="3.5.1",
    subject=_("%(number)s: %(customer)s refuses to sign"), body=_("%(reason)s"),
)  # fmt: skip
