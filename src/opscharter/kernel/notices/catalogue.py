"""The catalogue of messages: each type once, worded when it is read, in the reader's language."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import override

Text = str | Promise


@dataclass(frozen=True)
class NoticeType:
    """A kind of message. `subject` and `body` are translatable and filled from the notice's data by name."""

    code: str
    label: Text
    subject: Text
    body: Text
    clause: str = ""
    urgent: bool = False
    """Urgent messages ignore quiet hours and digests."""


class _Words(dict[str, Any]):
    """What a notice says by name; what an old notice does not know yet is left out instead of failing."""

    def __missing__(self, name: str) -> str:
        return "…"


TYPES: dict[str, NoticeType] = {}


def notice_type(code: str, **what: Any) -> NoticeType:
    """Declare a type of message; ValueError when the code is taken."""
    if code in TYPES:
        raise ValueError(f"notice type {code} is declared twice")
    TYPES[code] = NoticeType(code, **what)
    return TYPES[code]


def wording(type_code: str, data: dict[str, Any], language: str | None = None) -> tuple[str, str]:
    """Return subject and body in a language (default: the active one)."""
    kind, words = TYPES[type_code], _Words(data)
    with override(language) if language else nullcontext():
        return str(kind.subject) % words, str(kind.body) % words
