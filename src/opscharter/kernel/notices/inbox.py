"""Reading one's notices."""

from __future__ import annotations

from dataclasses import dataclass

from opscharter.kernel.notices.catalogue import TYPES, wording
from opscharter.kernel.notices.models import Notice
from opscharter.kernel.users.models import User

MOST_COUNTED = 99


@dataclass(frozen=True)
class InboxLine:
    """A notice as its reader sees it."""

    notice: Notice
    subject: str
    body: str
    clause: str
    urgent: bool


def unread_count(user: User) -> int:
    """Return how many notices a person has not read, counted up to 99."""
    return Notice.objects.filter(user_id=user.pk, read_at__isnull=True)[:MOST_COUNTED].count()


def inbox(user: User, limit: int = 50) -> list[InboxLine]:
    """Return a person's newest notices, worded in the active language."""
    lines = []
    for notice in Notice.objects.filter(user_id=user.pk).order_by("-created_at", "-pk")[:limit]:
        if notice.type not in TYPES:
            continue
        kind = TYPES[notice.type]
        subject, body = wording(notice.type, notice.data)
        lines.append(InboxLine(notice, subject, body, kind.clause, kind.urgent))
    return lines
