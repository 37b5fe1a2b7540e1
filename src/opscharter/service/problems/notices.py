"""The messages of problems."""

from django.utils.translation import gettext_lazy as _

from opscharter.kernel.notices.catalogue import notice_type

OWNED = notice_type(
    "service.problem-owned", label=_("A problem is mine"), clause="3.3.2",
    subject=_("%(number)s is yours: %(title)s"), body=_("Find the root cause."),
)  # fmt: skip
KNOWN = notice_type(
    "service.problem-known", label=_("There is a workaround"), clause="3.3.2",
    subject=_("%(number)s: a workaround is known"), body=_("%(title)s"),
)  # fmt: skip
CANDIDATE = notice_type(
    "service.problem-candidate", label=_("Incidents repeat"), clause="3.3.2",
    subject=_("%(number)s: incidents repeat"), body=_("%(title)s"),
)  # fmt: skip
