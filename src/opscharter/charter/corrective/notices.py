"""What owners of corrective items are told."""

from django.utils.translation import gettext_lazy as _

from opscharter.kernel.notices.catalogue import notice_type

RAISED = notice_type(
    "charter.corrective-raised",
    label=_("Corrective item raised"),
    subject=_("§%(clause)s is not kept: %(control)s"),
    body=_("The check %(control)s fails. %(number)s is yours and due on %(due)s; it closes when the check passes."),
    clause="1.3.4",
)
LATE = notice_type(
    "charter.corrective-due",
    label=_("Corrective item due"),
    subject=_("%(number)s is due on %(due)s"),
    body=_("The check %(control)s (§%(clause)s) still fails. The item closes when the check passes."),
    clause="1.3.4",
)
