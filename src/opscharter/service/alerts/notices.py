"""The messages of alerts."""

from django.utils.translation import gettext_lazy as _

from opscharter.kernel.notices.catalogue import notice_type

RECOVERED = notice_type(
    "service.alerts-recovered", label=_("Monitoring says my incident has recovered"), clause="3.3.3",
    subject=_("%(number)s: monitoring is quiet again"),
    body=_("All %(alerts)s alerts have recovered, quiet since %(since)s. Resolve it, or say why not."),
)  # fmt: skip
CANDIDATE = notice_type(
    "service.major-candidate", label=_("There may be a major incident"), clause="3.3.1", urgent=True,
    subject=_("Perhaps a major incident: %(customers)s customers, %(services)s services"),
    body=_("%(incidents)s incidents at once. Declare it, or put it aside with the reason."),
)  # fmt: skip
