"""Sentences that are kept once and read by everyone in their own language."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext, override

Kept = str | dict[str, Any]
"""A sentence as it is kept: the message in English; `{"text": message, "figures": …}` when figures stand in it, words
among them as `{"say": message}`; or `{"in": {language: sentence}}` when it was put together in words already."""


@dataclass(frozen=True)
class Wording:
    """A translatable message with figures in it: `Wording(_("later than %(days)s days"), {"days": 3})`.

    A figure is a number, a name, a lazy message, another wording, or a list of those.
    """

    text: str | Promise
    figures: Mapping[str, Any]

    def __str__(self) -> str:
        return str(self.text) % {name: _spoken(value) for name, value in self.figures.items()}


Sentence = str | Promise | Wording


def keep(sentence: Sentence) -> Kept:
    """Return a sentence as it is kept, the same whatever language is active."""
    with override(None):
        if isinstance(sentence, Wording):
            return {"text": str(sentence.text), "figures": {n: _kept(value) for n, value in sentence.figures.items()}}
        return str(sentence)


def _kept(value: Any) -> Any:
    if isinstance(value, Promise):
        return {"say": str(value)}
    if isinstance(value, Wording):
        return keep(value)
    if isinstance(value, list | tuple):
        return [_kept(each) for each in value]
    return value if isinstance(value, int | float) else str(value)


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
    return gettext(kept["text"]) % {name: _spoken(value) for name, value in kept["figures"].items()}


def _spoken(value: Any) -> Any:
    """Return a figure, as it was given or as it was kept, in the active language."""
    if isinstance(value, list | tuple):
        return gettext(", ").join(str(_spoken(each)) for each in value)
    if isinstance(value, dict):
        message = value.get("say")
        return gettext(message) if message else told(value)
    return value
