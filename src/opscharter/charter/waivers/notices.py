"""What people are told of exceptions."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from opscharter.kernel.approvals.directory import directory
from opscharter.kernel.notices.catalogue import notice_type
from opscharter.kernel.notices.sending import send
from opscharter.kernel.resources.links import record_url

ASKED = notice_type(
    "charter.exception-asked",
    label=_("Exception asked for"),
    subject=_("An exception to §%(clause)s is asked for"),
    body=_("%(number)s: %(reason)s"),
    clause="10.1.1",
)
OVER = notice_type(
    "charter.exception-expired",
    label=_("Exception expired"),
    subject=_("%(number)s has expired"),
    body=_("§%(clause)s binds again. Whatever still breaks it stands open as before."),
    clause="10.1.1",
)

APPROVERS = ("quality-supervisor", "service-manager")


def tell_approvers(waiver: Any) -> None:
    """Tell those who usually decide that an exception is asked for."""
    people = directory()
    accounts = [people.user_of(person) for role in APPROVERS for person in people.in_role(role, None)]
    others = [account for account in accounts if account is not None and account.pk != waiver.created_by_id]
    data = {"clause": waiver.clause, "number": waiver.number, "reason": waiver.reason}
    send(ASKED, others, key=waiver.number, record=waiver, url=record_url(waiver), data=data)
