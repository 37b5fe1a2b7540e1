"""Answering from the message itself: a signed link that shows what is decided and decides only by POST."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core import signing
from django.utils.functional import Promise

from opscharter.kernel import moment
from opscharter.kernel.access.actor import Actor
from opscharter.kernel.notices.catalogue import NoticeType
from opscharter.kernel.notices.models import Notice

SALT = "opscharter.notice-answer"
LIFETIME = dt.timedelta(days=3)
"""How long the link in a message can be used, from the moment the message was written."""


@dataclass(frozen=True)
class Answer:
    """One way to answer: `give(notice, actor, text)` does it by the write path and returns what was answered.

    It raises Refused where it cannot be done any more.
    """

    code: str
    label: str | Promise
    give: Callable[[Notice, Actor, str], str]
    needs_text: bool = False


def _nothing(notice: Notice, actor: Actor) -> str:
    return ""


def _no_facts(notice: Notice, actor: Actor) -> list[tuple[Any, Any]]:
    return []


def _always(notice: Notice) -> bool:
    return True


@dataclass(frozen=True)
class Answerable:
    """How messages of a type are answered.

    `closed` says why a message can be answered no more, in the active language, or nothing; `facts` are label and cell
    of what is decided; `offered` says whether a message carries a link at all.
    """

    answers: tuple[Answer, ...]
    closed: Callable[[Notice, Actor], str] = _nothing
    facts: Callable[[Notice, Actor], Sequence[tuple[Any, Any]]] = _no_facts
    offered: Callable[[Notice], bool] = _always
    lifetime: dt.timedelta = LIFETIME


ANSWERS: dict[str, Answerable] = {}


def answerable(kind: NoticeType, *answers: Answer, **how: Any) -> None:
    """Let messages of a type be answered by their link; `how` are the other fields of Answerable."""
    ANSWERS[kind.code] = Answerable(answers, **how)


def token_of(notice: Notice) -> str:
    """Return the signed text of a notice's link: bound to the notice, its person and the one event it is about."""
    return signing.dumps([notice.pk, notice.user_id, notice.type, notice.key], salt=SALT)


def link_of(notice: Notice) -> str:
    """Return the whole address of a notice's link, or nothing where it cannot be answered."""
    kind = ANSWERS.get(notice.type)
    if kind is None or not kind.offered(notice):
        return ""
    return f"{settings.PUBLIC_URL}/answers/{token_of(notice)}/"


def notice_of(token: str) -> Notice | None:
    """Return the notice of a link, too old or not; None when it was altered, or its person may not sign in any more."""
    try:
        pk, user_id, kind, key = signing.loads(token, salt=SALT)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    found = Notice.objects.filter(pk=pk, user_id=user_id, type=kind, key=key, user__is_active=True)
    notice = found.select_related("user").first()
    return notice if notice is not None and notice.type in ANSWERS else None


def expired(notice: Notice) -> bool:
    """Say whether a notice's link is too old to be used."""
    return moment.now() - notice.created_at > ANSWERS[notice.type].lifetime
