"""The messages about satisfaction."""

from django.utils.translation import gettext_lazy as _

from opscharter.kernel.notices.catalogue import notice_type

LOW_SCORE = notice_type(
    "service.low-score", label=_("A low score to follow up"), clause="1.3.2",
    subject=_("%(customer)s gave %(score)s of 5 for %(number)s"), body=_("%(text)s To be followed up by %(due)s."),
)  # fmt: skip
