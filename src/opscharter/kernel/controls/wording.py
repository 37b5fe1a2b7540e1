"""Sentences that are kept once and read by everyone in their own language."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext, override

Kept = str | dict[str, Any]
"""A sentence as it is kept: the message in English; `{"text": message, "with": figures}` when figures stand in it;
or `{"in": {language: sentence}}` when it was put together in words already."""


@dataclass(frozen=True)
class Wording:
    """A translatable message with figures in it: `Wording(_("later than %(days)s days"), {"days": 3})`."""

    text: str | Promise
    figures: Mapping[str, Any]

    def __str__(self) -> str:
        return str(self.text) % self.figures


def keep(sentence: str | Promise | Wording) -> Kept:
    """Return a sentence as it is kept, the same whatever language is active."""
    with override(None):
        if isinstance(sentence, Wording):
            figures = {n: str(value) if isinstance(value, Promise) else value for n, value in sentence.figures.items()}
            return {"text": str(sentence.text), "with": figures}
        return str(sentence)


def in_every_language(say: Callable[[], str]) -> Kept:
    """Return what a function says in each language, for sentences that come put together."""
    said = {}
    for code, _name in settings.LANGUAGES:
        with override(code):
            said[code] = say()
    return {"in": said}


def told(kept: Kept) -> str:
    """Return a kept sentence in the active language; what was kept in one language's words stays in those words."""
    if isinstance(kept, str):
        return gettext(kept) if kept else ""
    if "in" in kept:
        said: dict[str, str] = kept["in"]
        return said.get(get_language() or "") or next(iter(said.values()), "")
    figures = {n: gettext(value) if value and isinstance(value, str) else value for n, value in kept["with"].items()}
    return gettext(kept["text"]) % figures
