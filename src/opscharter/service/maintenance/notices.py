"""The messages of maintenance."""

from django.utils.translation import gettext_lazy as _

from opscharter.kernel.notices.catalogue import notice_type

ASSIGNED = notice_type(
    "service.work-order-mine", label=_("A work order is mine"), clause="2.2.4",
    subject=_("%(number)s is yours: %(title)s"), body=_("%(customer)s, due %(due)s."),
)  # fmt: skip
MISSED = notice_type(
    "service.work-order-missed", label=_("A work order was missed"), clause="2.2.4", urgent=True,
    subject=_("Missed: %(number)s %(title)s"),
    body=_("%(customer)s, was due %(due)s. Do it late, or leave it out with the reason."),
)  # fmt: skip
