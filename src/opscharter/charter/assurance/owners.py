"""From a role to the person who answers for it."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from opscharter.kernel.approvals.directory import directory
from opscharter.kernel.users.models import User


def holder_of(role: str) -> User | None:
    """Return the account of the first person who holds a role today; None when nobody with an account does."""
    if not role:
        return None
    people = directory()
    accounts = (people.user_of(person) for person in people.in_role(role, None))
    return next((account for account in accounts if account is not None and account.is_active), None)


def end_of(day: dt.date) -> dt.datetime:
    """Return the last second of a day: what is due on a day is due then."""
    return timezone.make_aware(dt.datetime.combine(day, dt.time(23, 59, 59)))
