"""Where other practices join in a ticket's life without the tickets knowing them: each appends its function here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise

from opscharter.kernel.access.actor import Actor
from opscharter.kernel.controls.wording import Sentence
from opscharter.kernel.timeline.models import TimelineEntry


@dataclass(frozen=True)
class Suggestion:
    """Something that is like what is being asked: what it is, where it stands, and what answered it."""

    kind: str | Promise
    title: str
    url: str
    answer: str
    score: float
    record: Any


suggesters: list[Callable[[Actor, str], list[Suggestion]]] = []
"""Asked with (actor, text) for what is like a text, within what the actor may see: tickets, articles, known errors."""

after_comment: list[Callable[[Any, Actor, TimelineEntry], None]] = []
"""Called with (ticket, actor, entry) for every comment, in its transaction: outgoing mail, chat."""

after_step: list[Callable[[Any, Actor, str], None]] = []
"""Called with (ticket, actor, state before) when a ticket's state has changed, in its transaction: outgoing mail."""

choose_plan: list[Callable[[Any], str]] = []
"""Name the contingency plan that an incident declared an emergency runs by; asked in order until one knows."""

after_declare: list[Callable[[Any, Actor], None]] = []
"""Called with (incident, actor) when an incident has been declared an emergency, in its transaction."""

after_change: list[Callable[[Any, Actor, Mapping[str, list[Any]]], None]] = []
"""Called with (ticket, actor, changes) when a ticket was made (no changes) or written, in its transaction."""

after_decline: list[Callable[[Any, Actor, str], bool]] = []
"""Give a ticket to the next after (ticket, actor, reason) somebody declined it; each says whether it found one."""

beside_assigning: list[Callable[[Any, Actor], list[Any]]] = []
"""Say who could take a ticket and how much each has in hand, for who assigns it by hand: (ticket, actor)."""

people_to_tell: list[Callable[[Any, str, int], list[Any]]] = []
"""Name the employees whom a clock tells at a level, for (ticket, kind of clock, level)."""

pagers: list[Callable[[Any, str], list[int]]] = []
"""Call whoever is on duty for (ticket, reason) once each, and return the accounts called; asked in order until one
has called somebody."""


monitoring: list[Callable[[Any], list[Sentence]]] = []
"""Say why monitoring cannot vouch for (incident)'s recovery; an empty list says that all is quiet."""


def page(ticket: Any, reason: str) -> list[int]:
    """Call the engineers on duty for a ticket; returns the accounts called, none when nobody is on duty."""
    return next((called for pager in pagers if (called := pager(ticket, reason))), [])


def follow(ticket: Any, actor: Actor, changes: Mapping[str, list[Any]]) -> None:
    """Let everything that joins in follow what happened to a ticket."""
    for each in after_change:
        each(ticket, actor, changes)
