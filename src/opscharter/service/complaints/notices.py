"""The messages about complaints."""

from django.utils.translation import gettext_lazy as _

from opscharter.kernel.notices.catalogue import notice_type

MINE = notice_type(
    "service.complaint", label=_("A complaint is mine"), clause="1.3.2",
    subject=_("%(number)s is yours: %(subject)s"), body=_("%(customer)s is to be answered by %(due)s."),
)  # fmt: skip
REPLIED = notice_type(
    "service.complaint-replied", label=_("My complaint is answered"), clause="1.3.2",
    subject=_("%(number)s is answered: %(subject)s"), body=_("Please say whether the reply will do."),
)  # fmt: skip
