"""Answering from the message itself: a signed link that shows what is decided and decides only by POST."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.core import signing
from django.utils.functional import Promise

from opscharter.kernel.access.actor import Actor
from opscharter.kernel.notices.catalogue import NoticeType
from opscharter.kernel.notices.models import Notice

SALT = "opscharter.notice-answer"
LIFETIME = dt.timedelta(days=3)
"""How long the link in a message can be used."""


@dataclass(frozen=True)
class Answer:
    """One way to answer: `give(notice, actor, text)` does it by the write path and returns what was answered.

    It raises Refused where it cannot be done any more.
    """

    code: str
    label: str | Promise
    give: Callable[[Notice, Actor, str], str]
    needs_text: bool = False


ANSWERS: dict[str, tuple[Answer, ...]] = {}


def answerable(kind: NoticeType, *answers: Answer) -> None:
    """Let messages of a type be answered by their link."""
    ANSWERS[kind.code] = answers


def token_of(notice: Notice) -> str:
    """Return the signed text of a notice's link: bound to the notice and to its person."""
    return signing.dumps([notice.pk, notice.user_id], salt=SALT)


def link_of(notice: Notice) -> str:
    """Return the whole address of a notice's link, or nothing where its type cannot be answered."""
    if notice.type not in ANSWERS:
        return ""
    return f"{settings.PUBLIC_URL}/answers/{token_of(notice)}/"


def notice_of(token: str) -> Notice | None:
    """Return the notice of a link; None when it was altered, is too old, or its person may not sign in any more."""
    try:
        pk, user_id = signing.loads(token, salt=SALT, max_age=LIFETIME)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    found = Notice.objects.filter(pk=pk, user_id=user_id, user__is_active=True).select_related("user").first()
    return found if found is not None and found.type in ANSWERS else None
