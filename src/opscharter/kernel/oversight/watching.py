"""Verifying the trail every night, and telling those who watch over security when it is not as it was written."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from opscharter.kernel.approvals.directory import directory
from opscharter.kernel.audit.checking import verify_now
from opscharter.kernel.jobs.queue import job
from opscharter.kernel.notices.catalogue import notice_type
from opscharter.kernel.notices.sending import send

WATCHERS = ("security-officer", "auditor", "administrator")
BROKEN = notice_type(
    "kernel.audit-broken",
    label=_("Audit trail not intact"),
    subject=_("The audit trail is NOT as it was written"),
    body=_("The verification of %(entries)s entries found: %(findings)s. See the audit trail."),
    clause="7.4.2",
    urgent=True,
)


@job()
@transaction.atomic
def verify_trail() -> bool:
    """Verify the whole trail; returns whether it is intact."""
    found = verify_now()
    if not found.intact:
        people = {person for role in WATCHERS for person in directory().in_role(role, None)}
        users = [user for person in people if (user := directory().user_of(person)) is not None]
        said = "; ".join(f"{name} {value}" for name, value in found.findings.items())
        data = {"entries": found.entries, "findings": said[:300]}
        send(BROKEN, users, key=f"{found.at:%Y-%m-%d}", url="/audit/", data=data)
    return found.intact
